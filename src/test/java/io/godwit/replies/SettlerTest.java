package io.godwit.replies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of paths when their messages are sent, refused or kept waiting: on real trails. */
class SettlerTest {
  private static final String HANDSET = "+4915112345678";
  private TestNode node;
  private MongoSet home;
  private int elsewhere;
  private ReplyPaths paths;

  @BeforeEach
  void twoSetsOfWhichOneIsTheHandsetsHome() {
    node = TestNode.start(2);
    home = Homes.of(node.sets, HANDSET);
    elsewhere = 1 - home.index();
    paths = new ReplyPaths(node.sets);
    for (MongoSet set : node.sets.all()) node.await(() -> paths.open(set));
  }

  @AfterEach
  void close() {
    node.close();
  }

  /** In the other set than the handset's home. */
  private Message message(String handset) {
    return Message.accepted(node.node.queue(elsewhere).newId(), Lane.BULK, "demo", "Godwit", handset, "Hello?", Encoding.GSM7, 1, "DE", node.clock.get() + 3_600_000,
      new Origin(null, null, List.of(), null, null, 0, true));
  }

  private Message accepted() {
    Message message = message(HANDSET);
    commit(new Event.Accepted(message, node.clock.get()));
    return message;
  }

  private String take(Message message, String... pool) {
    node.clock.incrementAndGet();
    return node.await(() -> paths.take(Vertx.currentContext(), Map.of(message, List.of(pool)))).get(message.id());
  }

  private void commit(Event... events) {
    Step step = new Step();
    for (Event event : events) step.event(event);
    Context context = node.vertx.getOrCreateContext();
    Await.on(context, () -> {
      Slot slot = node.node.queue(elsewhere).openSlot("stage");
      return slot.commit(step).eventually(slot::close);
    });
  }

  private void sent(Message message) {
    commit(new Event.Routed(message.id(), 2, node.clock.get(), "sim", "one", null, null), new Event.Sent(message.id(), 3, node.clock.get(), "sim", List.of("c1"), false, null));
  }

  private void refused(Message message) {
    commit(new Event.Refused(message.id(), 2, node.clock.get(), Status.NO_CREDIT, Failure.of("no-credit", "demo has no credit"), null));
  }

  /** How many paths a process looks at in one round. */
  private int roundOf(TestNode process) {
    return process.await(() -> new Settler(Vertx.currentContext(), process.sets, new ReplyPaths(process.sets), process.sets.get(home.index())).round());
  }

  /** Of a set that does not answer in time a round learns nothing. */
  private int round() {
    Await.until("the sets answer", () -> node.sets.all().stream().allMatch(MongoSet::isHealthy));
    return roundOf(node);
  }

  private int later(long millis) {
    node.clock.addAndGet(millis);
    return round();
  }

  private Document stored(Message message) {
    return node.await(() -> Mongo.first(Vertx.currentContext(), home.db().getCollection(ReplyPaths.COLLECTION).find(Filters.eq("_id", ReplyPaths.key(message)))));
  }

  private String answered(String number) {
    ReplyPaths.Answered answered = node.await(() -> paths.find(Vertx.currentContext(), HANDSET, number));
    return answered == null ? null : answered.message();
  }

  @Test
  void aPathOpensWhenItsMessageWasSentAndIsOverThreeDaysLater() {
    Message message = accepted();
    take(message, "one");
    long sentAt = node.clock.addAndGet(1_000);
    sent(message);
    assertEquals(1, later(ReplyPaths.FIRST_LOOK_MS));
    assertEquals(new Date(sentAt), stored(message).getDate("sent"));
    assertEquals(new Date(sentAt + ReplyPaths.OPEN_FOR_MS), stored(message).getDate("until"));
    node.clock.set(sentAt + ReplyPaths.OPEN_FOR_MS - 1);
    assertEquals(message.id(), answered("one"));
    node.clock.incrementAndGet();
    assertNull(answered("one"));
    Message next = accepted();
    assertEquals("one", take(next, "one"));
    assertEquals(next.id(), answered("one"));
  }

  @Test
  void theNumberOfARefusedMessageRestsAndIsThenGivenOutAgain() {
    Message refused = accepted();
    assertEquals("one", take(refused, "one"));
    refused(refused);
    long end = node.clock.get();
    later(ReplyPaths.FIRST_LOOK_MS);
    assertNull(answered("one"));
    Message busy = accepted();
    assertEquals("two", take(busy, "two"));
    sent(busy);
    later(ReplyPaths.FIRST_LOOK_MS);
    node.clock.set(end + ReplyPaths.REST_MS - 2);
    assertEquals("three", take(accepted(), "one", "two", "three"));
    assertEquals("one", take(accepted(), "one", "two", "three"));
  }

  @Test
  void aRestingNumberIsTheLastChoiceAmongFreeOnesHoweverLongAgoItWasTaken() {
    Message refused = accepted();
    take(refused, "one");
    Message answeredLongAgo = accepted();
    take(answeredLongAgo, "two");
    sent(answeredLongAgo);
    later(ReplyPaths.FIRST_LOOK_MS);
    node.clock.addAndGet(ReplyPaths.OPEN_FOR_MS);
    refused(refused);
    round();
    assertEquals("two", take(accepted(), "one", "two"));
    assertEquals("one", take(accepted(), "one", "two"));
  }

  @Test
  void aNumberIsNotTakenOverWhileAnotherOnlyRests() {
    Message sent = accepted();
    take(sent, "one");
    sent(sent);
    Message refused = accepted();
    take(refused, "two");
    refused(refused);
    later(ReplyPaths.FIRST_LOOK_MS);
    assertEquals("two", take(accepted(), "one", "two"));
  }

