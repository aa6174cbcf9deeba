package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.DeliveryReport;
import io.godwit.message.DeliveryReport.Outcome;
import io.godwit.message.Limits;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How dead letters are stored, counted and found in a real set. */
class DeadLettersTest {
  private final TestNode node = TestNode.start(1);
  private final MongoSet set = node.sets.control();
  private final Context context = node.vertx.getOrCreateContext();
  private final DeadLetters letters = new DeadLetters(set);
  private Slot slot;

  @BeforeEach
  void open() {
    slot = node.await(() -> io.vertx.core.Future.succeededFuture(node.node.queue(0).openSlot("test")));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private DeliveryReport receipt() {
    return new DeliveryReport(node.node.queue(0).newId(), "sim", "c1", Outcome.DELIVERED, null, -1, 3);
  }

  private void bury(int count) {
    Step step = new Step();
    for (int i = 0; i < count; i++) step.deadLetter(receipt(), Parcel.RECEIPTS, "no message was found for it", node.clock.get());
    Await.on(context, () -> slot.commit(step));
  }

  @Test
  void aLetterIsReadAsItWasWritten() {
    DeadLetter receipt = new DeadLetter(receipt(), Parcel.RECEIPTS, "why not", node.clock.get());
    DeadLetter message = new DeadLetter(node.message("demo", "+4917012345678"), Parcel.ROUTE, "why not", node.clock.get());
    for (DeadLetter letter : List.of(receipt, message)) {
      Await.on(context, () -> slot.commit(new Step().deadLetter(letter.item(), letter.queue(), letter.why(), letter.at())));
      assertEquals(List.of(letter), Await.on(context, () -> letters.find(context, letter.id())));
    }
  }

  @Test
  void theGaugeShowsThemByQueueAndZeroWhenTheyHaveGone() {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    DeadLetterGauge gauge = new DeadLetterGauge(set, letters, meters);
    bury(3);
    Await.on(set.context(), gauge::count);
    assertTrue(meters.scrape().contains("godwit_dead_letters{queue=\"receipt\",set=\"0\"} 3.0"), meters.scrape());
    Await.on(context, () -> Mongo.first(context, set.db().getCollection(DeadLetters.COLLECTION).deleteMany(new Document())));
    Await.on(set.context(), gauge::count);
    assertTrue(meters.scrape().contains("godwit_dead_letters{queue=\"receipt\",set=\"0\"} 0.0"), meters.scrape());
  }

  @Test
  void everyQuestionUsesAnIndex() {
    Document sort = new Document("at", -1).append("_id", -1);
    List<Document> questions = List.of(
      new Document("find", DeadLetters.COLLECTION).append("filter", new Document("at", new Document("$gte", new java.util.Date(0)))).append("sort", sort),
      new Document("find", DeadLetters.COLLECTION).append("filter", new Document("queue", "route").append("at", new Document("$gte", new java.util.Date(0)))).append("sort", sort),
      new Document("find", DeadLetters.COLLECTION).append("filter", new Document("queue", "route")).append("sort", new Document("at", 1).append("_id", 1)),
      new Document("distinct", DeadLetters.COLLECTION).append("key", "queue"));
    for (Document question : questions) {
      String plan = Await.on(context, () -> Mongo.first(context, set.db().runCommand(new Document("explain", question).append("verbosity", "queryPlanner"))))
        .get("queryPlanner", Document.class).get("winningPlan", Document.class).toJson();
      assertTrue(plan.contains("IXSCAN") || plan.contains("DISTINCT_SCAN"), plan);
      assertFalse(plan.contains("COLLSCAN") || plan.contains("\"SORT\""), plan);
    }
  }

  @Test
  void aReasonIsNotLongerThanItIsKept() {
    String reason = DeadLetter.reason(new IllegalStateException("\uD83D\uDE00".repeat(5_000)));
    assertTrue(reason.length() <= Limits.REASON_CHARS && reason.length() >= Limits.REASON_CHARS - 1);
    assertFalse(Character.isHighSurrogate(reason.charAt(reason.length() - 1)));
    assertTrue(reason.startsWith("java.lang.IllegalStateException"));
  }
}
