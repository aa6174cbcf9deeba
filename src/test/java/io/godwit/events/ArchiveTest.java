package io.godwit.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.godwit.events.Archive.Outcome;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.ops.Audit;
import io.godwit.ops.DayKeeper;
import io.godwit.ops.Finding;
import io.godwit.ops.Totals;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Days of a real mongod go to files and away, and what they held is found as before. */
class ArchiveTest {
  private static final long DAY = 86_400_000L;
  private static final List<Leg> LEGS = List.of(new Leg("demo", null, 100, "EUR"));

  @TempDir
  Path home;
  private final TestNode node = TestNode.start(1);
  private final MongoSet set = node.sets.control();
  private final Context context = node.vertx.getOrCreateContext();
  private Slot slot;
  private ArchiveFolder folder;
  private String day;
  private Message delivered;
  private Message straddling;
  private Message scheduled;

  /** On the first day a message that ended, one that ended on the next, and one that waits for next month; then four days go by. */
  @BeforeEach
  void fill() {
    node.clock.set((node.clock.get() / DAY) * DAY + DAY / 2);
    folder = ArchiveFolder.at(node.vertx, home.resolve("archive"));
    day = EventStream.collection(EventStream.day(node.clock.get()));
    node.put("account", "demo", new JsonObject().put("currency", "EUR"));
    slot = Await.on(context, () -> Future.succeededFuture(node.node.queue(0).openSlot("test")));
    insert("topups", new Document("_id", "start").append("account", "demo").append("currency", "EUR").append("amount", 1_000L));
    insert("balances", new Document("_id", "demo").append("seq", 0L).append("free", 700L).append("open", new Document()).append("in", new Document()));
    delivered = node.message("demo", "+491511111111");
    commit(new Event.Accepted(delivered, now()), routed(delivered), sent(delivered), new Event.Delivered(delivered.id(), 4, now(), -1, null));
    straddling = node.message("demo", "+491522222222");
    commit(new Event.Accepted(straddling, now()), routed(straddling));
    scheduled = node.message("demo", "+491533333333");
    Step step = new Step().event(new Event.Accepted(scheduled, now())).event(routed(scheduled));
    Message waits = scheduled.next();
    step.put(Parcel.of(node.node.queue(0).newId(), Parcel.ROUTE, Lane.BULK, 0, now() + 90 * DAY, List.of(waits)));
    Await.on(context, () -> slot.commit(step));
    node.clock.addAndGet(DAY);
    commit(sent(straddling), new Event.Delivered(straddling.id(), 4, now(), -1, null));
    node.clock.addAndGet(3 * DAY);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void aDayThatIsArchivedIsInFilesAndItsCollectionGoesLater() throws IOException {
    String before = day(day).toString();
    Outcome outcome = archive();
    assertEquals(List.of(day, next(day)), outcome.archived().stream().map(Manifest::day).toList());
    assertEquals(List.of(3L, 8L), List.of(outcome.archived().get(0).pages(), outcome.archived().get(0).events()));
    assertEquals(List.of(), outcome.dropped());
    assertEquals(before, day(day).toString(), "whoever reads it goes on");
    node.clock.addAndGet(11 * 60_000);
    assertEquals(List.of(day, next(day)), archive().dropped());
    assertFalse(collections().contains(day));
    assertEquals(new Outcome(), archive(), "and nothing is left to do");
    try (Stream<Path> files = Files.list(home.resolve("archive"))) {
      assertEquals(List.of(day + ".set0.index", day + ".set0.json", day + ".set0.ndjson.gz", next(day) + ".set0.index", next(day) + ".set0.json", next(day) + ".set0.ndjson.gz"),
        files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aPersonReadsTheFileAsLinesOfJson() throws IOException {
    archive();
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(home.resolve("archive").resolve(day + ".set0.ndjson.gz")))) {
      List<String> lines = new String(in.readAllBytes()).lines().toList();
      assertEquals(3, lines.size());
      JsonObject accepted = new JsonObject(lines.get(0)).getJsonArray("e").getJsonObject(0);
      assertEquals(delivered.id() + " ACCEPTED Hello", accepted.getString("id") + " " + accepted.getString("type") + " " + accepted.getString("text"));
    }
  }

  @Test
  void trailsAreTheSameBeforeAndAfter() {
    List<List<Event>> before = trails(null);
    archive();
    assertEquals(before, trails(folder), "while the collection is still there");
    node.clock.addAndGet(11 * 60_000);
    archive();
    assertEquals(before, trails(folder));
    assertEquals(before.get(2), trail(null, scheduled), "what waits needs no archive");
    assertEquals(List.of(), trail(null, delivered));
  }

  @Test
  void theBooksAreCleanAtEveryStepAndAWaitingMessageIsStillChecked() {
    assertClean();
    archive();
    assertClean();
    node.clock.addAndGet(11 * 60_000);
    archive();
    assertClean();
    Await.first(set.db().getCollection("parcels").updateOne(Filters.eq("q", Parcel.ROUTE), Updates.set("m.0.n", 7)));
    assertEquals(List.of(Finding.Kind.OUT_OF_STEP), audit().stream().map(Finding::kind).toList());
    Await.first(set.db().getCollection("parcels").updateOne(Filters.eq("q", Parcel.ROUTE), Updates.set("m.0.n", 2)));
    Await.first(set.db().getCollection("balances").updateOne(Filters.eq("_id", "demo"), Updates.inc("free", 1L)));
    assertEquals(List.of(Finding.Kind.MONEY_OFF), audit().stream().map(Finding::kind).toList());
  }

  @Test
  void copiesOfWhatWaitedGoWhenItWaitsNoMore() {
    archive();
    assertEquals(1, count("carried"));
    Await.first(set.db().getCollection("parcels").deleteMany(Filters.eq("q", Parcel.ROUTE)));
    archive();
    assertEquals(0, count("carried"));
  }

  @Test
  void aDayThatTheReportsDoNotHaveStaysAndSoDoLaterOnes() {
    Custody parcels = new DayKeeper(null);
    Outcome outcome = archive(new Custody() {
      @Override
      public Future<String> objection(Context c, MongoSet s, String d, long pages) {
        return Future.succeededFuture(d.equals(day) ? "the reports have 2 of its " + pages + " pages" : null);
      }

      @Override
      public Future<Void> waiting(Context c, MongoSet s, long before, java.util.function.Consumer<String> visitor) {
        return parcels.waiting(c, s, before, visitor);
      }
    });
    assertEquals(List.of(), outcome.archived());
    assertEquals(List.of("set 0: " + day + " stays: the reports have 2 of its 3 pages"), outcome.obstacles());
  }

  @Test
  void presentDaysStayWhateverIsAsked() {
    Outcome outcome = Await.on(context, () -> new Archive(context, set, folder, new DayKeeper(null)).run(EventStream.day(now()).plusDays(9)));
    assertEquals(List.of(day, next(day)), outcome.archived().stream().map(Manifest::day).toList());
  }

  @Test
  void whatADeadProcessLeftIsSweptAndTheDayIsWrittenAnew() throws IOException {
    Files.createDirectories(home.resolve("archive"));
    DayFiles files = folder.files(0, day);
    for (Path left : List.of(files.making("dead").pages(), files.making("dead").index(), files.pages())) Files.writeString(left, "half");
    assertEquals(2, archive().archived().size());
    assertFalse(Files.exists(files.making("dead").pages()));
    assertEquals(4, trail(folder, delivered).size());
  }

  @Test
  void twoAtOnceDoNoHarm() {
    List<List<Event>> before = trails(null);
    TestNode other = node.another();
    Context there = other.vertx.getOrCreateContext();
    Archive second = new Archive(there, other.sets.control(), ArchiveFolder.at(other.vertx, home.resolve("archive")), new DayKeeper(null));
    Future<Outcome> one = Await.start(context, () -> new Archive(context, set, folder, new DayKeeper(null)).run(EventStream.day(now())));
    Future<Outcome> two = Await.start(there, () -> second.run(EventStream.day(now())));
    Await.await(Future.join(one, two).transform(done -> Future.succeededFuture()));
    archive();
    node.clock.addAndGet(11 * 60_000);
    archive();
    assertFalse(collections().contains(day));
    assertEquals(before, trails(folder));
    assertClean();
    other.close();
  }

  @Test
  void aCollectionIsNotDroppedWithoutItsFilesOrWithMoreInIt() throws IOException {
    archive();
    node.clock.addAndGet(11 * 60_000);
    Path file = folder.files(0, day).pages();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    Outcome outcome = archive();
    assertEquals(List.of(next(day)), outcome.dropped());
    assertTrue(outcome.obstacles().get(0).contains("bytes instead of"), outcome.obstacles().toString());
    Files.write(file, whole);
    insert(day, new Document("_id", "late").append("e", List.of()));
    assertTrue(archive().obstacles().get(0).contains("4 pages, and 3 are archived"));
    Await.first(set.db().getCollection(day).deleteOne(Filters.eq("_id", "late")));
    assertEquals(List.of(day), archive().dropped());
  }

  @Test
  void aFileThatIsNotWhatWasWrittenIsNotedWhenItIsRead() throws IOException {
    archive();
    Path file = folder.files(0, day).pages();
    byte[] spoilt = Files.readAllBytes(file);
    spoilt[4] ^= 1;   // the time in the gzip header: what is in it is the same
    Files.write(file, spoilt);
    Throwable failure = assertThrows(Exception.class, () -> Await.on(context, () -> folder.each(context, 0, day, pages -> Future.succeededFuture())));
    assertTrue(failure.toString().contains("SHA-256"), failure.toString());
  }

  @Test
  void whatJsonCannotHoldIsKeptByteForByte() {
    Document odd = new Document("_id", "odd").append("ts", new org.bson.BsonTimestamp(7)).append("k", List.of(5L)).append("e", List.of(new Document("id", delivered.id())
      .append("n", 9).append("small", 5L).append("large", 1L << 40).append("half", "\uD83D").append("line", "a\nb\rc\u2028\0").append("not", Double.NaN).append("d", 1.0)));
    insert(day, odd);
    Outcome outcome = archive();
    assertEquals(List.of(), outcome.obstacles());
    List<Document> read = new ArrayList<>();
    Await.on(context, () -> folder.each(context, 0, day, pages -> {
      pages.forEach(page -> read.add(page.decode(DayWriter.DOCUMENTS)));
      return Future.succeededFuture();
    }));
    assertEquals(day(day), read.stream().sorted(java.util.Comparator.comparing(d -> d.getString("_id"))).toList());
  }

  @Test
  void aDayOfManyPagesIsFoundPageByPage() {
    List<Message> many = new ArrayList<>();
    Await.first(set.db().getCollection(next(day)).deleteMany(Filters.empty()));
    long noon = EventStream.begins(day) + DAY / 2;
    long now = node.clock.getAndSet(noon);
    for (int i = 0; i < 300; i++) {
      node.clock.incrementAndGet();
      Message m = node.message("demo", "+491544444444");
      many.add(m);
      commit(new Event.Accepted(m, now()), new Event.Cancelled(m.id(), 2, now(), null));
    }
    node.clock.set(now);
    assertEquals(303, archive().archived().get(0).pages());
    for (Message m : List.of(many.get(0), many.get(150), many.get(299))) assertEquals(2, trail(folder, m).size());
  }

  // ---- the stores

  private Event routed(Message m) {
    return new Event.Routed(m.id(), 2, now(), "sim", "Godwit", Money.reserved(LEGS), null);
  }

  private Event sent(Message m) {
    return new Event.Sent(m.id(), 3, now(), "sim", List.of("c" + m.id()), false, Money.billed(LEGS));
  }

  private long now() {
    return node.clock.get();
  }

  private static String next(String day) {
    return EventStream.collection(EventStream.day(EventStream.begins(day) + DAY));
  }

  private Outcome archive() {
    return archive(new DayKeeper(null));
  }

  private Outcome archive(Custody custody) {
    return Await.on(context, () -> new Archive(context, set, folder, custody).run(EventStream.day(now())));
  }

  private void commit(Event... events) {
    Step step = new Step();
    for (Event event : events) step.event(event);
    Await.on(context, () -> slot.commit(step));
  }

  private List<List<Event>> trails(ArchiveFolder where) {
    return Stream.of(delivered, straddling, scheduled).map(m -> trail(where, m)).toList();
  }

  private List<Event> trail(ArchiveFolder where, Message m) {
    return Await.on(context, () -> Trail.of(context, set, where, m.id()));
  }

  private List<Finding> audit() {
    List<Finding> findings = new ArrayList<>();
    Totals totals = Await.on(context, () -> new Audit(context, findings::add).run(node.sets.all()));
    assertEquals("checked", totals.toJson().getString("money"));
    return findings;
  }

  private void assertClean() {
    assertEquals(List.of(), audit());
  }

  private void insert(String collection, Document document) {
    Await.first(set.db().getCollection(collection).insertOne(document));
  }

  private long count(String collection) {
    return Await.first(set.db().getCollection(collection).countDocuments());
  }

  private List<Document> day(String name) {
    return Await.on(context, () -> Mongo.all(context, set.db().getCollection(name).find().sort(new Document("_id", 1))));
  }

  private List<String> collections() {
    return Await.on(context, () -> Mongo.all(context, set.db().listCollectionNames()));
  }
}
