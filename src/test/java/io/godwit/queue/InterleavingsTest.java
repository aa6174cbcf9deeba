package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.godwit.message.Event;
import io.godwit.store.CommitSlot;
import io.godwit.store.Timing;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestClock;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two processes at one parcel, one of them stopped by a {@link Gate} at the point where the other hurts it most. */
class InterleavingsTest {
  /** It lives, looks after nothing, and misses others only when their disk has stalled for five seconds. */
  private static final Timing ALIVE = new Timing(1_000, 60_000, 3_600_000, 3_600_000);
  private final String database = MongoCluster.shared().freshDatabase();
  private final TestClock clock = new TestClock();
  private final Gate gate = new Gate();
  private final Deque<QueueLife> lives = new ArrayDeque<>();

  private QueueLife live(Timing timing) {
    return live(timing, MongoCluster.shared().uri(database, database));
  }

  private QueueLife gated(Timing timing) {
    return live(timing, gate.uri(database));
  }

  private QueueLife live(Timing timing, String uri) {
    QueueLife life = new QueueLife(uri, clock, timing);
    lives.push(life);
    return life;
  }

  @AfterEach
  void endAll() {
    gate.heal();
    lives.forEach(QueueLife::close);
    gate.close();
    MongoCluster.shared().drop(database);
  }

  private static Future<Void> begin(QueueLife life, Step step) {
    return Await.start(life.bench.context, () -> life.bench.slot.commit(step));
  }

  /** Takes one message out of the parcel in which it is, whoever holds that, as a cancellation does. */
  private static Step cancelling(QueueLife life, String message) {
    Parcel parcel = Await.on(life.bench.context, () -> life.queue.holding(life.bench.context, message));
    return new Step().amend(parcel, Set.of(parcel.position(message)), Map.of()).event(new Event.Cancelled(message, 2, life.queue.now(), null));
  }

  /** The commit has taken effect; its answer is lost, and the primary knows nothing of its session any more. */
  private void commitAndForget(QueueLife life, Step step) {
    Gate.Stop answer = gate.after("commitTransaction", null);
    long before = CommitSlot.ABORTED.get();
    Future<Void> commit = begin(life, step);
    answer.reached();
    MongoCluster.shared().forgetTransactions();
    answer.lose();
    Await.await(commit);
    assertTrue(CommitSlot.ABORTED.get() >= before + 2, "run again, found done, and found done still after a majority write");
  }

  @Test
  void aStepWithoutInsertsWhoseCommitAndSessionAreForgottenIsKnownToHaveTakenEffect() {
    QueueLife life = gated(ALIVE);
    life.bench.put(life.bench.parcel("a", "b", "c"));
    Parcel held = life.bench.claim(1, 1).get(0);
    commitAndForget(life, new Step().settle(held, Set.of(0), 2));
    assertTrue(life.queue.isTrusted(held));
    assertEquals(2, life.stored(held).getInteger("tried"));
    commitAndForget(life, new Step().settle(held, Set.of(1), 3));
    commitAndForget(life, new Step().finish(held));
    assertTrue(life.bench.isEmpty());
  }

  @Test
  void moneyAloneIsMovedOnceThoughItsCommitAndSessionAreForgotten() {
    QueueLife life = gated(ALIVE);
    String allotment = life.bench.slot.allotment();
    Await.first(life.set.db().getCollection("allotments").insertOne(new Document("_id", allotment).append("open", true).append("a", new Document("acme", 20L))));
    commitAndForget(life, new Step().money("acme", -7));
    assertEquals(13L, Await.first(life.set.db().getCollection("allotments").find(Filters.eq("_id", allotment)).first()).get("a", Document.class).getLong("acme"));
  }

  @Test
  void aStepWithInsertsWhoseCommitAndSessionAreForgottenIsKnownToHaveTakenEffect() {
    QueueLife life = gated(ALIVE);
    Parcel put = life.bench.parcel("a");
    commitAndForget(life, life.bench.accepting(put));
    assertEquals(put.id(), life.bench.claimOne().id());
  }

