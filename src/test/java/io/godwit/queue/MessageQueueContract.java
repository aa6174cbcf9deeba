package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.store.UnitOfWork;
import io.godwit.testing.Await;
import io.godwit.testing.TestClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link MessageQueue} promises. */
abstract class MessageQueueContract {
  static final Vertx VERTX = Vertx.vertx();

  final TestClock clock = new TestClock();
  QueueBench bench;

  abstract MessageQueue open();

  /** The events of a message as the implementation shows them. */
  abstract List<Event> trail(String id);

  abstract void openAllotment(String id);

  abstract Map<String, Long> allotment(String id);

  /** Lets the implementation notice that time has passed. */
  abstract void poll();

  @BeforeEach
  void openBench() {
    bench = new QueueBench(open(), VERTX.getOrCreateContext(), "a");
  }

  @AfterEach
  void closeQueue() {
    Await.await(bench.queue.close());
  }

  @Test
  void whatIsPutIsClaimedAndFinishedAndItsTrailIsInOrder() {
    Parcel parcel = bench.parcel("one");
    Message m = parcel.message(0);
    bench.commit(bench.accepting(parcel));
    Parcel claimed = bench.claimOne();
    assertEquals(List.of(m), claimed.messages());
    bench.commit(new Step().finish(claimed).event(new Event.Replied(m.id(), bench.queue.now() - 1, "R", "yes"))
      .event(new Event.Routed(m.id(), 2, bench.queue.now(), "north", "Godwit", null, null)).event(new Event.Cancelled(m.id(), 3, bench.queue.now(), null)));
    assertTrue(bench.isEmpty());
    assertEquals(List.of("REPLIED", "ACCEPTED", "ROUTED", "CANCELLED"), trail(m.id()).stream().map(Event::type).toList());
    assertEquals(List.of(0, 1, 2, 3), trail(m.id()).stream().map(Event::n).toList());
  }

  @Test
  void alertsComeBeforeBulkAndLowerRanksFirst() {
    bench.commit(new Step().put(bench.parcel(Lane.BULK, 1, 0, "bulk 1")).put(bench.parcel(Lane.ALERT, 9, 0, "alert 9"))
      .put(bench.parcel(Lane.BULK, 0, 0, "bulk 0")).put(bench.parcel(Lane.ALERT, 3, 0, "alert 3")));
    assertEquals(List.of("alert 3", "alert 9"), bench.claim(2, 0).stream().flatMap(p -> QueueBench.texts(p).stream()).toList());
    assertEquals(List.of("bulk 0", "bulk 1"), bench.claim(9, 0).stream().flatMap(p -> QueueBench.texts(p).stream()).toList());
  }

  @Test
  void settledMessagesLeaveAndPositionsStayAsTheyAre() {
    bench.put(bench.parcel("a", "b", "c", "d"));
    Parcel held = bench.claimOne();
    bench.commit(new Step().settle(held, Set.of(1, 2), 3));
    assertEquals(List.of("a", "d"), QueueBench.texts(held));
    assertEquals("d", held.message(3).text());
    bench.giveBack(held, true);
    Parcel again = bench.claimOne();
    assertEquals(4, again.size());
    assertEquals(List.of("a", "d"), QueueBench.texts(again));
    assertEquals("d", again.message(3).text());
    assertTrue(again.isGone(1) && again.isGone(2));
  }

  @Test
  void aParcelGoesWithItsLastMessage() {
    bench.put(bench.parcel("a", "b"));
    Parcel held = bench.claimOne();
    bench.commit(new Step().settle(held, Set.of(0), 1));
    assertFalse(bench.isEmpty());
    bench.commit(new Step().settle(held, Set.of(1), 2));
    assertTrue(bench.isEmpty());
    assertTrue(held.isEmpty());
  }

