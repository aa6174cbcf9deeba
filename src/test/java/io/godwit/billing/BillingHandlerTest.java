package io.godwit.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Conversion;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.godwit.worker.MessageHandler.Decision;
import io.godwit.worker.MessageHandler.Surroundings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BillingHandlerTest {
  private TestNode node;
  private Context context;
  private Slot slot;
  private Ledger ledger;
  private final BillingHandler handler = new BillingHandler();

  @BeforeEach
  void aCustomerOfAResellerOfTheOperator() {
    node = TestNode.start(1);
    node.put("account", "operator", new JsonObject());
    node.put("account", "reseller", new JsonObject().put("parent", "operator"));
    node.put("account", "demo", new JsonObject().put("parent", "reseller"));
    node.put("rate", "wholesale", rate("seller", "operator").put("prices", new JsonObject().put("49", 50).put("", 90)));
    node.put("rate", "retail", rate("account", "demo").put("prices", new JsonObject().put("49", 70).put("4915", 80)));
    ledger = new Ledger(node.sets, new Pricing(node.directory));
    node.await(ledger::open);
    context = node.vertx.getOrCreateContext();
    Await.on(context, () -> {
      slot = node.node.queue(0).openSlot("worker");
      return handler.start(new Surroundings(node.node, 0, slot, new JsonObject()));
    });
  }

  @AfterEach
  void theBooksAreInOrder() {
    Await.on(context, handler::stop);
    assertEquals(List.of(), Money.off(node));
    node.close();
  }

  private static JsonObject rate(String whose, String account) {
    return new JsonObject().put(whose, account).put("currency", "EUR");
  }

  private void credit(long demo, long reseller) {
    node.await(() -> ledger.topUp("demo", "demo", demo, "test"));
    node.await(() -> ledger.topUp("reseller", "reseller", reseller, "test"));
  }

  private List<Decision> handle(Message... batch) {
    return Await.on(context, () -> handler.handle(List.of(batch)));
  }

  /** Those that must not wait: they are shown again while the store takes too long to say what credit there is. The clock stands still meanwhile. */
  private List<Decision> decide(Message... batch) {
    List<Decision> decided = new ArrayList<>();
    Await.until(() -> "nothing waits any more: " + decided, 30, () -> {
      decided.clear();
      decided.addAll(handle(batch));
      return decided.stream().noneMatch(Decision.Later.class::isInstance);
    });
    return decided;
  }

  private static List<Leg> legs(Decision decision) {
    return assertInstanceOf(Decision.Next.class, decision).message().legs();
  }

  private static void assertRefused(Status status, String code, Decision decision) {
    Decision.Refuse refused = assertInstanceOf(Decision.Refuse.class, decision);
    assertEquals(status, refused.reason());
    assertEquals(code, refused.error().code());
  }

  @Test
  void everyBuyerInTheChainPaysItsOwnPriceASegment() {
    credit(1_000, 1_000);
    Decision decision = decide(node.message("demo", "Godwit", "+4915112345678", 3, Origin.NONE)).get(0);
    assertEquals(List.of(new Leg("demo", "reseller", 240, "EUR"), new Leg("reseller", "operator", 150, "EUR")), legs(decision));
  }

  @Test
  void whoHasNoPriceOfItsOwnPaysWhatItsSellerPays() {
    credit(1_000, 1_000);
    assertEquals(List.of(new Leg("demo", "reseller", 90, "EUR"), new Leg("reseller", "operator", 90, "EUR")), legs(decide(node.message("demo", "+33612345678")).get(0)));
  }

  @Test
  void whatNobodyHasAPriceForIsRejected() {
    credit(1_000, 1_000);
    node.put("rate", "wholesale", rate("seller", "operator").put("prices", new JsonObject().put("49", 50)));
    Decision decision = decide(node.message("demo", "+33612345678")).get(0);
    assertRefused(Status.REJECTED, "no-price", decision);
    assertEquals("there is no price for messages to +33612345678", ((Decision.Refuse) decision).error().text(), "who is above him is not the customer's to know");
  }

  @Test
  void whatTheCreditDoesNotReachForIsRefusedAtOnceAndTheRestGoes() {
    credit(250, 1_000);
    List<Decision> decisions = decide(node.message("demo", "+4915112345678"), node.message("demo", "+4915112345678"), node.message("demo", "+4915112345678"),
      node.message("demo", "+4915112345678"), node.message("demo", "+4917012345678"));
    assertEquals(3, decisions.stream().filter(d -> d instanceof Decision.Next).count());
    assertRefused(Status.NO_CREDIT, "no-credit", decisions.get(3));
    assertRefused(Status.NO_CREDIT, "no-credit", decisions.get(4));
    assertEquals("account demo lacks credit for 80 micro-units of EUR", ((Decision.Refuse) decisions.get(3)).error().text());
  }

  @Test
  void aResellerWithoutCreditStopsItsCustomersTooAndTheyAreNotToldWhatHePays() {
    node.await(() -> ledger.topUp("demo", "demo", 1_000, "test"));
    Decision refused = decide(node.message("demo", "+4915112345678")).get(0);
    assertRefused(Status.NO_CREDIT, "no-credit", refused);
    assertEquals("an account above it lacks credit", ((Decision.Refuse) refused).error().text());
  }

  @Test
  void aPostpaidAccountNeedsNoTopUp() {
    node.put("account", "demo", new JsonObject().put("parent", "reseller").put("postpaidFloor", -80));
    node.put("account", "reseller", new JsonObject().put("parent", "operator").put("postpaidFloor", -1_000));
    List<Decision> decisions = decide(node.message("demo", "+4915112345678"), node.message("demo", "+4915112345678"));
    assertEquals(80, legs(decisions.get(0)).get(0).amount());
    assertRefused(Status.NO_CREDIT, "no-credit", decisions.get(1));
  }

  @Test
  void whileAnotherSlotHoldsEnoughCreditTheMessageWaitsForAMinute() {
    credit(80, 1_000);
    otherSlotDraws();
    Await.until("a message waits for a minute, and is refused then", this::waitsForAMinute);
  }

  /** Not where the store takes too long to say what credit there is: then its minute does not run. */
  private boolean waitsForAMinute() {
    Message message = node.message("demo", "+4915112345678");
    boolean waits = handle(message).get(0) instanceof Decision.Later;
    node.clock.addAndGet(59_000);
    waits &= handle(message).get(0) instanceof Decision.Later;
    node.clock.addAndGet(1_000);
    return handle(message).get(0) instanceof Decision.Refuse refused && waits && refused.reason() == Status.NO_CREDIT && refused.error().code().equals("no-credit");
  }

  @Test
  void whatAllThatOthersHoldCouldNotPayForIsRefusedAtOnce() {
    credit(80 + 79, 1_000);
    otherSlotDraws(79);
    assertInstanceOf(Decision.Next.class, decide(node.message("demo", "+4915112345678")).get(0));
    assertRefused(Status.NO_CREDIT, "no-credit", decide(node.message("demo", "+4915112345678")).get(0));
  }

  @Test
  void eachPaysInItsOwnCurrencyAndTheLegSaysByWhichRate() {
    node.put("account", "reseller", new JsonObject().put("parent", "operator").put("currency", "USD"));
    Decision without = decide(node.message("demo", "+4915112345678")).get(0);
    assertRefused(Status.REJECTED, "no-price", without);
    assertEquals("there is no price for messages to +4915112345678", ((Decision.Refuse) without).error().text(), "what is missing above him his seller learns from explain");
    node.put("exchange", "EUR-USD", new JsonObject().put("rates", new JsonArray().add(new JsonObject().put("rate", 1_090_000))));
    node.await(() -> ledger.topUp("demo", "demo", 1_000, "test"));
    node.await(() -> ledger.topUp("reseller", "reseller", 1_000, "test"));
    assertEquals(List.of(new Leg("demo", "reseller", 160, "EUR"), new Leg("reseller", "operator", 110, "USD", List.of(new Conversion("EUR", "USD", 1_090_000)))),
      legs(decide(node.message("demo", "Godwit", "+4915112345678", 2, Origin.NONE)).get(0)), "54.5 micro-units a segment are 55");
  }

  @Test
  void aMessageThatWaitsIsRoutedWhenTheOtherSlotReturnsWhatItHeld() {
    credit(80, 1_000);
    Draw draw = Await.on(context, () -> Allotments.open(context, node.sets.control(), "1/other")
      .compose(v -> Draw.prepare(context, node.sets.control(), "demo", 0, 0, "1/other", new Draw.Wish(80, 80, 80))));
    Await.on(context, () -> draw.finish(context, node.sets));
    Message message = node.message("demo", "+4915112345678");
    assertInstanceOf(Decision.Later.class, handle(message).get(0));
    Await.on(context, () -> Returns.prepare(context, node.sets.control(), "1/other", Map.of("demo", 80L)).compose(back -> Returns.finish(context, node.sets, back)));
    assertEquals(80, legs(decide(message).get(0)).get(0).amount());
  }

  @Test
  void aMessageThatMeetsAnOpenDrawOfAnotherSlotWaitsAndIsRoutedWhenItTurnsRound() {
    credit(80, 1_000);
    Draw draw = Await.on(context, () -> Allotments.open(context, node.sets.control(), "1/other")
      .compose(v -> Draw.prepare(context, node.sets.control(), "demo", 0, 0, "1/other", new Draw.Wish(80, 80, 80))));
    Message message = node.message("demo", "+4915112345678");
    assertInstanceOf(Decision.Later.class, handle(message).get(0));
    Await.on(context, () -> Allotments.close(context, node.sets.control(), "1/other"));
    assertInstanceOf(Decision.Later.class, handle(message).get(0));
    assertEquals(Draw.Outcome.TURNED, Await.on(context, () -> draw.finish(context, node.sets)));
    assertEquals(80, legs(decide(message).get(0)).get(0).amount());
  }

  @Test
  void aMessageThatMeetsAnOpenReturnOfAnotherSlotWaitsAndIsRoutedWhenItIsHome() {
    credit(80, 1_000);
    Return back = Await.on(context, () -> Allotments.open(context, node.sets.control(), "1/other")
      .compose(v -> Draw.prepare(context, node.sets.control(), "demo", 0, 0, "1/other", new Draw.Wish(80, 80, 80)))
      .compose(draw -> draw.finish(context, node.sets))
      .compose(v -> Returns.prepare(context, node.sets.control(), "1/other", Map.of("demo", 80L)))).get(0);
    Message message = node.message("demo", "+4915112345678");
    assertInstanceOf(Decision.Later.class, handle(message).get(0));
    Await.on(context, () -> back.apply(context, node.sets.control()));
    Await.on(context, () -> back.finish(context, node.sets));
    assertEquals(80, legs(decide(message).get(0)).get(0).amount());
  }

  @Test
  void aMessageIsNotRefusedForCreditThatCameHomeAndWasDrawnAgainWhileItWasLookedFor() {
    credit(80, 1_000);
    otherSlotDraws();
    throughAGate((gate, there, asking) -> {
      Gate.Stop allotments = gate.before("find", "allotments");
      Future<List<Decision>> decided = Await.start(there, () -> asking.handle(List.of(node.message("demo", "+4915112345678"))));
      allotments.reached();
      Await.on(context, () -> Returns.prepare(context, node.sets.control(), "1/other", Map.of("demo", 80L)).compose(back -> Returns.finish(context, node.sets, back)));
      Gate.Stop balance = gate.before("find", "balances");
      allotments.pass();
      balance.reached();
      otherSlotDraws();
      balance.pass();
      assertInstanceOf(Decision.Later.class, Await.await(decided).get(0));
    });
  }

  @Test
  void aMessageIsNotRefusedForCreditThatArrivesInAnotherSlotWhileItIsLookedFor() {
    credit(80, 1_000);
    throughAGate((gate, there, asking) -> {
      Draw underWay = Await.on(context, () -> otherSlotBeginsToDraw(80));
      Gate.Stop allotments = gate.before("find", "allotments");
      Future<List<Decision>> decided = Await.start(there, () -> asking.handle(List.of(node.message("demo", "+4915112345678"))));
      allotments.reached();
      Gate.Stop balance = gate.before("find", "balances");
      allotments.pass();
      balance.reached();
      Await.on(context, () -> underWay.finish(context, node.sets));
      balance.pass();
      assertInstanceOf(Decision.Later.class, Await.await(decided).get(0));
    });
  }

  @Test
  void aMessageIsNotRefusedForCreditThatItsOwnSlotIsSendingHome() {
    node.await(() -> ledger.topUp("demo", "demo", 80, "test"));
    throughAGate((gate, there, asking) -> {
      Gate.Stop home = gate.before("findAndModify", "allotments");
      assertInstanceOf(Decision.Refuse.class, Await.on(there, () -> asking.handle(List.of(node.message("demo", "+4915112345678")))).get(0), "its reseller has no credit; what was drawn for it is needed no more");
      home.reached();
      node.await(() -> ledger.topUp("reseller", "reseller", 1_000, "test"));
      assertInstanceOf(Decision.Later.class, Await.on(there, () -> asking.handle(List.of(node.message("demo", "+4915112345678")))).get(0));
      home.pass();
    });
  }

  @Test
  void whoeverHasCreditDoesNotWaitForTheSearchForThatOfOthers() {
    credit(80, 1_000);
    throughAGate((gate, there, asking) -> {
      Gate.Stop draws = gate.before("find", "balances");
      Future<List<Decision>> deciding = Await.start(there, () -> asking.handle(List.of(node.message("demo", "+4915112345678"), node.message("demo", "+4915112345678"))));
      draws.reached();
      Gate.Stop search = gate.before("find", "balances");
      draws.pass();
      List<Decision> decided = Await.await(deciding);
      assertTrue(search.isReached());
      assertInstanceOf(Decision.Next.class, decided.get(0));
      assertInstanceOf(Decision.Later.class, decided.get(1));
      search.pass();
    });
  }

  @Test
  void whatTheFreeBalanceCoversIsNotRefusedHoweverLongItWaitedAndWhoeverHoldsMore() {
    credit(160, 1_000);
    otherSlotDraws(160);
    throughAGate((gate, there, asking) -> {
      List<Message> batch = List.of(node.message("demo", "+4915112345678"));
      assertInstanceOf(Decision.Later.class, Await.on(there, () -> asking.handle(batch)).get(0));
      node.clock.addAndGet(60_000);
      Gate.Stop allotments = gate.before("find", "allotments");
      Future<List<Decision>> decided = Await.start(there, () -> asking.handle(batch));
      allotments.reached();
      Await.on(context, () -> Returns.prepare(context, node.sets.control(), "1/other", Map.of("demo", 80L)).compose(back -> Returns.finish(context, node.sets, back)));
      allotments.pass();
      assertInstanceOf(Decision.Later.class, Await.await(decided).get(0));
      Await.until("it is routed", () -> Await.on(there, () -> asking.handle(batch)).get(0) instanceof Decision.Next next && next.message().legs().get(0).amount() == 80);
    });
  }

  @Test
  void whileTheControlSetIsDownAMessageWaitsHoweverLongAndIsRoutedThen() {
    credit(80, 1_000);
    throughAGate((gate, there, asking) -> {
      List<Message> batch = List.of(node.message("demo", "+4915112345678"));
      gate.cut();
      for (int minute = 0; minute < 2; minute++) {
        assertInstanceOf(Decision.Later.class, Await.on(there, () -> asking.handle(batch)).get(0));
        node.clock.addAndGet(60_000);
      }
      gate.heal();
      Await.until("it is routed", () -> {
        Decision decision = Await.on(there, () -> asking.handle(batch)).get(0);
        assertTrue(!(decision instanceof Decision.Refuse), () -> "refused: " + decision);
        return decision instanceof Decision.Next;
      });
    });
  }

  /** A test of a worker whose commands it may stop. */
  private interface Gated {
    void run(Gate gate, Context there, BillingHandler asking);
  }

  private void throughAGate(Gated test) {
    try (Gate gate = new Gate(); TestNode gated = node.another(gate)) {
      Context there = gated.vertx.getOrCreateContext();
      BillingHandler asking = new BillingHandler();
      Await.on(there, () -> asking.start(new Surroundings(gated.node, 0, gated.node.queue(0).openSlot("worker"), new JsonObject())));
      test.run(gate, there, asking);
      Await.on(there, asking::stop);
    }
  }

  private void otherSlotDraws() {
    otherSlotDraws(80);
  }

  private void otherSlotDraws(long amount) {
    Await.on(context, () -> otherSlotBeginsToDraw(amount).compose(draw -> draw.finish(context, node.sets)));
  }

  private Future<Draw> otherSlotBeginsToDraw(long amount) {
    return Allotments.open(context, node.sets.control(), "1/other")
      .compose(v -> Draw.prepare(context, node.sets.control(), "demo", 0, 0, "1/other", new Draw.Wish(amount, amount, amount)));
  }

  @Test
  void whatWasNotCommittedIsReservedOnceWhenItIsShownAgain() {
    credit(80, 1_000);
    Message message = node.message("demo", "+4915112345678");
    legs(decide(message).get(0));
    Await.on(context, () -> {
      handler.undone(message);
      handler.undone(message);
      return Future.succeededFuture();
    });
    legs(decide(message).get(0));
    legs(decide(message).get(0));
  }

  @Test
  void whatWasCommittedIsNotGivenBackWhenTheMessageIsRoutedAnew() {
    credit(160, 1_000);
    Message first = node.message("demo", "+4915112345678");
    List<Leg> legs = legs(decide(first).get(0));
    Await.on(context, () -> {
      Step step = new Step();
      legs.forEach(leg -> step.money(leg.account(), -leg.amount()));
      return slot.commit(step);
    });
    legs(decide(first.next()).get(0));
    assertTrue(decide(node.message("demo", "+4915112345678")).get(0) instanceof Decision.Refuse);
    Await.on(context, () -> slot.commit(new Step().money("demo", 80).money("reseller", 50)));
  }
}
