package io.godwit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.events.Archive;
import io.godwit.events.ArchiveFolder;
import io.godwit.events.EventStream;
import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.ops.DayKeeper;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code scripts/trail}, without a gateway. */
class TrailCommandTest {
  private static final long DAY = 86_400_000L;
  private static final PrintStream OUT = System.out;
  private static final PrintStream ERR = System.err;

  @TempDir
  Path archive;
  private final TestNode node = TestNode.start(1);
  private final Context context = node.vertx.getOrCreateContext();
  private final Slot slot = Await.on(context, () -> Future.succeededFuture(node.node.queue(0).openSlot("test")));

  @AfterEach
  void close() {
    System.setOut(OUT);
    System.setErr(ERR);
    node.close();
  }

  /** What is said, on whichever stream, and the exit code in the last line. */
  private String trail(String... arguments) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    System.setOut(stream);
    System.setErr(stream);
    int code = new CommandLine(new TrailCommand()).execute(arguments);
    System.setOut(OUT);
    System.setErr(ERR);
    return said.toString(StandardCharsets.UTF_8) + code;
  }

  private void archiveIt() {
    ArchiveFolder folder = ArchiveFolder.at(node.vertx, archive);
    Await.on(context, () -> new Archive(context, node.sets.control(), folder, new DayKeeper(null)).run(EventStream.day(node.clock.get())));
  }

  private static List<String> types(String said) {
    return said.lines().filter(line -> line.startsWith("{")).map(line -> new JsonObject(line).getString("type")).toList();
  }

  @Test
  void aMessageIsFoundInTheLivePagesThenInTheArchiveAndWhereItIsSaidWhenNoFolderIsNamed() {
    String mongo = node.node.settings().mongo().get(0);
    node.clock.set((node.clock.get() / DAY - 10) * DAY + DAY / 2); // days that the command, which has no other clock than the machine's, looks for in the archive
    Message m = node.message("demo", "+491511111111");
    Await.on(context, () -> slot.commit(new Step().event(new Event.Accepted(m, m.acceptedAt())).event(new Event.Cancelled(m.id(), 2, m.acceptedAt(), null))));
    assertEquals(List.of("ACCEPTED", "CANCELLED"), types(trail(m.id(), "--mongo", mongo)), "live");
    node.clock.addAndGet(4 * DAY);
    archiveIt();
    node.clock.addAndGet(11 * 60_000);
    archiveIt();
    String without = trail(m.id(), "--mongo", mongo);
    assertTrue(without.contains("is archived: --archive or GODWIT_ARCHIVE_FOLDER must name its folder") && without.endsWith("1"), without);
    String found = trail(m.id(), "--mongo", mongo, "--archive", archive.toString());
    assertEquals(List.of("ACCEPTED", "CANCELLED"), types(found), found);
  }

  @Test
  void whatIsNoIdOrInNoSetIsToldInWords() {
    assertTrue(trail("nonsense", "--mongo", "mongodb://localhost").contains("'nonsense' is no message id"));
    String id = node.message("demo", "+491511111111").id();
    String unknown = trail(id, "--mongo", node.node.settings().mongo().get(0));
    assertTrue(unknown.contains("set 0 knows no message " + id) && unknown.endsWith("1"), unknown);
  }
}