  @Test
  void whoeverFollowsIsToldOnceHowAMessageEndsAndOnlyWhenItHas() {
    List<Endings.Ending> told = new ArrayList<>();
    bench.queue.follow(told::addAll);
    bench.put(bench.parcel("a", "b"));
    Parcel held = bench.claimOne();
    Parcel lost = bench.parcel("not ours");
    Message ended = held.message(0).next();
    Event last = new Event.Cancelled(ended.id(), ended.n(), bench.queue.now(), null);
    bench.failureOf(new Step().finish(lost).end(ended, last));
    assertEquals(List.of(), told);
    bench.commit(new Step().settle(held, Set.of(0), 0).end(ended, last));
    assertEquals(List.of(new Endings.Ending(ended, last)), told);
    bench.commit(new Step().finish(held).event(new Event.Replied(ended.id(), bench.queue.now(), "R", "yes")));
    assertEquals(1, told.size(), "what is no end is not told");
  }

  /** As the workers of one deployment are: what each may spend it alone spends. */
  @Test
  void slotsOfOneKindHaveAllotmentsOfTheirOwn() {
    Set<String> allotments = new HashSet<>();
    for (int i = 0; i < 3; i++) allotments.add(bench.queue.openSlot("worker").allotment());
    assertEquals(3, allotments.size());
  }

  @Test
  void settlingWhatHasLeftAlreadyDoesNotCountTwice() {
    bench.put(bench.parcel("a", "b"));
    Parcel held = bench.claimOne();
    bench.commit(new Step().settle(held, Set.of(0), 0));
    bench.commit(new Step().settle(held, Set.of(0), 0));
    assertEquals(List.of("b"), QueueBench.texts(held));
    assertFalse(bench.isEmpty());
  }

  @Test
  void whoeverHoldsAParcelThatSomebodyElseChangedFailsWithoutAnyEffect() {
    openAllotment(bench.slot.allotment());
    bench.put(bench.parcel("a", "b", "c"));
    Parcel other = bench.put(bench.parcel(Lane.BULK, 2, 0, "untouched"));
    List<Parcel> held = bench.claim(2, 0);
    Parcel changed = held.get(0);
    bench.commit(new Step().amend(holding(changed.message(1).id()), Set.of(1), Map.of()));
    Parcel next = bench.parcel("next");
    LeaseLost lost = assertInstanceOf(LeaseLost.class, bench.failureOf(new Step().settle(changed, Set.of(0), 1).finish(held.get(1)).put(next)
      .event(new Event.Cancelled(changed.message(0).id(), 2, 0, null)).money("acme", 5)));
    assertEquals(Set.of(changed), lost.changed());
    assertEquals(Set.of(), lost.parcels());
    assertEquals(List.of(), trail(changed.message(0).id()));
    assertNull(holding(next.message(0).id()));
    assertNotEquals(null, holding(other.message(0).id()));
    assertEquals(Map.of(), allotment(bench.slot.allotment()));
    assertFalse(changed.isGone(0));
    assertEquals(List.of("a", "c"), QueueBench.texts(changed), "the holder sees what was changed and goes on");
    assertTrue(bench.queue.isTrusted(changed));
    bench.commit(new Step().finish(held.get(1)).settle(changed, Set.of(0, 2), 3));
    assertTrue(bench.isEmpty());
  }

  @Test
  void aHolderWhoSettlesIsFasterThanWhoeverReadTheParcelBefore() {
    bench.put(bench.parcel("a", "b"));
    Parcel held = bench.claimOne();
    Parcel stale = holding(held.message(0).id());
    bench.commit(new Step().settle(held, Set.of(0), 1));
    assertInstanceOf(LeaseLost.class, bench.failureOf(new Step().amend(stale, Set.of(0), Map.of())));
    assertInstanceOf(LeaseLost.class, bench.failureOf(new Step().amend(stale, Set.of(1), Map.of())));
    bench.commit(new Step().settle(held, Set.of(1), 2));
    assertTrue(bench.isEmpty());
  }

