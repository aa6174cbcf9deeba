package io.godwit.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Mongo;
import io.godwit.store.UnitOfWork;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process dies between any two steps of a transfer; another one brings the money home, once. */
class TransferTest {
  private static final long CREDIT = 1_000_000;
  private static final Draw.Wish HUNDRED = new Draw.Wish(100, 100, 100);
  private TestNode dying;
  private TestNode other;
  private Context context;
  private Slot slot;

  @BeforeEach
  void aToppedUpAccountAndASlotInTheSecondSet() {
    dying = TestNode.start(2);
    other = dying.another();
    context = dying.vertx.getOrCreateContext();
    dying.put("account", "demo", new JsonObject());
    Ledger ledger = new Ledger(dying.sets, new Pricing(dying.directory));
    dying.await(ledger::open);
    dying.await(() -> ledger.topUp("first", "demo", CREDIT, "test"));
    slot = dying.await(() -> Future.succeededFuture(dying.node.queue(1).openSlot("worker.0")));
    dying.await(() -> Allotments.open(context, dying.sets.get(1), slot.allotment()));
  }

  @AfterEach
  void theBooksAreInOrder() {
    assertEquals(List.of(), Money.off(other));
    dying.close();
    other.close();
  }

  private Draw drawn() {
    return dying.await(() -> Draw.prepare(context, dying.sets.control(), "demo", 0, 1, slot.allotment(), HUNDRED));
  }

  private void arrived() {
    Draw draw = drawn();
    dying.await(() -> draw.finish(context, dying.sets));
  }

  private Return returning(long amount) {
    return dying.await(() -> Returns.prepare(context, dying.sets.get(1), slot.allotment(), Map.of("demo", amount))).stream().findFirst().orElse(null);
  }

  /** What the watch of other processes does to one whose counter stands still. */
  private void die() {
    other.await(() -> Mongo.first(context, other.sets.get(1).db().getCollection("incarnations")
      .updateOne(Filters.eq("_id", dying.sets.get(1).incarnation().number()), Updates.set("alive", false))));
  }

  /** As {@link #theBooksAreInOrder}, in the middle. */
  private void assertBooksBalance() {
    assertEquals(List.of(), Money.off(other));
  }

  private void sweep() {
    other.await(() -> new Treasury(other.sets).sweep());
  }

  private Ledger.Balance balance() {
    return other.await(() -> new Ledger(other.sets, new Pricing(dying.directory)).balance("demo"));
  }