  @Test
  void aStepThatSomebodyFencedWhileItsOutcomeWasUnknownHasNoEffect() {
    QueueLife life = gated(ALIVE);
    QueueLife other = live(ALIVE);
    Parcel put = life.bench.put(life.bench.parcel("a", "b"));
    Parcel held = life.bench.claimOne();
    Gate.Stop commit = gate.before("commitTransaction", null);
    Future<Void> settled = begin(life, new Step().settle(held, Set.of(0), 1));
    commit.reached();
    MongoCluster.shared().command("admin", new Document("killAllSessions", List.of()));
    other.bench.commit(cancelling(other, held.message(1).id()));
    commit.lose();
    assertEquals(Set.of(held), assertThrows(LeaseLost.class, () -> Await.await(settled)).changed());
    assertEquals(List.of("a"), QueueBench.texts(held), "what somebody else did is seen, what failed is not");
    life.bench.commit(new Step().finish(held));
    assertEquals(0, Await.first(life.set.db().getCollection("parcels").countDocuments(Filters.eq("_id", put.id()))));
  }

  @Test
  void aHolderWhoseParcelIsChangedSixTimesInARowKeepsIt() {
    QueueLife holder = gated(ALIVE);
    QueueLife other = live(ALIVE);
    Parcel put = holder.bench.put(holder.bench.parcel("a", "b", "c", "d", "e", "f", "g", "h", "i"));
    Parcel held = holder.bench.claim(1, 1).get(0);
    other.bench.commit(cancelling(other, put.message(8).id()));
    Gate.Stop retake = gate.before("findAndModify", "parcels");
    Future<Void> settled = begin(holder, new Step().settle(held, Set.of(0), 2));
    retake.reached();
    for (int i = 7; i > 1; i--) other.bench.commit(cancelling(other, put.message(i).id()));
    retake.pass();
    LeaseLost lost = assertThrows(LeaseLost.class, () -> Await.await(settled));
    assertEquals(Set.of(held), lost.changed());
    assertEquals(Set.of(), lost.parcels());
    assertEquals(List.of("a", "b"), QueueBench.texts(held));
    assertTrue(holder.queue.isTrusted(held));
    holder.bench.commit(new Step().finish(held));
    assertTrue(holder.bench.isEmpty());
  }

  @Test
  void aParcelWhoseTakingBackIsDoneButNotAnsweredIsKept() {
    QueueLife holder = gated(ALIVE);
    QueueLife other = live(ALIVE);
    Parcel put = holder.bench.put(holder.bench.parcel("a", "b"));
    Parcel held = holder.bench.claimOne();
    other.bench.commit(cancelling(other, put.message(1).id()));
    Gate.Stop first = gate.after("findAndModify", "parcels");
    Gate.Stop second = gate.after("findAndModify", "parcels");
    Future<Void> settled = begin(holder, new Step().finish(held));
    first.reached().lose();
    second.reached().lose();
    assertEquals(Set.of(held), assertThrows(LeaseLost.class, () -> Await.await(settled)).changed());
    holder.bench.commit(new Step().finish(held));
    assertTrue(holder.bench.isEmpty());
  }

  @Test
  void aParcelThatAnotherStageOfTheProcessHasClaimedMeanwhileStaysWithThatStage() {
    QueueLife life = gated(ALIVE);
    QueueLife other = live(ALIVE);
    Parcel put = life.bench.put(life.bench.parcel("a", "b"));
    Parcel held = life.bench.claimOne();
    other.bench.commit(cancelling(other, put.message(1).id()));
    Gate.Stop retake = gate.before("findAndModify", "parcels");
    Future<Void> settled = begin(life, new Step().finish(held));
    retake.reached();
    Await.first(other.set.db().getCollection("parcels").updateOne(Filters.eq("_id", put.id()),
      Updates.combine(Updates.set("s", "ready"), Updates.set("by", 0), Updates.set("token", other.set.incarnation().nextToken())))); // as the sweep does
    QueueBench colleague = new QueueBench(life.queue, QueueLife.VERTX.getOrCreateContext(), "colleague");
    Parcel theirs = colleague.claimOne();
    retake.pass();
    assertEquals(Set.of(held), assertThrows(LeaseLost.class, () -> Await.await(settled)).parcels());
    assertFalse(life.queue.isTrusted(held));
    LeaseLost changed = (LeaseLost) colleague.failureOf(new Step().finish(theirs));
    assertEquals(Set.of(theirs), changed.changed());
    colleague.commit(new Step().finish(theirs));
    assertTrue(life.bench.isEmpty());
  }

