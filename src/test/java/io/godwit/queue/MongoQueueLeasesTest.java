package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.ClientSession;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.store.Timing;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestClock;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who holds a parcel when processes die, are thought dead, or lose an answer. */
class MongoQueueLeasesTest {
  private final String database = MongoCluster.shared().freshDatabase();
  private final TestClock clock = new TestClock();
  private final Deque<QueueLife> lives = new ArrayDeque<>();

  private QueueLife live(Timing timing) {
    return live(timing, database);
  }

  private QueueLife live(Timing timing, String app) {
    QueueLife life = new QueueLife(MongoCluster.shared().uri(database, app), clock, timing);
    lives.push(life);
    return life;
  }

  @AfterEach
  void endAll() {
    MongoCluster.shared().failNoMore();
    transactionsLast(5);
    lives.forEach(QueueLife::close);
    MongoCluster.shared().drop(database);
  }

  @Test
  void parcelsOfTheDeadAreFreedUnderANewTokenAndTheStaleHolderFails() {
    QueueLife dead = live(QueueLife.STILL);
    dead.bench.put(dead.bench.parcel("a", "b"));
    Parcel held = dead.bench.claim(1, 1).get(0);
    QueueLife other = live(QueueLife.LIVELY);
    Parcel taken = other.bench.claimSoon();
    assertEquals(held.id(), taken.id());
    assertEquals(1, taken.triedBefore(), "the dead one may have submitted the first message");
    assertNotEquals(held.token, taken.token);
    LeaseLost lost = assertInstanceOf(LeaseLost.class, dead.bench.failureOf(new Step().settle(held, Set.of(0), 1)));
    assertEquals(Set.of(held), lost.parcels());
    other.bench.commit(new Step().finish(taken));
  }

  @Test
  void whatTheDeadHandedOverToItselfIsFreedToo() {
    QueueLife dead = live(QueueLife.STILL);
    TestStage stage = new TestStage(QueueBench.QUEUE, 1, 0);
    dead.queue.attach(stage);
    Parcel handed = dead.bench.put(dead.bench.parcel("a"));
    assertEquals(List.of(handed), stage.delivered);
    assertEquals(handed.id(), live(QueueLife.LIVELY).bench.claimSoon().id());
  }

  @Test
  void aLeaseThatArrivesAfterItsHolderWasBuriedIsFreedByALaterSweep() {
    QueueLife dead = live(QueueLife.STILL);
    QueueLife other = live(QueueLife.LIVELY);
    Await.until("the still one is buried", () -> !isAlive(other, dead.number()));
    dead.queue.attach(new TestStage(QueueBench.QUEUE, 1, 0));
    Parcel handed = dead.bench.put(dead.bench.parcel("a"));
    assertEquals(handed.id(), other.bench.claimSoon().id());
  }

  @Test
  void whoeverIsFoundDeadBeginsANewLifeAndDropsWhatItHeld() {
    QueueLife paused = live(QueueLife.PATIENT);
    TestStage stage = new TestStage("none", 0, 0);
    paused.queue.attach(stage);
    int before = paused.number();
    paused.bench.put(paused.bench.parcel("a"));
    Parcel held = paused.bench.claimOne();
    QueueLife other = live(QueueLife.PATIENT);
    Await.first(other.set.db().getCollection("incarnations").updateOne(Filters.eq("_id", before), Updates.set("alive", false))); // as whoever missed it does
    Await.until("the paused one finds itself dead", () -> stage.drops.get() == 1);
    assertTrue(paused.number() > before);
    assertFalse(paused.queue.isTrusted(held));
    assertTrue(paused.queue.isTrusted());
    paused.bench.failureOf(new Step().finish(held));
    Parcel again = other.bench.claimSoon();
    other.bench.commit(new Step().finish(again));
    paused.bench.commit(new Step().put(paused.bench.parcel("the new life works")));
    paused.bench.commit(new Step().finish(paused.bench.claimOne()));
  }

  @Test
  void theLivingAreNotDisturbed() {
    QueueLife one = live(QueueLife.PATIENT);
    QueueLife other = live(QueueLife.PATIENT);
    one.bench.put(one.bench.parcel("a"));
    Parcel held = one.bench.claimOne();
    long beat = beat(other, one.number());
    Await.until("many beats and sweeps have passed", () -> beat(other, one.number()) > beat + 8);
    QueueLife newcomer = live(QueueLife.PATIENT);
    newcomer.bench.put(newcomer.bench.parcel(Lane.ALERT, 0, 0, "b"));
    Parcel fresh = newcomer.bench.claimOne();
    long since = beat(other, newcomer.number());
    Await.until("the sweeps have seen the newcomer", () -> beat(other, newcomer.number()) > since + 6);
    newcomer.bench.commit(new Step().finish(fresh));
    one.bench.commit(new Step().finish(held));
  }

  @Test
  void aCleanStopFreesAtOnce() {
    QueueLife stopping = live(new Timing(500, 5_000, 3_600_000, 3_600_000));
    QueueLife other = live(QueueLife.STILL);
    stopping.bench.put(stopping.bench.parcel("a"));
    Parcel held = stopping.bench.claimOne();
    lives.remove(stopping);
    stopping.close();
    assertEquals(held.id(), other.bench.claimOne().id());
    assertFalse(isAlive(other, 1));
  }

  @Test
  void aParcelLeasedByALostAnswerIsReturnedAfterTwoSweeps() {
    QueueLife life = live(QueueLife.LIVELY);
    Parcel put = life.bench.put(life.bench.parcel("a"));
    long stranger = life.set.incarnation().nextToken();
    Await.first(life.set.db().getCollection("parcels").updateOne(Filters.eq("_id", put.id()),
      Updates.combine(Updates.set("s", "leased"), Updates.set("by", life.number()), Updates.set("token", stranger))));
    Parcel again = life.bench.claimSoon();
    assertEquals(put.id(), again.id());
    assertNotEquals(stranger, again.token);
  }