  @Test
  void amendingReplacesMessagesAndRewritesOnceHalfHaveLeft() {
    Parcel put = bench.put(bench.parcel(Lane.BULK, 1, clock.getAsLong() + 1_000, "a", "b", "c", "d"));
    Parcel read = holding(put.message(0).id());
    bench.commit(new Step().amend(read, Set.of(0), Map.of(3, read.message(3).withFrom("changed"))));
    Parcel marked = holding(put.message(3).id());
    assertEquals(4, marked.size());
    assertEquals("changed", marked.message(3).from());
    bench.commit(new Step().amend(marked, Set.of(1), Map.of()));
    Parcel rewritten = holding(put.message(3).id());
    assertEquals(2, rewritten.size());
    assertEquals(List.of("c", "d"), QueueBench.texts(rewritten));
    assertNull(holding(put.message(0).id()));
    bench.commit(new Step().amend(rewritten, Set.of(0, 1), Map.of()));
    assertTrue(bench.isEmpty());
  }

  @Test
  void theParcelsOfABatchAreFoundInOrderOfTheirIdsUntilItsMessagesLeave() {
    String batch = bench.queue.newId();
    List<Parcel> parcels = IntStream.range(0, 3).mapToObj(i -> Parcel.of(bench.queue.newId(), QueueBench.QUEUE, Lane.BULK, 1, 0,
      List.of(bench.message("other"), bench.ofBatch(batch)))).map(bench::put).toList();
    bench.put(bench.parcel("none of them"));
    bench.put(Parcel.of(bench.queue.newId(), Parcel.await("sim"), Lane.BULK, 1, 0, List.of(bench.ofBatch(batch))));
    assertEquals(ids(parcels.subList(0, 2)), ids(ofBatch(batch, "", 2)));
    assertEquals(ids(parcels.subList(2, 3)), ids(ofBatch(batch, parcels.get(1).id(), 2)));
    bench.commit(new Step().amend(parcels.get(0), Set.of(1), Map.of()));
    assertEquals(ids(parcels.subList(1, 3)), ids(ofBatch(batch, "", 9)));
  }

  private List<Parcel> ofBatch(String batch, String after, int most) {
    return Await.on(bench.context, () -> bench.queue.ofBatch(bench.context, batch, after, most));
  }

  private static List<String> ids(List<Parcel> parcels) {
    return parcels.stream().map(Parcel::id).toList();
  }

  @Test
  void whoeverAmendsAParcelMayAmendItAgainAsItHasBecome() {
    Parcel put = bench.put(bench.parcel(Lane.BULK, 1, clock.getAsLong() + 1_000, "a", "b", "c", "d", "e"));
    bench.commit(new Step().amend(put, Set.of(0), Map.of(2, put.message(2).withFrom("changed"))));
    assertTrue(put.isGone(0));
    assertEquals("changed", put.message(2).from());
    bench.commit(new Step().amend(put, Set.of(1, 3), Map.of()));
    assertEquals(List.of("c", "e"), QueueBench.texts(put), "rewritten: positions are others now");
    Parcel elsewhere = holding(put.message(0).id());
    bench.commit(new Step().amend(elsewhere, Set.of(0), Map.of()));
    assertInstanceOf(LeaseLost.class, bench.failureOf(new Step().amend(put, Set.of(1), Map.of())));
    assertEquals(2, put.left(), "a step without effect changes no view");
    bench.commit(new Step().amend(elsewhere, Set.of(0), Map.of()));
    assertTrue(bench.isEmpty());
    assertTrue(elsewhere.isEmpty());
  }

  @Test
  void rewritingMovesTheWatermarkWithItsMessages() {
    Parcel put = bench.put(bench.parcel("a", "b", "c", "d"));
    bench.giveBack(bench.claim(1, 3).get(0), true);
    bench.commit(new Step().amend(holding(put.message(0).id()), Set.of(0, 1), Map.of()));
    Parcel again = bench.claim(1, 3).get(0);
    assertEquals(List.of("c", "d"), QueueBench.texts(again));
    assertEquals(2, again.size());
    assertEquals(1, again.triedBefore(), "c may have been submitted, d not");
  }