  @Test
  void aClaimWhoseAnswerIsLostCostsNoParcel() {
    QueueLife life = gated(ALIVE);
    Parcel put = life.bench.put(life.bench.parcel("a", "b"));
    Gate.Stop answer = gate.after("update", "parcels");
    Future<List<Parcel>> claim = Await.start(life.bench.context, () -> life.queue.claim(QueueBench.QUEUE, 1, 1));
    answer.reached();
    assertEquals(List.of("leased", life.number()), List.of(life.stored(put).getString("s"), life.stored(put).getInteger("by")));
    answer.lose();
    Parcel claimed = Await.await(claim).get(0);
    assertTrue(life.queue.isTrusted(claimed));
    assertEquals(0, claimed.triedBefore(), "the lost claim was our own");
    life.bench.commit(new Step().finish(claimed));
    assertTrue(life.bench.isEmpty());
  }

  @Test
  void stagesOfOneProcessThatClaimAtOnceTakeDifferentParcels() {
    QueueLife life = gated(ALIVE);
    for (String text : List.of("a", "b", "c")) life.bench.put(life.bench.parcel(text));
    Gate.Stop lease = gate.before("update", "parcels");
    Future<List<Parcel>> first = Await.start(life.bench.context, () -> life.queue.claim(QueueBench.QUEUE, 2, 0));
    lease.reached();
    List<Parcel> second = life.bench.claim(2, 0);
    lease.pass();
    assertEquals(2, Await.await(first).size());
    assertEquals(1, second.size(), "it passes over what the first is about to lease");
    life.bench.commit(new Step().finish(second.get(0)).finish(first.result().get(0)).finish(first.result().get(1)));
    assertTrue(life.bench.isEmpty());
  }

  @Test
  void aLeaseThatAnElectionHasUndoneGivesNobodyAnything() {
    QueueLife life = live(ALIVE);
    Parcel put = life.bench.put(life.bench.parcel("a"));
    Document before = life.stored(put);
    Parcel held = life.bench.claimOne();
    Await.first(life.set.db().getCollection("parcels").replaceOne(Filters.eq("_id", put.id()), before));
    QueueLife other = live(ALIVE);
    Parcel theirs = other.bench.claimOne();
    assertEquals(Set.of(held), ((LeaseLost) life.bench.failureOf(life.bench.accepting(life.bench.parcel("what follows")).finish(held))).parcels());
    other.bench.commit(new Step().finish(theirs));
    assertTrue(other.bench.isEmpty(), "and what followed from it has no effect");
  }

  @Test
  void whatIsCancelledWhileAClaimIsOnItsWayIsNotInTheClaimedParcel() {
    QueueLife claimer = gated(ALIVE);
    QueueLife canceller = live(ALIVE);
    Parcel put = canceller.bench.put(canceller.bench.parcel("kept", "cancelled"));
    Gate.Stop lease = gate.before("update", "parcels");
    Future<List<Parcel>> claim = Await.start(claimer.bench.context, () -> claimer.queue.claim(QueueBench.QUEUE, 1, 2));
    lease.reached();
    canceller.bench.commit(cancelling(canceller, put.message(1).id()));
    lease.pass();
    Parcel claimed = Await.await(claim).get(0);
    assertEquals(List.of("kept"), QueueBench.texts(claimed));
    claimer.bench.commit(new Step().finish(claimed));
  }

  @Test
  void aCancellationThatReadTheParcelBeforeItWasClaimedHasNoEffect() {
    QueueLife canceller = gated(ALIVE);
    QueueLife claimer = live(ALIVE);
    Parcel put = claimer.bench.put(claimer.bench.parcel("a", "b"));
    Gate.Stop change = gate.before("update", "parcels");
    Future<Void> cancelled = begin(canceller, cancelling(canceller, put.message(0).id()));
    change.reached();
    Parcel claimed = claimer.bench.claim(1, 2).get(0);
    change.pass();
    assertThrows(LeaseLost.class, () -> Await.await(cancelled));
    claimer.bench.commit(new Step().finish(claimed));
    assertTrue(claimer.bench.isEmpty());
  }

