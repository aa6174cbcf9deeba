package io.godwit.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Event;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PurseTest {
  private static final long PRICE = 75_000;
  private TestNode node;
  private Ledger ledger;

  @BeforeEach
  void aPrepaidAccount() {
    node = TestNode.start(2);
    node.put("account", "demo", new JsonObject());
    ledger = new Ledger(node.sets, new Pricing(node.directory));
    node.await(ledger::open);
  }

  @AfterEach
  void theBooksAreInOrder() {
    assertEquals(List.of(), Money.off(node));
    node.close();
  }

  /** A slot with its purse, as a worker has them. */
  private final class Spender {
    final int set;
    final Context context;
    Slot slot;
    Purse purse;
    int reserved;

    Spender(int number) {
      set = number % 2;
      context = node.vertx.getOrCreateContext();
      Await.on(context, () -> {
        slot = node.node.queue(set).openSlot("spender-" + number);
        return Purse.open(node.sets, set, slot, account -> 0).onSuccess(opened -> purse = opened);
      });
    }

    /** Reserves message after message, until the account has nothing left that could be reached. */
    Future<Void> spend(Random random) {
      Promise<Void> done = Promise.promise();
      goOn(random, done);
      // who has nothing left to do stops, as a worker does: the others shall have what he still holds
      return done.future().compose(v -> purse.close());
    }

    /** Round after round, none nested in the last: there may be thousands while another slot holds the rest. */
    private void goOn(Random random, Promise<Void> done) {
      round(random).onComplete(more -> {
        if (more.failed()) done.fail(more.cause());
        else if (more.result()) context.owner().setTimer(1, t -> goOn(random, done));
        else done.complete();
      });
    }

    /** Whether there may be something left to spend. */
    private Future<Boolean> round(Random random) {
      List<Leg> legs = List.of(new Leg("demo", "operator", PRICE, "EUR"));
      if (purse.reserve(legs)) return commit(legs, random.nextInt(8) == 0).map(true);
      if (!node.sets.control().isHealthy()) return Future.succeededFuture(true);   // a beat that takes a second: nothing can be drawn now
      return purse.draw("demo", PRICE * (1 + random.nextInt(20)), PRICE).compose(v -> {
        if (purse.available("demo") >= PRICE) return Future.succeededFuture(true);
        return purse.sendHome().compose(x -> new Credit(node.sets).reachable(context, "demo", 0, set, slot.allotment()))
          .map(reach -> reach.covers(PRICE, 0));
      });
    }

    private Future<Void> commit(List<Leg> legs, boolean undone) {
      if (undone) {
        purse.undo(legs);
        return Future.succeededFuture();
      }
      Message message = node.message("demo", "+4915112345678");
      Step step = new Step().event(new Event.Accepted(message, 1)).event(new Event.Routed(message.id(), 2, 2, "sim", "Godwit", Event.Money.reserved(legs), null)).money("demo", -PRICE);
      return slot.commit(step).onSuccess(v -> reserved++);
    }
  }

  @Test
  void eightPursesReserveExactlyWhatTheCreditIsGoodFor() {
    int messages = 200;
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    node.await(() -> ledger.topUp("credit", "demo", messages * PRICE + PRICE - 1, "test"));
    List<Spender> spenders = new ArrayList<>();
    for (int i = 0; i < 8; i++) spenders.add(new Spender(i));
    List<Future<Void>> spending = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Spender spender = spenders.get(i);
      Random random = new Random(seed + i);
      spending.add(Await.start(spender.context, () -> spender.spend(random)));
    }
    node.await(() -> Future.join(spending));
    assertEquals(messages, spenders.stream().mapToInt(s -> s.reserved).sum());
    for (Spender spender : spenders) Await.on(spender.context, spender.purse::close);
    assertEquals(new Ledger.Balance("demo", "EUR", PRICE - 1, 0, 0), node.await(() -> ledger.balance("demo")));
  }

  @Test
  void whatIsNotSpentGoesHome() {
    node.await(() -> ledger.topUp("credit", "demo", 1_000_000, "test"));
    Spender spender = new Spender(1);
    Await.on(spender.context, () -> spender.purse.draw("demo", 500_000, 1));
    assertEquals(500_000, spender.purse.available("demo"));
    Await.on(spender.context, spender.purse::sendHome);
    assertEquals(0, spender.purse.available("demo"));
    assertEquals(new Ledger.Balance("demo", "EUR", 1_000_000, 0, 0), node.await(() -> ledger.balance("demo")));
  }

  @Test
  void whoSpendsSteadilyKeepsSomeSecondsWorthAndNothingAfterAWhile() {
    node.await(() -> ledger.topUp("credit", "demo", 1_000_000, "test"));
    Spender spender = new Spender(0);
    Await.on(spender.context, () -> spender.purse.draw("demo", 500_000, 1));
    List<Leg> legs = List.of(new Leg("demo", "operator", 10_000, "EUR"));
    assertTrue(spender.purse.reserve(legs));
    Await.on(spender.context, () -> spender.slot.commit(new Step().money("demo", -10_000)).compose(v -> spender.purse.sendHome()));
    assertEquals(10_000, spender.purse.available("demo"));
    for (int i = 0; i < 3; i++) Await.on(spender.context, spender.purse::sendHome);
    assertEquals(0, spender.purse.available("demo"));
    Await.on(spender.context, () -> spender.slot.commit(new Step().money("demo", 10_000)));
  }

  @Test
  void whatWasToGoHomeGoesThereThoughNobodyKnowsWhetherItLeft() {
    loseAnswers("findAndModify allotments", List.of(true, false), Purse::sendHome);
  }

  @Test
  void whatWasFetchedGoesHomeThoughNobodyKnowsThatItWas() {
    loseAnswers("findAndModify balances", List.of(true), purse -> purse.draw("demo", 500_000, 1));
    loseAnswers("update balances", List.of(true), purse -> purse.draw("demo", 500_000, 1));
  }

  /** The driver tries twice. @param whetherDone by MongoDB, though the slot cannot know it */
  private void loseAnswers(String command, List<Boolean> whetherDone, Function<Purse, Future<Void>> action) {
    String[] at = command.split(" ");
    String key = "credit-" + node.node.queue(0).newId();
    long before = node.await(() -> ledger.topUp(key, "demo", 1_000_000, "test").compose(v -> ledger.balance("demo"))).free();
    for (boolean done : whetherDone) {
      try (Gate gate = new Gate(); TestNode gated = node.another(gate)) {
        Context there = gated.vertx.getOrCreateContext();
        Purse purse = Await.on(there, () -> Purse.open(gated.sets, 1, gated.node.queue(1).openSlot("worker"), account -> 0));
        Await.on(there, () -> purse.draw("demo", 300_000, 1));
        List<Gate.Stop> stops = Stream.generate(() -> done ? gate.after(at[0], at[1]) : gate.before(at[0], at[1])).limit(2).toList();
        Future<Void> failed = Await.start(there, () -> action.apply(purse));
        stops.forEach(stop -> stop.reached().lose());
        Await.await(failed.transform(outcome -> Future.succeededFuture()));
        assertTrue(failed.failed());
        Await.until("all of it is home", () -> {
          node.clock.addAndGet(5_000);
          Await.on(there, () -> purse.recount().otherwiseEmpty().compose(v -> purse.sendHome().otherwiseEmpty()));
          return new Ledger.Balance("demo", "EUR", before, 0, 0).equals(node.await(() -> ledger.balance("demo")));
        });
        assertEquals(0, purse.available("demo"));
        Await.on(there, purse::close);
      }
    }
  }

  // ---- many accounts in one turn

  private static String account(int number) {
    return "customer-" + number;
  }

  private void topUp(int accounts, long amount) {
    for (int i = 0; i < accounts; i++) node.put("account", account(i), new JsonObject());
    node.await(() -> Future.all(IntStream.range(0, accounts).mapToObj(i -> ledger.topUp("credit-" + i, account(i), amount, "test")).toList()));
  }

  private Future<Void> drawAll(Purse purse, int accounts, long need) {
    return Future.join(IntStream.range(0, accounts).mapToObj(i -> purse.draw(account(i), need, 1)).toList()).mapEmpty();
  }

  private Ledger.Balance balance(int number) {
    return node.await(() -> ledger.balance(account(number)));
  }

  /** Writes of transfers. */
  private static int transfers(Gate gate) {
    return gate.seen("update", "balances") + gate.seen("update", "allotments") + gate.seen("findAndModify", "balances") + gate.seen("findAndModify", "allotments");
  }

  @Test
  void whatManyAccountsNeedInOneTurnIsFetchedAndReturnedInAsManyWritesAsForTwo() {
    topUp(40, 1_000);
    try (Gate gate = new Gate(); TestNode gated = node.another(gate)) {
      Context there = gated.vertx.getOrCreateContext();
      Purse purse = Await.on(there, () -> Purse.open(gated.sets, 1, gated.node.queue(1).openSlot("worker"), account -> 0));
      int before = transfers(gate);
      Await.on(there, () -> drawAll(purse, 40, 300));
      for (int i = 0; i < 40; i++) assertEquals(300, purse.available(account(i)));
      assertEquals(new Ledger.Balance(account(7), "EUR", 700, 300, 0), balance(7));
      assertEquals(3, transfers(gate) - before, "prepared, applied, closed");
      Await.on(there, purse::sendHome);
      assertEquals(6, transfers(gate) - before, "prepared, applied, closed");
      for (int i = 0; i < 40; i++) assertEquals(new Ledger.Balance(account(i), "EUR", 1_000, 0, 0), balance(i));
      Await.on(there, purse::close);
    }
  }

  @Test
  void amongManyOneWithoutABalanceOneWithoutMoneyAndOneWithAnOpenDrawAreServedAsIfAlone() {
    topUp(4, 1_000);
    node.put("account", account(4), new JsonObject());
    node.put("account", account(5), new JsonObject());
    node.await(() -> ledger.topUp("tiny", account(5), 5, "test"));
    Spender spender = new Spender(1);
    Draw.Wish wish = new Draw.Wish(50, 50, 50);
    Await.on(spender.context, () -> Draw.prepare(spender.context, node.sets.control(), account(2), 0, 1, spender.slot.allotment(), wish));
    node.clock.addAndGet(1);
    Await.on(spender.context, () -> Future.join(IntStream.range(0, 6).mapToObj(i -> spender.purse.draw(account(i), 300, 10)).toList()));
    assertEquals(List.of(300L, 300L, 350L, 300L, 0L, 0L), IntStream.range(0, 6).mapToObj(i -> spender.purse.available(account(i))).toList());
    assertEquals(new Ledger.Balance(account(2), "EUR", 650, 350, 0), balance(2));
  }

  @Test
  void whereOneOfManyCannotGoHomeTheOthersDo() {
    topUp(3, 1_000);
    Spender spender = new Spender(0);
    Await.on(spender.context, () -> drawAll(spender.purse, 3, 300));
    Await.on(spender.context, () -> spender.slot.commit(new Step().money(account(1), -200)));   // memory says more than the store
    Await.on(spender.context, spender.purse::sendHome);
    assertEquals(List.of(new Ledger.Balance(account(0), "EUR", 1_000, 0, 0), new Ledger.Balance(account(1), "EUR", 700, 100, 0), new Ledger.Balance(account(2), "EUR", 1_000, 0, 0)),
      List.of(balance(0), balance(1), balance(2)));
    Await.on(spender.context, () -> spender.slot.commit(new Step().money(account(1), 200)));
  }

  @Test
  void manyDrawsToAnAllotmentThatWasClosedTurnRound() {
    topUp(3, 1_000);
    Spender spender = new Spender(1);
    Await.on(spender.context, () -> Allotments.close(spender.context, node.sets.get(1), spender.slot.allotment()));
    Future<Void> drawn = Await.start(spender.context, () -> drawAll(spender.purse, 3, 300));
    Await.await(drawn.transform(done -> Future.succeededFuture()));
    assertTrue(drawn.failed());
    for (int i = 0; i < 3; i++) {
      assertEquals(0, spender.purse.available(account(i)));
      assertEquals(new Ledger.Balance(account(i), "EUR", 1_000, 0, 0), balance(i));
    }
  }

  @Test
  void whatManyAccountsFetchedOrReturnedIsHomeInTheEndWhicheverAnswerIsLost() {
    topUp(3, 1_000);
    for (boolean draws : List.of(true, false)) {
      loseGroupsAnswers(null, draws ? "update balances" : "findAndModify allotments", draws);   // prepared
      loseGroupsAnswers(draws ? null : "findAndModify allotments", draws ? "update allotments" : "update balances", draws);   // applied
      loseGroupsAnswers(draws ? "update allotments" : "update balances", draws ? "update balances" : "update allotments", draws);   // closed
    }
  }

  /** The driver tries twice. @param first after whose beginning answers begin to get lost; null = at once */
  private void loseGroupsAnswers(String first, String lost, boolean draws) {
    try (Gate gate = new Gate(); TestNode gated = node.another(gate)) {
      Context there = gated.vertx.getOrCreateContext();
      Purse purse = Await.on(there, () -> Purse.open(gated.sets, 1, gated.node.queue(1).openSlot("worker"), account -> 0));
      if (!draws) Await.on(there, () -> drawAll(purse, 3, 300));
      Gate.Stop begun = first == null ? null : gate.before(first.split(" ")[0], first.split(" ")[1]);
      List<Gate.Stop> stops = first == null ? twice(gate, lost) : List.of();
      Future<Void> failed = Await.start(there, () -> draws ? drawAll(purse, 3, 300) : purse.sendHome());
      if (begun != null) {
        begun.reached();
        stops = twice(gate, lost);
        begun.pass();
      }
      stops.forEach(stop -> stop.reached().lose());
      Await.await(failed.transform(outcome -> Future.succeededFuture()));
      assertTrue(failed.failed(), lost);
      Await.until("all of it is home", () -> {
        node.clock.addAndGet(5_000);
        Await.on(there, () -> purse.recount().otherwiseEmpty().compose(v -> purse.sendHome().otherwiseEmpty()));
        return IntStream.range(0, 3).allMatch(i -> new Ledger.Balance(account(i), "EUR", 1_000, 0, 0).equals(balance(i)));
      });
      for (int i = 0; i < 3; i++) assertEquals(0, purse.available(account(i)));
      Await.on(there, purse::close);
    }
  }

  private static List<Gate.Stop> twice(Gate gate, String command) {
    String[] at = command.split(" ");
    return List.of(gate.after(at[0], at[1]), gate.after(at[0], at[1]));
  }

  @Test
  void anAccountWhoseFloorCannotBeToldFailsWhatWasAskedForWithItAndNothingLater() {
    topUp(3, 1_000);
    Context there = node.vertx.getOrCreateContext();
    Purse purse = Await.on(there, () -> Purse.open(node.sets, 0, node.node.queue(0).openSlot("worker"), account -> {
      if (account.equals(account(1))) throw new IllegalStateException("nobody can read it");
      return 0;
    }));
    Future<Void> failed = Await.start(there, () -> drawAll(purse, 3, 300));
    Await.await(failed.transform(outcome -> Future.succeededFuture()));
    assertTrue(failed.failed());
    Await.on(there, () -> purse.draw(account(0), 300, 1));
    assertEquals(300, purse.available(account(0)));
    Await.on(there, purse::close);
  }

  @Test
  void whatASlotReleasesGoesHome() {
    node.await(() -> ledger.topUp("credit", "demo", 1_000_000, "test"));
    Spender spender = new Spender(0);
    Spender releasing = new Spender(1);
    Await.on(spender.context, () -> spender.purse.draw("demo", 500_000, 1)
      .compose(v -> spender.slot.commit(new Step().money("demo", -300_000))));
    Await.on(releasing.context, () -> releasing.slot.commit(new Step().money("demo", 300_000)).compose(v -> {
      releasing.purse.released(releasing.slot.allotment(), Map.of("demo", 300_000L));
      return releasing.purse.sendHome();
    }));
    assertEquals(new Ledger.Balance("demo", "EUR", 800_000, 200_000, 0), node.await(() -> ledger.balance("demo")));
  }

  @Test
  void allLegsAreReservedOrNone() {
    node.put("account", "reseller", new JsonObject());
    node.await(() -> ledger.topUp("credit", "demo", 100, "test"));
    node.await(() -> ledger.topUp("other", "reseller", 100, "test"));
    Spender spender = new Spender(0);
    Await.on(spender.context, () -> spender.purse.draw("demo", 100, 1).compose(v -> spender.purse.draw("reseller", 40, 1)));
    assertFalse(spender.purse.reserve(List.of(new Leg("demo", "reseller", 60, "EUR"), new Leg("reseller", "operator", 50, "EUR"))));
    assertEquals(100, spender.purse.available("demo"));
    assertTrue(spender.purse.reserve(List.of(new Leg("demo", "reseller", 60, "EUR"), new Leg("reseller", "operator", 40, "EUR"))));
    assertEquals(40, spender.purse.available("demo"));
    spender.purse.undo(List.of(new Leg("demo", "reseller", 60, "EUR"), new Leg("reseller", "operator", 40, "EUR")));
    assertEquals(100, spender.purse.available("demo"));
  }

  @Test
  void aTopUpIsMadeOnceAKey() {
    assertTrue(node.await(() -> ledger.topUp("key", "demo", 5, "test")));
    assertFalse(node.await(() -> ledger.topUp("key", "demo", 5, "test")));
    assertThrows(Ledger.Rejected.class, () -> node.await(() -> ledger.topUp("key", "demo", 6, "test")));
    assertThrows(Ledger.Rejected.class, () -> node.await(() -> ledger.topUp("other", "nobody", 6, "test")));
    assertEquals(5, node.await(() -> ledger.balance("demo")).balance());
  }

  @Test
  void ofTwoDifferentTopUpsWithOneKeyAtTheSameTimeOneIsRejected() {
    List<Future<Boolean>> topUps = List.of(node.begin(() -> ledger.topUp("key", "demo", 5, "test")), node.begin(() -> ledger.topUp("key", "demo", 6, "test")));
    node.await(() -> Future.join(topUps).transform(done -> Future.succeededFuture()));
    assertEquals(1, topUps.stream().filter(Future::succeeded).count());
  }

  @Test
  void topUpsAtTheSameTimeAreMadeOnce() {
    List<Future<Boolean>> topUps = new ArrayList<>();
    for (int i = 0; i < 8; i++) topUps.add(node.begin(() -> ledger.topUp("key", "demo", 5, "test")));
    node.await(() -> Future.all(topUps));
    assertEquals(1, topUps.stream().filter(Future::result).count());
    assertEquals(5, node.await(() -> ledger.balance("demo")).free());
  }
}