  @Test
  void positionsNeverShiftUnderAHolder() {
    bench.put(bench.parcel("a", "b", "c", "d"));
    Parcel held = bench.claimOne();
    bench.commit(new Step().amend(holding(held.message(0).id()), Set.of(0, 1, 2), Map.of(3, held.message(3).withFrom("changed"))));
    bench.failureOf(new Step().settle(held, Set.of(0), 1));
    assertEquals(List.of("d"), QueueBench.texts(held));
    assertEquals("changed", held.message(3).from());
    bench.commit(new Step().settle(held, Set.of(3), 4));
    assertTrue(bench.isEmpty());
  }

  @Test
  void aHolderWhoseParcelWasEmptiedUnderHimLosesIt() {
    bench.put(bench.parcel("a"));
    Parcel held = bench.claimOne();
    bench.commit(new Step().amend(holding(held.message(0).id()), Set.of(0), Map.of()));
    assertEquals(Set.of(held), assertInstanceOf(LeaseLost.class, bench.failureOf(new Step().finish(held))).parcels());
  }

  @Test
  void aClaimOfAlertsLeavesTheBulkWhereItIs() {
    bench.put(bench.parcel(Lane.BULK, 1, 0, "bulk"));
    assertTrue(Await.on(bench.context, () -> bench.queue.claim(QueueBench.QUEUE, Lane.ALERT, 9, 0)).isEmpty());
    bench.put(bench.parcel(Lane.ALERT, 7, 0, "alert"));
    assertEquals(List.of("alert"), QueueBench.texts(Await.on(bench.context, () -> bench.queue.claim(QueueBench.QUEUE, Lane.ALERT, 9, 0)).get(0)));
    assertEquals(List.of("bulk"), QueueBench.texts(bench.claimOne()));
  }

  @Test
  void whatWaitsIsReadByLaneFromARankOnAndStaysReady() {
    Parcel first = bench.put(bench.parcel(Lane.BULK, 1, 0, "1"));
    Parcel second = bench.put(bench.parcel(Lane.BULK, 2, 0, "2"));
    bench.put(bench.parcel(Lane.BULK, 2, 0, "also 2"));
    bench.put(bench.parcel(Lane.ALERT, 1, 0, "alert"));
    bench.put(bench.parcel(Lane.BULK, 3, clock.getAsLong() + 60_000, "later"));
    assertEquals(List.of("1", "2"), texts(0, Set.of(), 2));
    assertEquals(List.of("also 2"), texts(2, Set.of(second.id()), 9));
    assertEquals(List.of("2", "also 2"), texts(0, Set.of(first.id()), 9));
    assertEquals(4, bench.claim(9, 0).size());
  }

  private List<String> texts(long from, Set<String> except, int most) {
    return Await.on(bench.context, () -> bench.queue.waiting(bench.context, QueueBench.QUEUE, Lane.BULK, from, except, most)).stream()
      .flatMap(parcel -> QueueBench.texts(parcel).stream()).toList();
  }

  @Test
  void aLinksLaneLagsByTheRankAtItsFront() {
    assertEquals(0, bench.queue.lag("link.sim", Lane.BULK));
    bench.put(Parcel.of(bench.queue.newId(), "link.sim", Lane.BULK, clock.getAsLong() - 5_000, 0, List.of(bench.message("slow"))));
    Await.until("the poll has seen it", () -> {
      poll();
      return bench.queue.lag("link.sim", Lane.BULK) >= 5_000;
    });
    assertEquals(0, bench.queue.lag("link.sim", Lane.ALERT));
    assertEquals(0, bench.queue.lag("link.other", Lane.BULK));
  }

  @Test
  void laterParcelsWaitForTheirTime() {
    bench.put(bench.parcel(Lane.BULK, 1, clock.getAsLong() + 60_000, "later"));
    poll();
    assertTrue(bench.claim(1, 0).isEmpty());
    clock.advance(60_000);
    assertEquals(List.of("later"), QueueBench.texts(bench.claimSoon()));
  }

