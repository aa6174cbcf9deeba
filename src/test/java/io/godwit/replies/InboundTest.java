package io.godwit.replies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import io.godwit.events.Trail;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.DeadLetters;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestNode;
import io.godwit.worker.MessageHandler.Decision;
import io.godwit.worker.MessageHandler.Surroundings;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages from handsets through the stage, on a real queue. */
class InboundTest {
  private static final String HANDSET = "+4915112345678";
  private static final String APP = "inbound";
  private static final String NUMBER = "+447700900001";
  private TestNode node;
  private Context context;
  private Slot slot;

  @BeforeEach
  void aNumberAndAStage() {
    node = TestNode.named(APP);
    node.put("account", "demo", new JsonObject());
    node.put("number", "one", new JsonObject().put("number", NUMBER).put("account", "demo"));
    node.await(() -> node.vertx.deployVerticle(new InboundVerticle(node.node), new DeploymentOptions().setConfig(new JsonObject().put("partsWait", 10_000))));
    context = node.vertx.getOrCreateContext();
    slot = Await.on(context, () -> io.vertx.core.Future.succeededFuture(node.node.queue(0).openSlot("carrier")));
  }

  @AfterEach
  void close() {
    MongoCluster.shared().failNoMore();
    node.close();
  }

  private Message from(String handset, String text, String... tags) {
    return Message.received(node.node.queue(0).newId(), handset, NUMBER, text, Encoding.GSM7, 1, "DE", node.clock.get() + 3_600_000, "sim")
      .withOrigin(new Origin(null, null, List.of(tags), null, null, 0, false));
  }

  /** As a link does it: durable in the queue, each in a parcel of its own. */
  private void arrive(Message... messages) {
    Step step = new Step();
    for (Message message : messages) step.put(Parcel.of(node.node.queue(0).newId(), Parcel.INBOUND, Lane.ALERT, 1, 0, List.of(message)));
    Await.on(context, () -> slot.commit(step));
  }

  private List<Event> trail(String id) {
    return node.await(() -> Trail.of(Vertx.currentContext(), node.sets.control(), id));
  }

  private Event.Received received(Message message) {
    Await.until(message.text() + " is received", () -> !trail(message.id()).isEmpty());
    return assertInstanceOf(Event.Received.class, trail(message.id()).get(0));
  }

  private void untilNoneIsLeft() {
    Await.until("nothing is left in the queue", () -> node.await(() -> node.node.queue(0).depths(Vertx.currentContext())).isEmpty());
  }