  @Test
  void aDrawThatWasOnlyPreparedTurnsRound() {
    drawn();
    assertEquals(100, balance().inTransfer());
    assertBooksBalance();
    die();
    sweep();
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT, 0, 0), balance());
  }

  @Test
  void aDrawThatArrivedAndWasNotClosedComesHomeOnce() {
    Draw draw = drawn();
    dying.await(() -> draw.apply(context, dying.sets));
    die();
    assertBooksBalance();
    sweep();
    sweep();
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT, 0, 0), balance());
  }

  @Test
  void aDrawIsAppliedOnceWhoeverRepeatsIt() {
    Draw draw = drawn();
    assertEquals(Draw.Outcome.APPLIED, dying.await(() -> draw.apply(context, dying.sets)));
    assertEquals(Draw.Outcome.APPLIED, other.await(() -> draw.finish(context, other.sets)));
    assertEquals(Draw.Outcome.APPLIED, dying.await(() -> draw.finish(context, dying.sets)));
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT - 100, 100, 0), balance());
  }

  @Test
  void aSleeperThatWakesAfterItsDeathChangesNothing() {
    Draw draw = drawn();
    die();
    sweep();
    assertEquals(Draw.Outcome.TURNED, dying.await(() -> draw.finish(context, dying.sets)));
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT, 0, 0), balance());
  }

  @Test
  void aSlotHasOneOpenDrawFromAnAccount() {
    Draw draw = drawn();
    assertEquals(null, drawn());
    assertEquals(draw, Draw.found(dying.await(() -> Balances.read(context, dying.sets.control(), "demo")), Allotments.key(1, slot.allotment()), null));
  }

  @Test
  void aReturnThatWasOnlyPreparedIsFinishedByTheSweep() {
    arrived();
    returning(60);
    die();
    sweep();
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT, 0, 0), balance());
  }

  @Test
  void aReturnThatArrivedAndWasNotClosedArrivesOnce() {
    arrived();
    Return sent = returning(60);
    dying.await(() -> sent.apply(context, dying.sets.control()));
    die();
    assertBooksBalance();
    sweep();
    dying.await(() -> sent.finish(context, dying.sets));
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT, 0, 0), balance());
  }

  @Test
  void whatWasDrainedLongAgoIsForgotten() {
    arrived();
    returning(60);
    die();
    sweep();
    dying.clock.addAndGet(OldAllotments.KEPT_MS);
    sweep();
    assertEquals(1, allotments());
    dying.clock.incrementAndGet();
    sweep();
    assertEquals(0, allotments());
    assertEquals(new Document(), other.await(() -> Balances.read(context, other.sets.control(), "demo")).get("in"));
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT, 0, 0), balance());
  }

  private long allotments() {
    return other.await(() -> Mongo.first(context, Allotments.in(other.sets.get(1)).countDocuments()));
  }

  @Test
  void noMoreThanWhatIsThereIsReturned() {
    arrived();
    assertEquals(null, returning(101));
  }

  @Test
  void whatTheLivingHoldIsLeftAlone() {
    arrived();
    drawn();
    sweep();
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT - 200, 100, 100), balance());
  }

  @Test
  void aDrawThatALivingSlotForgotIsFinished() {
    drawn();
    dying.clock.addAndGet(120_000);
    sweep();
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT - 100, 100, 0), balance());
  }

  @Test
  void drawsThatCannotBeFinishedKeepNoOtherFromIt() {
    drawn();
    Document balance = other.await(() -> Balances.read(context, other.sets.control(), "demo"));
    for (int i = 0; i < 20_000; i++) {
      balance.get("open", Document.class).append("9:1/gone-" + i, new Document("seq", 1L).append("amount", 0L).append("set", 9).append("slot", "1/gone-" + i).append("at", new Date(0)));
    }
    other.await(() -> Mongo.first(context, Balances.in(other.sets.control()).replaceOne(Filters.eq("_id", "demo"), balance)));
    Slot last = dying.await(() -> Future.succeededFuture(dying.node.queue(1).openSlot("worker.1")));
    dying.await(() -> Allotments.open(context, dying.sets.get(1), last.allotment()));
    dying.await(() -> Draw.prepare(context, dying.sets.control(), "demo", 0, 1, last.allotment(), HUNDRED));
    dying.clock.addAndGet(120_000);
    assertThrows(RuntimeException.class, this::sweep, "there is no set 9");
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT - 200, 200, 0), balance());
  }

  @Test
  void nothingIsReservedFromAClosedAllotment() {
    arrived();
    die();
    sweep();
    assertThrows(UnitOfWork.Fenced.class, () -> dying.await(() -> slot.commit(new Step().money("demo", -1))));
  }

  @Test
  void aReleaseIntoAnAllotmentThatWasClosedMeanwhileHasNoEffect() {
    arrived();
    dying.await(() -> slot.commit(new Step().money("demo", -40)));
    dying.await(() -> slot.commit(new Step().money("demo", 40)));
    die();
    sweep();
    assertThrows(UnitOfWork.Fenced.class, () -> dying.await(() -> slot.commit(new Step().money("demo", 1))));
    assertEquals(new Ledger.Balance("demo", "EUR", CREDIT, 0, 0), balance());
  }

  @Test
  void nothingIsReservedThatTheStoredAllotmentDoesNotHold() {
    arrived();
    assertThrows(UnitOfWork.Fenced.class, () -> dying.await(() -> slot.commit(new Step().money("demo", -101))));
  }

  @Test
  void grantsShrinkTowardsZeroAndEndWithWhatIsThere() {
    Draw.Wish greedy = new Draw.Wish(10, 10, 10 * CREDIT);
    long free = CREDIT;
    for (int i = 0; free > 0; i++) {
      String allotment = "9999/slot-" + i;
      Draw draw = dying.await(() -> Draw.prepare(context, dying.sets.control(), "demo", 0, 0, allotment, greedy));
      assertEquals(Math.min(free, Math.max(10, free / 8)), draw.amount());
      free -= draw.amount();
    }
    assertEquals(0, dying.await(() -> Draw.prepare(context, dying.sets.control(), "demo", 0, 0, "9999/last", greedy)).amount());
  }

  @Test
  void aPostpaidAccountIsDrawnFromDownToItsFloor() {
    Draw.Wish all = new Draw.Wish(1, 3 * CREDIT, 3 * CREDIT);
    dying.put("account", "demo", new JsonObject().put("postpaidFloor", -CREDIT));
    assertEquals(2 * CREDIT, dying.await(() -> Draw.prepare(context, dying.sets.control(), "demo", -CREDIT, 1, slot.allotment(), all)).amount());
    assertEquals(-CREDIT, balance().free());
  }
}
