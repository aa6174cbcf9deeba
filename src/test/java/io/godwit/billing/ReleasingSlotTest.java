package io.godwit.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is released while a process that was found dead begins a new life: its slot has the new allotment before its purse is told. */
class ReleasingSlotTest {
  private final Gate gate = new Gate();
  private final TestNode node = TestNode.start(1);
  private final TestNode gated = node.another(gate);
  private final Context context = gated.vertx.getOrCreateContext();
  private Ledger ledger;
  private Purse purse;
  private Slot slot;
  /** The answer to the write of the new life's allotment, which is there. */
  private Gate.Stop told;

  /** Another slot has reserved 300 of 1,000. */
  @BeforeEach
  void aSlotWhosePurseHasNotHeardOfTheNewLife() {
    node.put("account", "demo", new JsonObject());
    ledger = new Ledger(node.sets, new Pricing(node.directory));
    node.await(ledger::open);
    node.await(() -> ledger.topUp("credit", "demo", 1_000, "test"));
    Context spending = node.vertx.getOrCreateContext();
    Await.on(spending, () -> {
      Slot spender = node.node.queue(0).openSlot("spender");
      return Purse.open(node.sets, 0, spender, account -> 0)
        .compose(from -> from.draw("demo", 300, 300).compose(v -> spender.commit(new Step().money("demo", -300))).compose(v -> from.close()));
    });
    Slot plain = Await.on(context, () -> Future.succeededFuture(gated.node.queue(0).openSlot("releasing")));
    purse = Await.on(context, () -> Purse.open(gated.sets, 0, plain, account -> 0));
    slot = new ReleasingSlot(plain, purse);
    told = gate.after("update", Allotments.COLLECTION);
    node.declareDead(gated.sets.control().incarnation().number());
    told.reached();
  }

  @AfterEach
  void allOfItIsHome() {
    assertEquals(new Ledger.Balance("demo", "EUR", 1_000, 0, 0), node.await(() -> ledger.balance("demo")));
    assertEquals(List.of(), Money.off(node));
    gated.close();
    node.close();
    gate.close();
  }

  private void awaitTheNewLife() {
    told.pass();
    Await.until("the purse knows of the new life", () -> Await.on(context, () -> Future.succeededFuture(slot.allotment().equals(purse.allotment()))));
  }

  @Test
  void whatIsReleasedByAStepThatEndsWhenThePurseWasToldIsAvailable() {
    Gate.Stop commit = gate.before("commitTransaction", null);
    Future<Void> released = Await.start(context, () -> slot.commit(new Step().money("demo", 300)));
    commit.reached();
    awaitTheNewLife();
    commit.pass();
    Await.await(released);
    assertEquals(300, purse.available("demo"));
    Await.on(context, purse::sendHome);
  }

  @Test
  void whatIsReleasedByAStepThatEndsBeforeIsFoundWhenItIsCounted() {
    Await.on(context, () -> slot.commit(new Step().money("demo", 300)));
    awaitTheNewLife();
    Await.until("it is counted", () -> {
      node.clock.addAndGet(5_000);
      return Await.on(context, () -> purse.recount().otherwiseEmpty().map(v -> purse.available("demo") == 300));
    });
    Await.on(context, purse::sendHome);
  }
}
