package io.godwit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.godwit.node.Settings;
import io.godwit.testing.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoImportTest {
  @Test
  void aLinkThatIsConfiguredWronglyStopsTheStartByFileAndKey(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("link.json"), """
      {"good": {"host": "localhost", "systemId": "godwit"}, "sim": {"host": "localhost", "systemId": "godwit", "errors": {"ESME_RTHROTLED": {}}}}""");
    try (TestNode test = TestNode.start(1)) {
      Settings.Invalid invalid = assertThrows(Settings.Invalid.class, () -> test.await(() -> new DemoImport(test.node).run(folder)));
      assertEquals(file + ": link sim: errors.ESME_RTHROTLED: is no error such as ESME_RTHROTTLED or 0x58, and not \"*\"", invalid.getMessage());
      assertEquals(Map.of(), test.directory.entries("link"), "nothing was entered");
    }
  }
}
