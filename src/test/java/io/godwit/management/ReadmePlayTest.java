package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Ports;
import io.godwit.testing.PostgresServer;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a new user copies out of the README, by a shell and against a real gateway: a reseller's month, an operator's papers, and a route. The indented lines below these headings are run
 * paragraph by paragraph; a comment with … in it is what is answered, and a paragraph that says "later" in its first line is repeated until it is.
 */
@Tag("slow")
class ReadmePlayTest {
  private static final Pattern PROBLEM = Pattern.compile("\"status\":\\d{3},\"code\":\"");
  /** What a 503 says is over when it is asked again. */
  private static final Pattern LASTING = Pattern.compile("\"status\":(?!503)\\d{3},\"code\":\"");

  /** One for the whole play; what fails in it ends it. */
  private static final class Shell implements AutoCloseable {
    private static final String END = "== that was all";
    private final Process process;
    private final Writer tell;
    private final BufferedReader said;

    Shell(Path home) throws IOException {
      ProcessBuilder builder = new ProcessBuilder("bash", "-eu", "-o", "pipefail").directory(home.toFile()).redirectErrorStream(true);
      builder.environment().put("no_proxy", "*");
      process = builder.start();
      tell = process.outputWriter(StandardCharsets.UTF_8);
      said = process.inputReader(StandardCharsets.UTF_8);
      run("curl() { command curl --max-time 60 \"$@\"; }");
    }

    /** What its commands answer: no problem. */
    String run(String paragraph) {
      return run(paragraph, PROBLEM);
    }

    /** @param wrong what is nowhere in the answers */
    String run(String paragraph, Pattern wrong) {
      StringBuilder answers = new StringBuilder();
      try {
        tell.write(paragraph + "\nprintf '\\n%s\\n' '" + END + "'\n");
        tell.flush();
        for (String line = said.readLine(); !END.equals(line); line = said.readLine()) {
          if (line == null) throw new AssertionError("the shell has ended in\n" + paragraph + "\nafter\n" + answers);
          answers.append(line).append('\n');
        }
      } catch (IOException e) {
        throw new UncheckedIOException(answers.toString(), e);
      }
      assertFalse(wrong.matcher(answers).find(), () -> paragraph + "\nanswers\n" + answers);
      return answers.toString();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static boolean isThere(String tool) {
    try {
      Process process = new ProcessBuilder(tool, "--version").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      System.out.println("ReadmePlayTest is left out: " + tool + " is missing");
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The paragraphs of the indented lines below a heading, for this gateway and its links. */
  private static List<String> play(String heading, GodwitProcess gateway) throws IOException {
    String section = Files.readString(Path.of("README.md")).split("\n## " + Pattern.quote(heading) + "\n")[1].split("\n## ")[0];
    String lines = String.join("\n", section.lines().filter(line -> line.isEmpty() || line.startsWith("    ")).map(String::strip).toList());
    String here = lines.replace("localhost:8080", "127.0.0.1:" + gateway.httpPort()).replaceAll("\\b(costs|links)/sim\\b", "$1/" + Site.LINK)
      .replace("\"sim\"", "\"" + Site.LINK + "\"").replace("\"sim2\"", "\"spare\"");
    return Stream.of(here.split("\n{2,}")).filter(paragraph -> !paragraph.isBlank()).toList();
  }

  private static void act(Shell shell, String paragraph) {
    List<String> shown = paragraph.lines().filter(line -> line.startsWith("# ") && line.contains("…")).map(line -> line.substring(2)).toList();
    String[] said = {""};
    if (paragraph.lines().findFirst().orElseThrow().contains(" later")) {
      Await.until(() -> "answered is " + shown + "; answered was\n" + said[0], 60, () -> {
        said[0] = shell.run(paragraph, LASTING);
        return !PROBLEM.matcher(said[0]).find() && shows(said[0], shown);
      });
    } else {
      said[0] = shell.run(paragraph);
      assertTrue(shows(said[0], shown), () -> paragraph + "\nanswers\n" + said[0]);
    }
  }

  /** Whether it is there in that order; … is anything. */
  private static boolean shows(String said, List<String> shown) {
    int from = 0;
    for (String answer : shown) for (String piece : answer.split("…")) {
      int at = said.indexOf(piece, from);
      if (at < 0) return false;
      from = at + piece.length();
    }
    return true;
  }

  /** Of a message of one segment from the shop, in micro-units. */
  private static long price(Shell shell, String to) {
    JsonObject explained = new JsonObject(shell.run("api reseller-key POST /routes/explain -d '{\"account\": \"shop\", \"to\": \"" + to + "\"}'"));
    return explained.getJsonObject("price").getJsonArray("legs").getJsonObject(0).getLong("amount");
  }

  @Test
  void theReadmesMonthPapersAndRouteComeOutAsItSays(@TempDir Path home) throws IOException {
    for (String tool : List.of("bash", "curl", "python3")) assumeTrue(isThere(tool), tool + " is missing");
    ResellersMonthTest.awaitADayThatDoesNotEndMeanwhile();
    int spare = Ports.free();
    try (Site site = Site.open(MongoCluster.shared()).reporting(PostgresServer.shared().freshDatabase()).spare(spare); Shell shell = new Shell(home)) {
      site.carrierOn(spare);
      try (GodwitProcess gateway = site.gateway("readme").start().awaitReady()) {
        Await.until("reports are answered", () -> gateway.ask("/v1/accounts/demo/statement").containsKey("closing"));
        for (String paragraph : play("A reseller's month by API alone", gateway)) act(shell, paragraph);
        assertMonth(shell, gateway);
        for (String heading : List.of("A wholesale operator's papers", "Where messages go")) for (String paragraph : play(heading, gateway)) act(shell, paragraph);
        site.awaitAllFinal(30);
        site.assertCleanBooks();
      }
    }
  }

  private static void assertMonth(Shell shell, GodwitProcess gateway) {
    assertEquals("1.9", gateway.ask("/v1/accounts/shop/balance").getString("balance"), "a message at ten cents");
    assertEquals("999999.945", gateway.ask("/v1/accounts/demo-reseller/balance").getString("balance"), "what his customer paid came from outside, and 5.5 cents are his own price");
    assertEquals(List.of(100_000L, 61_000L, 33_600L), List.of(price(shell, "+4915112345678"), price(shell, "+33612345678"), price(shell, "+447700900123")), "by the file; else a fifth more than 2.8 cents");
    assertEquals("ACTIVE", gateway.ask("/v1/accounts/shop").getString("status"));
    JsonObject statement = gateway.ask("/v1/accounts/shop/statement");
    assertEquals("0 1.9 2", statement.getString("opening") + " " + statement.getString("closing") + " " + statement.getJsonArray("lines").size());
  }
}