  @Test
  void whatMayBeOnTheHandsetCanBeAnswered() {
    Message message = accepted();
    take(message, "one");
    commit(new Event.Unknown(message.id(), 2, node.clock.get(), "the carrier's answer was lost", null));
    later(ReplyPaths.FIRST_LOOK_MS);
    assertEquals(message.id(), answered("one"));
  }

  @Test
  void aPathOfAWaitingMessageIsLookedAtWhenItsAgeHasDoubledAndAtLeastEveryHalfHour() {
    Message message = accepted();
    take(message, "one");
    assertEquals(0, round());
    long age = ReplyPaths.FIRST_LOOK_MS;
    assertEquals(1, later(age));
    for (; age < ReplyPaths.MOST_LOOK_MS; age *= 2) {
      assertEquals(0, later(age - 1));
      assertEquals(1, later(1));
    }
    assertEquals(0, later(ReplyPaths.MOST_LOOK_MS - 1));
    sent(message);
    assertEquals(1, later(1));
    assertEquals(0, later(ReplyPaths.MOST_LOOK_MS));
    assertEquals(message.id(), answered("one"));
  }

  @Test
  void whatAProcessLookedAtWhenItDiedTheNextRoundSettles() {
    Message message = accepted();
    take(message, "one");
    sent(message);
    node.clock.addAndGet(ReplyPaths.FIRST_LOOK_MS);
    try (TestNode dying = node.another()) {
      assertEquals(1, dying.await(() -> new ReplyPaths(dying.sets).due(Vertx.currentContext(), dying.sets.get(home.index()), 10)).size());
    }
    assertEquals(1, round());
    assertTrue(stored(message).containsKey("sent"));
  }

  @Test
  void whoRecordsWhatHeReadLongAgoChangesNothing() {
    Message message = accepted();
    take(message, "one");
    node.clock.addAndGet(ReplyPaths.FIRST_LOOK_MS);
    List<ReplyPaths.Unsettled> due = node.await(() -> paths.due(Vertx.currentContext(), home, 10));
    sent(message);
    round();
    Document settled = stored(message);
    node.await(() -> paths.settle(Vertx.currentContext(), home, due.stream().collect(Collectors.toMap(Function.identity(), path -> Fate.WAITING))));
    assertEquals(settled, stored(message));
  }

  @Test
  void whileTheMessagesSetDoesNotAnswerItsPathIsKept() {
    Message message = accepted();
    take(message, "one");
    refused(message);
    node.clock.addAndGet(ReplyPaths.FIRST_LOOK_MS);
    try (TestNode cutOff = node.another()) {
      cutOff.await(() -> cutOff.sets.get(elsewhere).close());
      assertEquals(1, roundOf(cutOff));
    }
    assertFalse(stored(message).containsKey("unsent"));
    assertEquals(1, later(ReplyPaths.FIRST_LOOK_MS + 1));
    assertTrue(stored(message).containsKey("unsent"));
  }

  @Test
  void aRoundLooksAtABatchAndReadsNoMoreThanThatFromTheIndex() {
    Map<Message, List<String>> pools = IntStream.iterate(0, i -> i + 1).mapToObj(i -> "+49151%08d".formatted(i)).filter(handset -> Homes.of(node.sets, handset) == home)
      .limit(Settler.BATCH + 50).collect(Collectors.toMap(this::message, handset -> List.of("one")));
    node.await(() -> paths.take(Vertx.currentContext(), pools));
    node.clock.addAndGet(ReplyPaths.FIRST_LOOK_MS);
    Document due = new Document("look", new Document("$lte", new Date(node.clock.get())));
    Document plan = node.await(() -> Mongo.first(Vertx.currentContext(), home.db().getCollection(ReplyPaths.COLLECTION).find(due).sort(new Document("look", 1)).limit(Settler.BATCH).explain()));
    assertEquals(Settler.BATCH, plan.get("executionStats", Document.class).getInteger("totalDocsExamined"));
    assertEquals(Settler.BATCH, round());
    assertEquals(50, round());
    assertEquals(0, round());
  }

  @Test
  void eachPathOfABatchIsSettledByItsOwnMessage() {
    List<Message> messages = IntStream.range(0, 40).mapToObj(i -> message("+49151%08d".formatted(i))).filter(m -> Homes.of(node.sets, m.to()) == home).toList();
    node.await(() -> paths.take(Vertx.currentContext(), messages.stream().collect(Collectors.toMap(m -> m, m -> List.of("one")))));
    commit(messages.stream().map(m -> new Event.Accepted(m, node.clock.get())).toArray(Event[]::new));
    for (int i = 0; i < messages.size(); i += 3) sent(messages.get(i));
    for (int i = 1; i < messages.size(); i += 3) refused(messages.get(i));
    assertEquals(messages.size(), later(ReplyPaths.FIRST_LOOK_MS));
    for (int i = 0; i < messages.size(); i++) {
      Document path = stored(messages.get(i));
      assertEquals(List.of(i % 3 == 0, i % 3 == 1, i % 3 == 2), List.of(path.containsKey("sent"), path.containsKey("unsent"), path.containsKey("look")));
    }
  }

  @Test
  void theInboundVerticleSettlesByItself() {
    node.await(() -> node.vertx.deployVerticle(new InboundVerticle(node.node)));
    Message message = accepted();
    String number = take(message, "one");
    refused(message);
    node.clock.addAndGet(ReplyPaths.FIRST_LOOK_MS);
    Await.until("the number is given back", () -> answered(number) == null);
    assertNotEquals(true, stored(message).getBoolean("open"));
  }
}