  @Test
  void theQueuesWhereSomethingIsReadyAreKnownByName() {
    bench.put(Parcel.of(bench.queue.newId(), Parcel.link("sim"), Lane.BULK, 1, 0, List.of(bench.message("routed"))));
    bench.put(Parcel.of(bench.queue.newId(), Parcel.await("sim"), Lane.BULK, 1, clock.getAsLong() + 60_000, List.of(bench.message("sent"))));
    bench.put(Parcel.of(bench.queue.newId(), Parcel.await("gone"), Lane.BULK, 1, 0, List.of(bench.message("overdue"))));
    Await.until("what is ready is seen", () -> {
      poll();
      return bench.queue.ready(Parcel.link("")).equals(List.of("sim")) && bench.queue.ready(Parcel.await("")).equals(List.of("gone"));
    });
    clock.advance(60_000);
    Await.until("what has become due is seen", () -> {
      poll();
      return new HashSet<>(bench.queue.ready(Parcel.await(""))).equals(Set.of("sim", "gone"));
    });
  }

  @Test
  void whatExpiresBeforeTheCarrierIsClaimedByWhoeverLooksForIt() {
    Parcel routed = bench.put(Parcel.of(bench.queue.newId(), Parcel.link("sim"), Lane.BULK, 1, 0, List.of(bench.message("routed"))));
    Parcel sent = bench.put(Parcel.of(bench.queue.newId(), Parcel.await("sim"), Lane.BULK, 1, 0, List.of(bench.message("sent"))));
    bench.put(bench.parcel("accepted"));
    assertTrue(bench.claimExpired(10).isEmpty());
    clock.advance(60_000);
    List<Parcel> expired = bench.claimExpired(10);
    assertEquals(Set.of("routed", "accepted"), new HashSet<>(expired.stream().flatMap(p -> p.messages().stream()).map(Message::text).toList()));
    assertTrue(bench.claimExpired(10).isEmpty(), "leased parcels were claimed again");
    assertNotEquals(routed.id(), sent.id());
  }

  @Test
  void aStageIsWokenWhenAParcelBecomesDue() {
    bench.put(bench.parcel(Lane.BULK, 1, clock.getAsLong() + 60_000, "later"));
    TestStage stage = new TestStage(QueueBench.QUEUE, 0, 0);
    bench.queue.attach(stage);
    clock.advance(60_000);
    poll();
    Await.until("the stage is woken", () -> stage.wakes.get() > 0);
  }

  @Test
  void aParcelGivenBackIsReadyAtOnce() {
    bench.put(bench.parcel("a"));
    bench.giveBack(bench.claimOne(), false);
    assertEquals(List.of("a"), QueueBench.texts(bench.claimOne()));
  }

  @Test
  void aParcelGivenBackInAStepWaitsForItsTime() {
    bench.put(bench.parcel("a"));
    Parcel held = bench.claimOne();
    bench.commit(new Step().giveBack(held, clock.getAsLong() + 5_000));
    poll();
    assertTrue(bench.claim(1, 0).isEmpty());
    clock.advance(5_000);
    assertEquals(List.of("a"), QueueBench.texts(bench.claimSoon()));
    assertInstanceOf(LeaseLost.class, bench.failureOf(new Step().finish(held)));
  }

  @Test
  void aParcelIsHandedOverInMemoryWhereAStageHasRoom() {
    TestStage stage = new TestStage(QueueBench.QUEUE, 1, 2);
    bench.queue.attach(stage);
    Parcel first = bench.put(bench.parcel("a", "b", "c"));
    Parcel second = bench.put(bench.parcel("d"));
    assertEquals(List.of(first), stage.delivered);
    assertEquals(2, first.tried());
    assertEquals(0, first.triedBefore());
    Await.until("the stage is woken for what it had no room for", () -> stage.wakes.get() > 0);
    assertEquals(second.id(), bench.claimOne().id(), "the first one is leased already");
    bench.commit(new Step().finish(first));
  }

