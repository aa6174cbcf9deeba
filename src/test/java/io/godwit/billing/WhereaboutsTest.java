package io.godwit.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.queue.Slot;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of several accounts' money at once, while some of it moves. */
class WhereaboutsTest {
  private static final long CREDIT = 1_000;
  private static final List<String> ACCOUNTS = List.of("demo", "other", "third", "fourth");
  private TestNode node;
  private Context context;
  private String allotment;
  private Gate gate;
  private TestNode asking;

  @BeforeEach
  void toppedUpAccountsAndASlotInTheSecondSet() {
    node = TestNode.start(2);
    context = node.vertx.getOrCreateContext();
    Ledger ledger = new Ledger(node.sets, new Pricing(node.directory));
    node.await(ledger::open);
    for (String account : ACCOUNTS) {
      node.put("account", account, new JsonObject());
      node.await(() -> ledger.topUp("to-" + account, account, CREDIT, "test"));
    }
    Slot slot = node.await(() -> Future.succeededFuture(node.node.queue(1).openSlot("worker.0")));
    allotment = slot.allotment();
    node.await(() -> Allotments.open(context, node.sets.get(1), allotment));
    gate = new Gate();
    asking = node.another(gate);
  }

  @AfterEach
  void theBooksAreInOrder() {
    assertEquals(List.of(), Money.off(node));
    asking.close();
    gate.close();
    node.close();
  }

  private Draw prepared(String account) {
    return node.await(() -> Draw.prepare(context, node.sets.control(), account, 0, 1, allotment, new Draw.Wish(100, 100, 100)));
  }

  private void draw(String account) {
    Draw draw = prepared(account);
    node.await(() -> draw.finish(context, node.sets));
  }

  private void sendHome(String account) {
    node.await(() -> Returns.prepare(context, node.sets.get(1), allotment, Map.of(account, 100L)).compose(back -> Returns.finish(context, node.sets, back)));
  }

  private Future<List<Ledger.Balance>> asked() {
    Ledger ledger = new Ledger(asking.sets, new Pricing(asking.directory));
    return asking.begin(() -> ledger.balances(ACCOUNTS)
      .compose(found -> Future.all(List.copyOf(found.values())).map(all -> ACCOUNTS.stream().map(account -> found.get(account).result()).toList())));
  }

  private List<Ledger.Balance> balances() {
    return Await.await(asked());
  }

  private static Ledger.Balance balance(String account, long free, long allotted, long inTransfer) {
    return new Ledger.Balance(account, "EUR", free, allotted, inTransfer);
  }

  private static Ledger.Balance untouched(String account) {
    return balance(account, CREDIT, 0, 0);
  }

  private static List<Ledger.Balance> demoHas(Ledger.Balance demo) {
    return List.of(demo, untouched("other"), untouched("third"), untouched("fourth"));
  }

  @Test
  void eachIsToldWhereItsMoneyIs() {
    draw("demo");
    assertEquals(demoHas(balance("demo", CREDIT - 100, 100, 0)), balances());
    prepared("demo");
    assertEquals(demoHas(balance("demo", CREDIT - 200, 100, 100)), balances());
    assertEquals(4, gate.seen("find", "balances"), "two for all of them, each time");
    assertEquals(4, gate.seen("find", "allotments"), "one of each set");
  }

  @Test
  void whatComesHomeWhileAllAreLookedAtIsCountedOnce() {
    List<String> moving = ACCOUNTS.subList(0, 2);
    moving.forEach(this::draw);
    Gate.Stop allotments = gate.before("find", "allotments");
    Future<List<Ledger.Balance>> asked = asked();
    allotments.reached();
    Gate.Stop after = gate.before("find", "balances");
    allotments.pass();
    after.reached();
    moving.forEach(this::sendHome);
    after.pass();
    assertEquals(demoHas(untouched("demo")), Await.await(asked));
    assertEquals(4, gate.seen("find", "balances"), "both are looked at again together");
  }

  @Test
  void theLastOfWhichMoneyMovesIsAskedForAlone() {
    draw("demo");
    Gate.Stop allotments = gate.before("find", "allotments");
    Future<List<Ledger.Balance>> asked = asked();
    allotments.reached();
    Gate.Stop after = gate.before("find", "balances");
    allotments.pass();
    after.reached();
    sendHome("demo");
    after.pass();
    assertEquals(demoHas(untouched("demo")), Await.await(asked));
  }

  @Test
  void aDrawThatArrivedInAnAllotmentThatIsDrainedByNowIsCountedOnce() {
    Draw draw = prepared("demo");
    node.await(() -> draw.apply(context, node.sets));
    node.await(() -> Allotments.close(context, node.sets.get(1), allotment));
    node.await(() -> Drain.of(context, node.sets, node.sets.get(1), allotment));
    assertEquals(demoHas(untouched("demo")), balances(), "it came home and is still open");
    assertEquals(Draw.Outcome.APPLIED, node.await(() -> draw.finish(context, node.sets)));
    assertEquals(demoHas(untouched("demo")), balances());
  }

  @Test
  void whatIsDrainedIsNotReadForBalancesOfWhichNothingIsUnderWayToIt() {
    long few = bytesRead();
    List<Document> drained = IntStream.range(0, 300).mapToObj(i -> new Document("_id", "7/gone-" + i).append("inc", 7).append("open", false).append("seq", 0L).append("a", new Document())
      .append("in", new Document("demo", 1L)).append("home", new Document()).append("closedAt", new Date(node.clock.get())).append("drained", true)).toList();
    Await.first(Allotments.in(node.sets.get(1)).insertMany(drained));
    long many = bytesRead();
    assertTrue(many < few + 1_000, () -> few + " bytes were read before, " + many + " after");
  }

  private long bytesRead() {
    long before = gate.answered("find", "allotments");
    assertEquals(demoHas(untouched("demo")), balances());
    return gate.answered("find", "allotments") - before;
  }
}
