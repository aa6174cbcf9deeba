package io.godwit.billing;

import static com.mongodb.client.model.Filters.eq;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Updates;
import io.godwit.message.Leg;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a slot's allotment that holds the marks of very many accounts. */
class RenewalTest {
  private static final long CREDIT = 1_000;
  private static final List<Leg> LEGS = List.of(new Leg("demo", "operator", 100, "EUR"));
  private final TestNode node = TestNode.start(1);
  private Ledger ledger;

  @BeforeEach
  void aToppedUpAccount() {
    node.put("account", "demo", new JsonObject());
    ledger = new Ledger(node.sets, new Pricing(node.directory));
    node.await(ledger::open);
    node.await(() -> ledger.topUp("credit", "demo", CREDIT, "test"));
  }

  @AfterEach
  void theBooksAreInOrder() {
    assertEquals(List.of(), Money.off(node));
    node.close();
  }

  /** A slot that has served a hundred thousand accounts. */
  private static final class Spender {
    final Context context;
    final String first;
    Slot slot;
    Purse purse;

    Spender(TestNode node) {
      context = node.vertx.getOrCreateContext();
      Await.on(context, () -> {
        slot = node.node.queue(0).openSlot("worker");
        return Purse.open(node.sets, 0, slot, account -> 0).onSuccess(opened -> purse = opened);
      });
      first = slot.allotment();
      Document marks = new Document();
      for (int i = 0; i < 100_000; i++) marks.append("a-customer-of-long-ago-with-a-name-" + i, 1L);
      Await.first(Allotments.in(node.sets.control()).updateOne(eq("_id", first), Updates.set("in", marks)));
      Await.on(context, () -> {
        for (int i = 0; i < Renewal.LOOK_AFTER; i++) purse.draw("passer-by-" + i, 0, 0);
        return Future.succeededFuture();
      });
    }

    void draw(long amount) {
      Await.on(context, () -> purse.draw("demo", amount, 1));
    }

    void commit(long amount) {
      Await.on(context, () -> slot.commit(new Step().money("demo", amount)));
    }

    void tick() {
      Await.on(context, purse::tick);
    }

    void awaitAnother() {
      Await.until("the slot has another allotment", () -> {
        tick();
        return !purse.allotment().equals(first);
      });
    }
  }

  private Document allotment(String id) {
    return Await.first(Allotments.in(node.sets.control()).find(eq("_id", id)));
  }

  private Ledger.Balance balance() {
    return node.await(() -> ledger.balance("demo"));
  }

  private static Ledger.Balance balance(long free, long allotted) {
    return new Ledger.Balance("demo", "EUR", free, allotted, 0);
  }

  @Test
  void theSlotGoesOnWithANewOneAndWhatWasInTheOldOneGoesHome() {
    Spender spender = new Spender(node);
    spender.draw(300);
    assertTrue(spender.purse.reserve(LEGS));
    spender.commit(-100);
    spender.awaitAnother();
    assertEquals(spender.first + "+1", spender.slot.allotment());
    assertEquals(balance(900, 0), balance());
    assertTrue(allotment(spender.first).getBoolean("drained"));
    assertEquals(new Document(), allotment(spender.first).get("a"));
    assertEquals(new Document(), allotment(spender.slot.allotment()).get("in"));
    spender.draw(300);
    assertTrue(spender.purse.reserve(LEGS));
    spender.commit(-100);
    assertEquals(balance(600, 200), balance());
    spender.commit(200);
  }

  @Test
  void whoSleptInTheMiddleOfADrawToTheOldOneMakesNoMoney() {
    Spender spender = new Spender(node);
    Draw.Wish hundred = new Draw.Wish(100, 100, 100);
    Draw arrived = node.await(() -> Draw.prepare(spender.context, node.sets.control(), "demo", 0, 0, spender.first, hundred));
    node.await(() -> arrived.finish(spender.context, node.sets));
    Draw prepared = node.await(() -> Draw.prepare(spender.context, node.sets.control(), "demo", 0, 0, spender.first, hundred));
    spender.awaitAnother();
    assertEquals(Draw.Outcome.APPLIED, node.await(() -> arrived.finish(spender.context, node.sets)));
    assertEquals(Draw.Outcome.TURNED, node.await(() -> prepared.finish(spender.context, node.sets)));
    assertEquals(balance(CREDIT, 0), balance());
  }

  @Test
  void aDrawThatArrivedAndWasNotClosedIsCountedOnceWhenTheOldOneIsEmpty() {
    Spender spender = new Spender(node);
    Draw draw = node.await(() -> Draw.prepare(spender.context, node.sets.control(), "demo", 0, 0, spender.first, new Draw.Wish(100, 100, 100)));
    node.await(() -> draw.apply(spender.context, node.sets));
    spender.awaitAnother();
    assertEquals(new Document(), allotment(spender.first).get("a"));
    assertEquals(balance(CREDIT, 0), balance());
    assertEquals(Draw.Outcome.APPLIED, node.await(() -> draw.finish(spender.context, node.sets)));
    assertEquals(balance(CREDIT, 0), balance());
  }

  @Test
  void whoLeavesBeforeItGoesOnWithTheNextOneLeavesThatToo() {
    Spender spender = new Spender(node);
    String next = spender.first + "+1";
    Await.until("the next allotment is there", () -> {
      spender.tick();
      return allotment(next) != null;
    });
    assertEquals(spender.first, spender.slot.allotment());
    Await.on(spender.context, spender.purse::close);
    assertTrue(allotment(spender.first).getBoolean("drained"));
    assertEquals(true, allotment(next).getBoolean("drained"));
  }

  @Test
  void whatIsReservedIsCommittedInTheAllotmentThatItWasTakenFrom() {
    Spender spender = new Spender(node);
    spender.draw(300);
    assertTrue(spender.purse.reserve(LEGS));
    spender.tick();
    spender.tick();
    assertEquals(spender.first, spender.slot.allotment());
    spender.commit(-100);
    spender.awaitAnother();
    assertEquals(balance(900, 0), balance());
    spender.commit(100);
  }

  @Test
  void whoDiesBeforeTheOldOneIsClosedLeavesNothingInIt() {
    try (Gate gate = new Gate(); TestNode dying = node.another(gate)) {
      Spender spender = new Spender(dying);
      Await.until("the next allotment is there", () -> {
        spender.tick();
        return allotment(spender.first + "+1") != null;
      });
      spender.draw(300);
      Gate.Stop close = gate.before("update", Allotments.COLLECTION);
      Await.start(spender.context, spender.purse::tick);
      close.reached();
      gate.cut();
      assertEquals(balance(700, 300), balance());
      node.declareDead(dying.sets.control().incarnation().number());
      node.await(() -> new Treasury(node.sets).sweep());
      assertEquals(balance(CREDIT, 0), balance());
      gate.heal();
    }
  }
}
