package io.godwit.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.ops.DayKeeper;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/archive} is killed (-9) at a named command: whatever it had done, every trail is whole, and the next run ends what it began. */
class KilledArchiveTest {
  private static final long DAY = 86_400_000L;

  @TempDir
  Path home;
  private final TestNode node = TestNode.start(1);
  private final MongoSet set = node.sets.control();
  private final Context context = node.vertx.getOrCreateContext();
  private final Gate gate = new Gate();
  private ArchiveFolder folder;
  private String day;
  private Message ended;
  private Message waits;
  private List<List<Event>> trails;

  /** On a day a week ago one message ended, and another began that still waits. */
  @BeforeEach
  void anOldDay() {
    folder = ArchiveFolder.at(node.vertx, home.resolve("archive"));
    long present = node.clock.getAndAdd(-7 * DAY);
    day = EventStream.collection(EventStream.day(node.clock.get()));
    Await.on(context, () -> new EventStream(set).prepareDays());
    Slot slot = Await.on(context, () -> Future.succeededFuture(node.node.queue(0).openSlot("test")));
    ended = node.message("demo", "+491511111111");
    waits = node.message("demo", "+491522222222");
    commit(slot, new Step().event(new Event.Accepted(ended, node.clock.get())).event(new Event.Cancelled(ended.id(), 2, node.clock.get(), null)));
    commit(slot, new Step().event(new Event.Accepted(waits, node.clock.get())).put(Parcel.of(node.node.queue(0).newId(), Parcel.ROUTE, Lane.BULK, 0, present + DAY, List.of(waits))));
    node.clock.set(present);
    trails = trails();
  }

  @AfterEach
  void close() {
    gate.close();
    node.close();
  }

  private void commit(Slot slot, Step step) {
    Await.on(context, () -> slot.commit(step));
  }

  @Test
  void whileItReadsTheDay() throws Exception {
    kill(gate.before("find", day));
    assertEquals(0, count("archive"));
    assertEquals(trails, trails());
    theNextRunEndsIt();
  }

  @Test
  void whileItComparesWhatItHasWritten() throws Exception {
    kill(gate.before("find", day), gate.before("find", day));
    assertEquals(0, count("archive"));
    assertEquals(trails, trails());
    theNextRunEndsIt();
  }

  @Test
  void whenTheFilesHaveTheirNamesAndNobodyWasTold() throws Exception {
    kill(gate.before("insert", ArchivedDays.COLLECTION));
    assertEquals(0, count("archive"));
    assertEquals(trails, trails());
    theNextRunEndsIt();
  }

  @Test
  void whenTheDayIsItsFilesAndItDoesNotKnow() throws Exception {
    kill(gate.after("insert", ArchivedDays.COLLECTION));
    assertEquals(1, count("archive"));
    assertEquals(trails, trails());
    theNextRunEndsIt();
  }

  @Test
  void whenItIsAboutToDropTheCollection() throws Exception {
    archive();
    makeOld();
    kill(gate.before("drop", day));
    assertEquals(trails, trails());
    theNextRunEndsIt();
  }

  @Test
  void whenTheCollectionIsGoneAndItDoesNotKnow() throws Exception {
    archive();
    makeOld();
    kill(gate.after("drop", day));
    assertEquals(trails, trails());
    theNextRunEndsIt();
  }

  /** Runs the command behind the gate, and kills it at the last of these stops. */
  private void kill(Gate.Stop... stops) throws IOException, InterruptedException {
    String database = set.db().getName();
    Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
      "io.godwit.Godwit", "archive", "--dir", home.resolve("archive").toString(), "--before", EventStream.day(node.clock.get() - 3 * DAY).toString(), "--no-reports", "--mongo", gate.uri(database))
      .redirectErrorStream(true).redirectOutput(home.resolve("log").toFile()).start();
    try {
      for (int i = 0; i + 1 < stops.length; i++) untilReached(stops[i]).pass();
      untilReached(stops[stops.length - 1]);
    } catch (RuntimeException e) {
      throw new AssertionError(Files.readString(home.resolve("log")), e);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** A JVM starts first. */
  private static Gate.Stop untilReached(Gate.Stop stop) {
    Await.until(() -> "the archive comes to its death", 120, stop::isReached);
    return stop;
  }

  private void theNextRunEndsIt() throws IOException {
    archive();
    assertEquals(trails, trails());
    makeOld();
    archive();
    assertFalse(Await.on(context, () -> Mongo.all(context, set.db().listCollectionNames())).contains(day));
    assertEquals(trails, trails(), "from the files and the copies alone");
    try (Stream<Path> files = Files.list(home.resolve("archive"))) {
      assertEquals(List.of(day + ".set0.index", day + ".set0.json", day + ".set0.ndjson.gz"), files.map(f -> f.getFileName().toString()).filter(f -> f.startsWith(day)).sorted().toList());
    }
  }

  private void archive() {
    Await.on(context, () -> new Archive(context, set, folder, new DayKeeper(null)).run(EventStream.day(node.clock.get() - 3 * DAY)));
  }

  /** Whoever began to read the collection before has ended. */
  private void makeOld() {
    Await.first(set.db().getCollection(ArchivedDays.COLLECTION).updateMany(Filters.empty(), Updates.set("at", new Date(node.clock.get() - 11 * 60_000))));
  }

  private List<List<Event>> trails() {
    return Stream.of(ended, waits).map(m -> Await.on(context, () -> Trail.of(context, set, folder, m.id()))).toList();
  }

  private long count(String collection) {
    return Await.first(set.db().getCollection(collection).countDocuments(new Document()));
  }
}
