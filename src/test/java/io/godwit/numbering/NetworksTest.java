package io.godwit.numbering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworksTest {
  private final TestNode node = TestNode.start(1);
  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    node.close();
  }

  private Path file(String... lines) throws IOException {
    return Files.write(folder.resolve("ported.csv"), List.of(lines));
  }

  private Networks networks(Portability... ported) {
    for (Portability one : ported) node.await(() -> one.start(node.node));
    return new Networks(node.directory, List.of(ported));
  }

  private void network(String id, String mccmnc, String prefix) {
    node.put("network", id, new JsonObject().put("mccmnc", mccmnc).put("prefixes", new JsonArray().add(prefix)));
  }

  @Test
  void aPortedNumberIsAskedForFirstAndThenTheLongestPrefix() throws IOException {
    network("telekom", "26201", "49151");
    network("germany", "26200", "49");
    Networks networks = networks(new PortabilityFile(file("# ported", "+4915112345678, 26203", "491529,26202", "")));
    assertEquals("26203", networks.of("+4915112345678"));
    assertEquals("26201", networks.of("+4915112345679"));
    assertEquals("26202", networks.of("+49152912345"));
    assertEquals("26200", networks.of("+4930123456"));
    assertNull(networks.of("+33612345678"));
  }

  @Test
  void aFileThatIsReplacedIsReadAnewAndStaysWhenItVanishes() throws IOException {
    Path file = file("+4915112345678,26203");
    Networks networks = networks(new PortabilityFile(file));
    Path next = Files.write(folder.resolve("next.csv"), List.of("+4915112345678,26207", "+4915112345679,26207"));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    Await.until("the new file", () -> "26207".equals(networks.of("+4915112345679")));
    assertEquals("26207", networks.of("+4915112345678"));
    Files.delete(file);
    file("+4915112345678,26201");
    Await.until("the file that came back", () -> "26201".equals(networks.of("+4915112345678")));
  }

  @Test
  void whatIsStillBeingWrittenToIsNotRead() throws IOException {
    Path file = file("+4915112345678,26203");
    PortabilityFile ported = new PortabilityFile(file);
    for (int size = 1; size <= 3; size++) {
      Files.write(file, List.of("+4915112345678,2620" + size));
      Files.setLastModifiedTime(file, FileTime.fromMillis(size * 1_000L));
      ported.refresh();
      assertNull(ported.network("+4915112345678"), "it changed since the look before");
    }
    ported.refresh();
    assertEquals("26203", ported.network("+4915112345678"));
  }

  @Test
  void linesThatCannotBeReadAreLeftOutAndNamed() throws IOException {
    PortabilityFile.Reading reading = PortabilityFile.read(file("+4915112345678,26203", "+49151x,26203", "4916,2620", "4917", ",26201", "4918,262012"));
    assertEquals(2, reading.rows());
    assertEquals(List.of("line 2: '+49151x' is no prefix: up to 15 digits", "line 3: '2620' is no MCC and MNC: five or six digits", "line 4: '4917' has no comma between number and network",
      "line 5: has no number"), reading.wrong());
    assertEquals("262012", reading.networks().longest("+491812345"));
  }

  @Test
  void withoutItsFileAProcessDoesNotStart() {
    IllegalStateException failure = assertThrows(IllegalStateException.class, () -> networks(new PortabilityFile(folder.resolve("none.csv"))));
    assertTrue(failure.getMessage().startsWith("portability.file: "), failure.getMessage());
  }

  @Test
  void aPlugInThatFailsOrAnswersNonsenseCostsItsAnswerOnly() {
    network("germany", "26200", "49");
    assertEquals("26200", networks(number -> {
      throw new IllegalStateException("a bug");
    }, number -> "nonsense").of("+4930123456"));
  }
}