  @Test
  void whatWasAcceptedByAProcessThatIsDeclaredDeadBeforeTheCommitIsLeftToOthers() {
    QueueLife dead = gated(QueueLife.PATIENT);
    QueueLife other = live(QueueLife.PATIENT);
    TestStage stage = new TestStage(QueueBench.QUEUE, 1, 0);
    dead.queue.attach(stage);
    int before = dead.number();
    Gate.Stop commit = gate.before("commitTransaction", null);
    Parcel put = dead.bench.parcel("a");
    Future<Void> accepted = begin(dead, dead.bench.accepting(put));
    commit.reached();
    Await.first(other.set.db().getCollection("incarnations").updateOne(Filters.eq("_id", before), Updates.set("alive", false)));
    Await.until("it has found itself dead and begun anew", () -> dead.number() > before);
    commit.pass();
    Await.await(accepted);
    assertEquals(List.of(), stage.delivered);
    assertEquals(1, stage.withdrawn.get());
    Parcel taken = other.bench.claimSoon();
    assertEquals(put.id(), taken.id());
    other.bench.commit(new Step().finish(taken));
    assertTrue(other.bench.isEmpty());
  }

  @Test
  void aSweeperThatDiesBetweenMarkingAndFreeingIsFollowedByAnother() {
    QueueLife dead = live(QueueLife.STILL);
    dead.bench.put(dead.bench.parcel("a"));
    Parcel held = dead.bench.claimOne();
    Gate.Stop freeing = gate.before("update", "parcels");
    QueueLife sweeper = gated(QueueLife.LIVELY);
    freeing.reached();
    gate.cut();
    assertEquals("leased", dead.stored(held).getString("s"));
    assertFalse(Await.first(dead.set.db().getCollection("incarnations").find(Filters.eq("_id", dead.number())).first()).getBoolean("alive"));
    QueueLife other = live(QueueLife.LIVELY);
    Parcel taken = other.bench.claimSoon();
    assertEquals(held.id(), taken.id());
    other.bench.commit(new Step().finish(taken));
    assertTrue(sweeper.number() > 0);
  }

  @Test
  void afterTwoTakeOversInARowWhatEitherMayHaveSubmittedIsUnknownAndTheRestIsNot() {
    QueueLife first = live(QueueLife.STILL);
    QueueLife second = gated(ALIVE);
    QueueLife third = live(QueueLife.PATIENT);
    first.bench.put(first.bench.parcel("a", "b", "c", "d", "e", "f"));
    Parcel once = first.bench.claim(1, 2).get(0);
    Parcel twice = claimSoon(second, 2);
    assertEquals(2, twice.triedBefore());
    second.bench.commit(new Step().settle(twice, Set.of(0, 1), 4));
    gate.cut();
    Parcel thrice = claimSoon(third, 2);
    assertEquals(4, thrice.triedBefore());
    assertEquals(List.of("c", "d", "e", "f"), QueueBench.texts(thrice));
    assertEquals(Set.of(once), ((LeaseLost) first.bench.failureOf(new Step().finish(once))).parcels());
    third.bench.commit(new Step().finish(thrice));
    assertTrue(third.bench.isEmpty());
  }

  @Test
  void aSecondHolderThatDiesBeforeItSettledAnythingAddsNothingToWhatIsUnknown() {
    QueueLife first = live(QueueLife.STILL);
    QueueLife second = gated(ALIVE);
    QueueLife third = live(QueueLife.PATIENT);
    first.bench.put(first.bench.parcel("a", "b", "c", "d"));
    first.bench.claim(1, 1);
    claimSoon(second, 3);
    gate.cut();
    Parcel thrice = claimSoon(third, 3);
    assertEquals(1, thrice.triedBefore());
    third.bench.commit(new Step().finish(thrice));
  }

  private static Parcel claimSoon(QueueLife life, int tryable) {
    Parcel[] got = new Parcel[1];
    Await.until("the parcel was freed", () -> {
      life.bench.claim(1, tryable).forEach(parcel -> got[0] = parcel);
      return got[0] != null;
    });
    return got[0];
  }
}
