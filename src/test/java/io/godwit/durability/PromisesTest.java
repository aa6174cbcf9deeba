package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of this room name tests that are there. */
class PromisesTest {
  private static final Path TESTS = Path.of("src/test/java/io/godwit");
  /** A test of this room, or of another: {@code Class.method}, {@code room/Class.method}, and after a comma more of the same class. */
  private static final Pattern NAMED = Pattern.compile("(?:(\\w+)/)?(\\w+Test)\\.(\\w+(?:(?: \\([^)]*\\))?, (?![\\w/]*Test\\b)\\w{12,})*)");

  /** A class alone says nothing of what it tests. */
  private static final Pattern CLASS_ALONE = Pattern.compile("\\w+Test\\b(?!\\.\\w)");

  @Test
  void everyRowNamesATestByItsMethodButForWhatIsNotThereYet() throws IOException {
    String page = page();
    List<String> without = new ArrayList<>();
    for (String row : page.split("<tr><td>")) {
      if (page.startsWith(row) || row.contains("there are no webhooks yet")) continue;
      if (!NAMED.matcher(row).find()) without.add(row);
    }
    for (Matcher at = CLASS_ALONE.matcher(page.substring(page.indexOf("<tr><td>"))); at.find(); ) without.add(at.group());
    assertEquals(List.of(), without);
  }

  private static String page() throws IOException {
    return Files.readString(TESTS.resolve("durability/package-info.java")).replaceAll("\\n \\*\\s*", " ");
  }

  @Test
  void everyPromiseAndInterleavingNamesATestThatIsThere() throws IOException {
    String page = page();
    List<String> missing = new ArrayList<>();
    int named = 0;
    for (Matcher at = NAMED.matcher(page); at.find(); ) {
      Path file = TESTS.resolve(at.group(1) == null ? "durability" : at.group(1)).resolve(at.group(2) + ".java");
      String source = Files.exists(file) ? Files.readString(file) : "";
      for (String method : at.group(3).replaceAll(" \\([^)]*\\)", "").split(", ")) {
        named++;
        if (!source.contains("void " + method + "(")) missing.add(file.getFileName() + ": " + method);
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(named > 60, named + " tests are named");
  }
}