  @Test
  void aClaimThatNeverReachedMongodCostsNoParcel() {
    QueueLife life = live(new Timing(1_000, 5_000, 80, 3_600_000));
    life.bench.put(life.bench.parcel("a"));
    MongoCluster.shared().fail(database, new Document("times", 1), new Document("failCommands", List.of("update")).append("closeConnection", true));
    assertEquals(List.of("a"), QueueBench.texts(life.bench.claimSoon()));
  }

  @Test
  void aParcelThatCannotBeReadHoldsUpNobody() {
    QueueLife life = live(new Timing(1_000, 5_000, 3_600_000, 3_600_000));
    Parcel head = life.bench.put(life.bench.parcel(Lane.BULK, 1, 0, "head"));
    life.bench.put(life.bench.parcel(Lane.BULK, 2, 0, "next"));
    Await.first(life.set.db().getCollection("parcels").updateOne(Filters.eq("_id", head.id()), Updates.set("m.0.enc", "NONE THAT WE KNOW")));
    Parcel claimed = life.bench.claimOne();
    assertEquals(List.of("next"), QueueBench.texts(claimed));
    life.bench.commit(new Step().finish(claimed));
    assertEquals(head.id(), life.stored(head).getString("_id"), "it stays for whoever can read it");
  }

  @Test
  void whatWeHoldInMemoryIsNeverReturnedAsUnknown() {
    QueueLife life = live(QueueLife.LIVELY);
    TestStage stage = new TestStage(QueueBench.QUEUE, 1, 0);
    life.queue.attach(stage);
    Parcel handed = life.bench.put(life.bench.parcel("a", "b", "c"));
    life.bench.put(life.bench.parcel("claimed"));
    Parcel claimed = life.bench.claimOne();
    life.bench.commit(new Step().settle(handed, Set.of(0), 1));
    long beat = beat(life, life.number());
    Await.until("several sweeps have passed", () -> beat(life, life.number()) > beat + 10);
    life.bench.commit(new Step().settle(handed, Set.of(1), 2).finish(claimed));
    life.bench.commit(new Step().finish(handed));
    assertTrue(life.bench.isEmpty());
  }

  @Test
  void anAbandonedTransactionOnTheHeadHoldsNobodyUp() {
    QueueLife life = live(new Timing(1_000, 5_000, 3_600_000, 3_600_000));
    Parcel head = life.bench.put(life.bench.parcel(Lane.BULK, 1, 0, "head"));
    life.bench.put(life.bench.parcel(Lane.BULK, 2, 0, "next"));
    life.bench.put(life.bench.parcel(Lane.BULK, 3, 0, "last"));
    ClientSession abandoned = Await.first(life.set.client().startSession());
    abandoned.startTransaction();
    Await.first(life.set.db().getCollection("parcels").updateOne(abandoned, Filters.eq("_id", head.id()), Updates.set("token", 1L)));
    long before = System.nanoTime();
    assertEquals(List.of("next"), QueueBench.texts(life.bench.claimOne()));
    assertEquals(List.of("last"), QueueBench.texts(life.bench.claimOne()));
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
    Await.first(abandoned.abortTransaction());
    abandoned.close();
    assertTrue(took < 4_000, "took " + took + " ms: until the transaction expired?");
    assertEquals(List.of("head"), QueueBench.texts(life.bench.claimSoon()));
  }

  @Test
  void transactionsOfTheDeadAreEndedWhenTheyAreBuried() {
    QueueLife dying = live(QueueLife.PATIENT, "dying");
    QueueLife other = live(QueueLife.PATIENT, "other");
    Parcel put = dying.bench.parcel("a");
    dying.bench.put(put);
    Parcel held = dying.bench.claimOne();
    Await.until("the slot's session is listed", () -> !incarnation(dying, dying.number()).getList("sessions", Document.class, List.of()).isEmpty());
    transactionsLast(3_600); // nobody else ends it
    MongoCluster.shared().fail("dying", "alwaysOn", new Document("failCommands", List.of("update", "commitTransaction")).append("blockConnection", true).append("blockTimeMS", 60_000));
    // with an insert before it, so that the transaction has the parcel when it is held up: without one the update of its mark would come first, and be held up before it has anything
    Step step = dying.bench.accepting(dying.bench.parcel(Lane.BULK, 2, 0, "b")).finish(held).event(new Event.Cancelled(put.message(0).id(), 2, dying.queue.now(), null));
    Future<Void> commit = Await.start(dying.bench.context, () -> dying.bench.slot.commit(step));
    Parcel taken = other.bench.claimSoon();
    assertEquals(put.id(), taken.id());
    MongoCluster.shared().failNoMore();
    MongoCluster.shared().command("admin", new Document("killAllSessions", List.of())); // what still waits there for the fail point
    assertEquals(Set.of(held), assertThrows(LeaseLost.class, () -> Await.await(commit)).parcels());
    other.bench.commit(new Step().finish(taken));
  }

  private static void transactionsLast(int seconds) {
    MongoCluster.shared().command("admin", new Document("setParameter", 1).append("transactionLifetimeLimitSeconds", seconds));
  }

  private static Document incarnation(QueueLife life, int number) {
    return Await.first(life.set.db().getCollection("incarnations").find(Filters.eq("_id", number)).first());
  }

  private static boolean isAlive(QueueLife life, int number) {
    return incarnation(life, number).getBoolean("alive");
  }

  private static long beat(QueueLife life, int number) {
    return incarnation(life, number).getLong("beat");
  }
}
