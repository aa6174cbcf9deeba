package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.store.CommitSlot;
import io.godwit.store.Timing;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestClock;
import java.util.List;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever MongoDB answers or fails to answer, a step takes effect exactly once. */
class MongoQueueOutcomesTest {
  private static final String TRANSIENT = "TransientTransactionError";
  private final String database = MongoCluster.shared().freshDatabase();
  private QueueLife life;

  @BeforeEach
  void open() {
    life = new QueueLife(MongoCluster.shared().uri(database, database), new TestClock(), new Timing(2_000, 60_000, 3_600_000, 3_600_000));
    Await.first(life.set.db().getCollection("allotments").insertOne(new Document("_id", life.bench.slot.allotment()).append("open", true).append("a", new Document("acme", 10L))));
  }

  @AfterEach
  void close() {
    MongoCluster.shared().failNoMore();
    life.close();
    MongoCluster.shared().drop(database);
  }

  static Stream<Arguments> troubles() {
    return Stream.of(
      trouble("a write conflict at the first write", 3, on("insert").append("errorCode", 112).append("errorLabels", List.of(TRANSIENT))),
      trouble("a write conflict at the last write", 3, on("update").append("errorCode", 112).append("errorLabels", List.of(TRANSIENT))),
      trouble("a write conflict at the commit", 2, on("commitTransaction").append("errorCode", 112).append("errorLabels", List.of(TRANSIENT))),
      trouble("a connection lost before a write", 2, on("insert").append("closeConnection", true)),
      trouble("a connection lost before a delete", 2, on("delete").append("closeConnection", true)),
      trouble("connections lost before the commit", 5, on("commitTransaction").append("closeConnection", true)),
      trouble("a primary that steps down at the commit", 3, on("commitTransaction").append("errorCode", 189)),
      trouble("a shutdown at the commit", 5, on("commitTransaction").append("errorCode", 91)),
      trouble("an interrupted commit", 2, on("commitTransaction").append("errorCode", 11601)),
      trouble("a killed session in the middle", 1, on("delete").append("errorCode", 11601)),
      trouble("a commit that was applied but not by a majority in time", 3, on("commitTransaction").append("writeConcernError", wce(64))),
      trouble("a commit that was applied while the primary shut down", 3, on("commitTransaction").append("writeConcernError", wce(91))),
      trouble("a commit that was applied and is forgotten", 1, on("commitTransaction").append("writeConcernError", wce(64)).append("errorLabels", List.of(TRANSIENT))));
  }

  private static Arguments trouble(String name, int times, Document data) {
    return Arguments.of(name, times, data);
  }

  private static Document on(String command) {
    return new Document("failCommands", List.of(command));
  }

  private static Document wce(int code) {
    return new Document("code", code).append("errmsg", "a test's");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("troubles")
  void aStepTakesEffectOnce(String name, int times, Document data) {
    life.bench.put(life.bench.parcel("held"));
    Parcel held = life.bench.claimOne();
    TestStage stage = new TestStage(QueueBench.QUEUE, 1, 0);
    life.queue.attach(stage);
    Parcel next = life.bench.parcel("next");
    MongoCluster.shared().fail(database, new Document("times", times), data);
    life.bench.commit(life.bench.accepting(next).finish(held).money("acme", -7));
    MongoCluster.shared().failNoMore();
    assertEquals(List.of(next), stage.delivered);
    assertEquals(0, stage.withdrawn.get());
    checkedOnce(next);
    life.bench.commit(new Step().finish(next));
    assertTrue(life.bench.isEmpty());
  }

  private void checkedOnce(Parcel next) {
    List<Event> trail = Await.on(life.bench.context, () -> Trail.of(life.bench.context, life.set, next.message(0).id()));
    assertEquals(List.of("ACCEPTED"), trail.stream().map(Event::type).toList());
    Document allotment = Await.first(life.set.db().getCollection("allotments").find(Filters.eq("_id", life.bench.slot.allotment())).first());
    assertEquals(3L, allotment.get("a", Document.class).getLong("acme"));
    assertEquals(1L, Await.first(life.set.db().getCollection("parcels").countDocuments()));
  }

  @Test
  void aForgottenCommitIsFoundAgainByItsIds() {
    long before = CommitSlot.ABORTED.get();
    Parcel put = life.bench.parcel("a");
    MongoCluster.shared().fail(database, new Document("times", 1), on("commitTransaction").append("writeConcernError", wce(64)).append("errorLabels", List.of(TRANSIENT)));
    life.bench.commit(life.bench.accepting(put));
    assertTrue(CommitSlot.ABORTED.get() >= before + 2, "tried again, found committed, and found committed still after a majority write");
    assertEquals(List.of(put.id()), life.bench.claim(9, 0).stream().map(Parcel::id).toList());
  }

  @Test
  void aStepThatMongoRefusesFailsAndLeavesTheSlotUsable() {
    Parcel put = life.bench.put(life.bench.parcel("a"));
    RuntimeException refused = life.bench.failureOf(new Step().put(put));
    assertTrue(refused.getMessage().contains("E11000"), refused.getMessage());
    life.bench.commit(new Step().finish(life.bench.claimOne()));
  }

  @Test
  void anExceptionWhileAStepIsWrittenWithdrawsItsHandOvers() {
    TestStage stage = new TestStage(QueueBench.QUEUE, 1, 0);
    life.queue.attach(stage);
    assertInstanceOf(Unwritable.class, life.bench.failureOf(new Step().put(life.bench.parcel("a")).also(work -> {
      throw new IllegalArgumentException("a test's");
    })));
    assertEquals(1, stage.withdrawn.get());
    assertTrue(life.bench.isEmpty());
  }

  @Test
  void anEmptyStepOpensNoTransaction() {
    long before = transactions();
    life.bench.commit(new Step());
    assertEquals(before, transactions());
  }

  private static long transactions() {
    return MongoCluster.shared().command("admin", new Document("serverStatus", 1)).get("transactions", Document.class).get("totalStarted", Number.class).longValue();
  }
}