  @Test
  void whatIsNotDueIsNotHandedOver() {
    TestStage stage = new TestStage(QueueBench.QUEUE, 9, 0);
    bench.queue.attach(stage);
    bench.put(bench.parcel(Lane.BULK, 1, clock.getAsLong() + 60_000, "later"));
    assertEquals(List.of(), stage.delivered);
  }

  @Test
  void aHandOverIsWithdrawnWhenItsStepFails() {
    TestStage stage = new TestStage(QueueBench.QUEUE, 1, 0);
    bench.put(bench.parcel("held"));
    Parcel held = bench.claimOne();
    bench.giveBack(held, false);
    bench.queue.attach(stage);
    Parcel next = bench.parcel("next");
    assertInstanceOf(LeaseLost.class, bench.failureOf(new Step().finish(held).put(next)));
    assertEquals(List.of(), stage.delivered);
    assertEquals(1, stage.withdrawn.get());
    assertNull(holding(next.message(0).id()));
  }

  @Test
  void aDetachedStageIsOfferedNothing() {
    TestStage stage = new TestStage(QueueBench.QUEUE, 1, 0);
    bench.queue.attach(stage);
    bench.queue.detach(stage);
    bench.put(bench.parcel("a"));
    assertEquals(List.of(), stage.delivered);
    assertEquals(List.of("a"), QueueBench.texts(bench.claimOne()));
  }

  @Test
  void theWatermarkIsRaisedByTheClaimAndRemembersTheEarlierHolder() {
    bench.put(bench.parcel("a", "b", "c", "d"));
    Parcel first = bench.claim(1, 2).get(0);
    assertEquals(2, first.tried());
    assertEquals(0, first.triedBefore());
    bench.commit(new Step().settle(first, Set.of(0), 3));
    bench.giveBack(first, true);
    Parcel second = bench.claim(1, 2).get(0);
    assertEquals(3, second.triedBefore(), "b and c may have been submitted");
    assertEquals(3, second.tried());
    bench.giveBack(second, false);
    assertEquals(3, bench.claim(1, 2).get(0).triedBefore(), "what the first holder left unknown stays unknown");
  }

  @Test
  void theWatermarkIsNeverAboveTheParcel() {
    bench.put(bench.parcel("a", "b"));
    assertEquals(2, bench.claim(1, 50).get(0).tried());
    TestStage stage = new TestStage(QueueBench.QUEUE, 1, 50);
    bench.queue.attach(stage);
    assertEquals(1, bench.put(bench.parcel("c")).tried());
  }

  @Test
  void whoSubmitsNothingRaisesNoWatermark() {
    bench.put(bench.parcel("a", "b"));
    Parcel held = bench.claimOne();
    assertEquals(0, held.tried());
    bench.giveBack(held, true);
    assertEquals(0, bench.claim(1, 2).get(0).triedBefore());
  }

  @Test
  void moneyMovesWithItsStep() {
    openAllotment(bench.slot.allotment());
    bench.commit(new Step().money("acme", 700).money("softmill", 40));
    bench.commit(new Step().money("acme", -200).money("softmill", -40));
    assertEquals(Map.of("acme", 500L, "softmill", 0L), allotment(bench.slot.allotment()));
  }

  @Test
  void aStepFailsWholeWhenTheAllotmentHoldsLessThanItReserves() {
    openAllotment(bench.slot.allotment());
    bench.commit(new Step().money("acme", 700).money("softmill", 40));
    Parcel parcel = bench.parcel("a");
    assertInstanceOf(UnitOfWork.Fenced.class, bench.failureOf(bench.accepting(parcel).money("acme", -701).money("softmill", -1)));
    assertInstanceOf(UnitOfWork.Fenced.class, bench.failureOf(new Step().money("unknown", -1)));
    assertTrue(bench.isEmpty());
    assertEquals(Map.of("acme", 700L, "softmill", 40L), allotment(bench.slot.allotment()));
  }