  /** In order of the alphabet: days are listed in none. */
  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (String name : node.await(() -> Mongo.all(Vertx.currentContext(), node.sets.control().db().listCollectionNames()))) {
      if (!name.startsWith("events_")) continue;
      for (Document page : node.await(() -> Mongo.all(Vertx.currentContext(), node.sets.control().db().getCollection(name).find(Filters.eq("e.type", "RECEIVED"))))) {
        page.getList("e", Document.class).forEach(e -> texts.add(e.getString("text")));
      }
    }
    Collections.sort(texts);
    return texts;
  }

  @Test
  void aReplyFindsTheMessageThatItAnswers() {
    Message sent = node.message("demo", "Godwit", HANDSET, 1, new Origin(null, null, List.of(), null, null, 0, true));
    node.await(() -> new ReplyPaths(node.sets).take(Vertx.currentContext(), Map.of(sent, List.of(NUMBER))));
    Message reply = from(HANDSET, "Yes please");
    arrive(reply);
    Event.Received received = received(reply);
    assertEquals(sent.id(), received.inReplyTo());
    assertEquals("demo", received.message().account());
    Event.Replied replied = assertInstanceOf(Event.Replied.class, trail(sent.id()).get(0));
    assertEquals(reply.id(), replied.replyId());
    assertEquals("Yes please", replied.text());
  }

  /** Every look-up of a handset fails so often, with that code of MongoDB's. */
  private void fail(int times, int code) {
    MongoCluster.shared().fail(APP, new Document("times", times), new Document("failCommands", List.of("findAndModify")).append("errorCode", code));
  }

  private List<DeadLetter> letters() {
    return node.await(() -> new DeadLetters(node.sets.control()).oldest(Vertx.currentContext(), Parcel.INBOUND, Long.MAX_VALUE, 9));
  }

  @Test
  void whatCannotBeUnderstoodIsADeadLetterAndTheOthersGoOn() {
    Message good = from("+4915100000000", "fine");
    Message bad = from(HANDSET, "no part at all", "part:7:x:1");
    Step step = new Step().put(Parcel.of(node.node.queue(0).newId(), Parcel.INBOUND, Lane.ALERT, 1, 0, List.of(bad, good)));
    Await.on(context, () -> slot.commit(step));
    received(good);
    Await.until("the bad one is a dead letter", () -> letters().stream().map(DeadLetter::id).toList().equals(List.of(bad.id())));
    untilNoneIsLeft();
    assertEquals(List.of(), trail(bad.id()));
  }

  @Test
  void anErrorThatIsNoOutageCountsAgainstTheMessageAndAnOutageDoesNot() {
    fail(3, 2);
    Message bad = from(HANDSET, "BadValue");
    arrive(bad);
    Await.until("it is a dead letter", () -> letters().stream().map(DeadLetter::id).toList().equals(List.of(bad.id())));
    fail(8, 11600);
    Message waits = from(HANDSET, "InterruptedAtShutdown");
    arrive(waits);
    Await.until("it waits", () -> node.await(() -> node.node.queue(0).depths(Vertx.currentContext())).stream().anyMatch(d -> d.state().equals("later")));
    MongoCluster.shared().failNoMore();
    Await.until("its time comes", () -> {
      node.clock.addAndGet(2_000);
      return !trail(waits.id()).isEmpty();
    });
    assertEquals(1, letters().size());
  }

  @Test
  void aMessageOutOfTheBlueIsForTheNumbersOwner() {
    Message message = from(HANDSET, "Hello?");
    arrive(message);
    Event.Received received = received(message);
    assertNull(received.inReplyTo());
    assertEquals("demo", received.message().account());
  }

  @Test
  void whoSaysStopGetsNothingUntilStart() {
    OptOutHandler handler = new OptOutHandler();
    node.await(() -> handler.start(new Surroundings(node.node, 0, slot, new JsonObject())));
    Message stop = from(HANDSET, " Stop! ");
    arrive(stop);
    received(stop);
    assertEquals(Status.OPTED_OUT, assertInstanceOf(Decision.Refuse.class, decide(handler, HANDSET)).reason());
    assertInstanceOf(Decision.Next.class, decide(handler, "+4915100000000"));
    Message start = from(HANDSET, "START");
    arrive(start);
    received(start);
    assertInstanceOf(Decision.Next.class, decide(handler, HANDSET));
  }

  /** While the set does not answer all wait. */
  private Decision decide(OptOutHandler handler, String to) {
    Await.until("the set answers", () -> node.sets.control().isHealthy());
    return node.await(() -> handler.handle(List.of(node.message("demo", to)))).get(0);
  }

  @Test
  void aCharacterThatAHandsetCutInTwoIsWholeAgain() {
    arrive(from(HANDSET, "a bird \uD83D", "part:301:2:1"), from(HANDSET, "\uDC26 sings", "part:301:2:2"));
    Await.until("the whole is received", () -> !texts().isEmpty());
    assertEquals(List.of("a bird \uD83D\uDC26 sings"), texts());
  }

  @Test
  void partsInAnyOrderBecomeOneMessage() {
    arrive(from(HANDSET, "three", "part:300:3:3"), from(HANDSET, "one ", "part:300:3:1"));
    arrive(from("+4915100000000", "another's", "part:300:3:2"));
    arrive(from(HANDSET, "two ", "part:300:3:2"));
    Await.until("the whole is received", () -> !texts().isEmpty());
    node.clock.addAndGet(10_000);
    untilNoneIsLeft();
    assertEquals(List.of("another's", "one two three"), texts());
  }

  @Test
  void whatCameIsDeliveredWhenAPartStaysAwayAndTheLatePartAlone() {
    arrive(from(HANDSET, "one ", "part:7:3:1"), from(HANDSET, "three", "part:7:3:3"));
    Await.until("both wait", () -> node.await(() -> node.node.queue(0).depths(Vertx.currentContext())).stream().anyMatch(d -> d.state().equals("later") && d.messages() == 2));
    assertTrue(texts().isEmpty());
    node.clock.addAndGet(10_000);
    untilNoneIsLeft();
    assertEquals(List.of("one three"), texts());
    arrive(from(HANDSET, "two ", "part:7:3:2"));
    untilNoneIsLeft();
    assertEquals(List.of("one three", "two "), texts());
  }

  @Test
  void aReferenceThatComesRoundAgainIsAnotherMessage() {
    arrive(from(HANDSET, "a", "part:7:2:1"), from(HANDSET, "b", "part:7:2:2"));
    Await.until("the first is received", () -> texts().contains("ab"));
    node.clock.addAndGet(30_000);
    arrive(from(HANDSET, "c", "part:7:2:1"), from(HANDSET, "d", "part:7:2:2"));
    Await.until("the second is received", () -> texts().contains("cd"));
    node.clock.addAndGet(10_000);
    untilNoneIsLeft();
    assertEquals(List.of("ab", "cd"), texts());
  }

  @Test
  void aCarriersRepeatIsHeardOnceAndThePersonsOwnLater() {
    Message first = from(HANDSET, "Yes");
    arrive(first);
    received(first);
    arrive(from(HANDSET, "Yes"));
    untilNoneIsLeft();
    assertEquals(List.of("Yes"), texts());
    node.clock.addAndGet(600_000);
    arrive(from(HANDSET, "Yes"));
    untilNoneIsLeft();
    assertEquals(List.of("Yes", "Yes"), texts());
  }
}