  @Test
  void aStepWithMoneyFailsWholeWhenTheAllotmentIsNotOpen() {
    Parcel parcel = bench.parcel("a");
    assertInstanceOf(UnitOfWork.Fenced.class, bench.failureOf(bench.accepting(parcel).money("acme", 1)));
    assertTrue(bench.isEmpty());
    assertEquals(List.of(), trail(parcel.message(0).id()));
  }

  @Test
  void manyParcelsAreAcknowledgedInOneStep() {
    Step puts = new Step();
    for (int i = 0; i < 20; i++) puts.put(bench.parcel(Lane.BULK, i, 0, "m" + i, "n" + i));
    bench.commit(puts);
    List<Parcel> held = bench.claim(20, 0);
    Step step = new Step();
    held.subList(0, 19).forEach(step::finish);
    step.settle(held.get(19), Set.of(0), 0);
    bench.commit(step);
    assertEquals(List.of("n19"), QueueBench.texts(holding(held.get(19).message(1).id())));
    assertEquals(1, Await.await(bench.queue.depths(bench.context)).size());
  }

  @Test
  void anEmptyStepChangesNothing() {
    bench.commit(new Step());
    assertTrue(bench.isEmpty());
  }

  @Test
  void twoClaimersNeverGetTheSameParcel() {
    Step puts = new Step();
    for (int i = 0; i < 60; i++) puts.put(bench.parcel(Lane.BULK, i, 0, "m" + i));
    bench.commit(puts);
    List<String> claimed = new ArrayList<>();
    while (claimed.size() < 60) {
      List<Future<List<Parcel>>> racing = IntStream.range(0, 4).mapToObj(i -> Await.start(VERTX.getOrCreateContext(), () -> bench.queue.claim(QueueBench.QUEUE, 5, 0))).toList();
      racing.forEach(f -> Await.await(f).forEach(p -> claimed.add(p.id())));
    }
    assertEquals(60, new HashSet<>(claimed).size());
    assertTrue(bench.claim(1, 0).isEmpty());
  }

  @Test
  void parcelsAreFoundByWhatTheirMessagesWaitFor() {
    Message sent = bench.message("a").sent(List.of(new Segment(List.of("7F"), List.of(99L), Segment.State.SENT)));
    Parcel put = bench.put(Parcel.of(bench.queue.newId(), Parcel.await("north"), Lane.BULK, 1, clock.getAsLong() + 1_000, List.of(sent)));
    bench.put(bench.parcel("other"));
    assertEquals(List.of(put.id()), awaiting(99, 100).stream().map(Parcel::id).toList());
    assertEquals(List.of(), awaiting(98));
    assertEquals(List.of(), awaiting());
    assertEquals(List.of(sent), awaiting(99).get(0).messages());
  }

  @Test
  void depthsTellHowFullEachQueueIs() {
    Parcel first = bench.put(bench.parcel("a", "b", "c"));
    bench.put(bench.parcel(Lane.BULK, 2, 0, "d"));
    bench.put(bench.parcel(Lane.BULK, 3, clock.getAsLong() + 1_000, "e"));
    Parcel held = bench.claimOne();
    bench.commit(new Step().settle(held, Set.of(0), 0));
    assertEquals(Set.of("leased 1 2", "ready 1 1", "later 1 1"), new HashSet<>(Await.await(bench.queue.depths(bench.context)).stream()
      .map(d -> d.state() + " " + d.parcels() + " " + d.messages()).toList()));
    assertEquals(first.id(), held.id());
  }

  @Test
  void whatIsLostIsNotTrusted() {
    bench.put(bench.parcel("a"));
    Parcel held = bench.claimOne();
    assertTrue(bench.queue.isTrusted(held));
    bench.giveBack(held, false);
    assertFalse(bench.queue.isTrusted(held));
  }

  private Parcel holding(String messageId) {
    return Await.on(bench.context, () -> bench.queue.holding(bench.context, messageId));
  }

  private List<Parcel> awaiting(long... keys) {
    return Await.on(bench.context, () -> bench.queue.awaiting(bench.context, IntStream.range(0, keys.length).mapToObj(i -> keys[i]).toList()));
  }
}
