package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.godwit.accounts.Alerts;
import io.godwit.billing.Books;
import io.godwit.billing.Ledger;
import io.godwit.billing.Pricing;
import io.godwit.billing.Purse;
import io.godwit.management.ManagementDoor.Answer;
import io.godwit.queue.Slot;
import io.godwit.store.Duty;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Top-ups and transfers by API, on a real replica set; after each test the books balance. */
class CreditTest {
  private final ManagementDoor door = new ManagementDoor();

  @AfterEach
  void theBooksBalance() {
    try {
      List<String> off = new ArrayList<>();
      Books books = door.node.await(() -> Books.read(door.node.vertx.getOrCreateContext(), door.node.sets.all()));
      books.unbalanced((account, how) -> off.add(account + ": " + how));
      books.overdrawn((account, how) -> off.add(account + ": " + how));
      assertEquals(List.of(), off);
    } finally {
      door.close();
    }
  }

  private static JsonObject entry(String id, Object amount) {
    return new JsonObject().put("id", id).put("amount", amount);
  }

  private Answer topUp(String account, String id, Object amount) {
    return door.post("operator", "/v1/accounts/" + account + "/top-ups", entry(id, amount));
  }

  private Answer transfer(String key, String from, String to, String id, Object amount) {
    return door.post(key, "/v1/accounts/" + from + "/transfers", entry(id, amount).put("to", to));
  }

  private String balance(String account) {
    return door.get("operator", "/v1/accounts/" + account + "/balance").json().getString("balance");
  }

  private static String said(Answer answer) {
    return answer.status() + " " + answer.code();
  }

  @Test
  void aTopUpIsMadeOnceAKey() {
    Answer first = topUp("reseller", "2026-11", "100.50");
    assertEquals(201, first.status(), first::said);
    Answer again = topUp("reseller", "2026-11", 100.5);
    assertEquals(201, again.status());
    assertEquals(first.json(), again.json());
    assertEquals("100.5", balance("reseller"));
    assertEquals("409 idempotency-conflict", said(topUp("reseller", "2026-11", "100.51")));
    assertEquals("409 idempotency-conflict", said(topUp("rival", "2026-11", "100.5")));
    Answer header = door.post("operator", "/v1/accounts/rival/top-ups", new JsonObject().put("amount", 1).put("note", "by wire"), "Idempotency-Key", "2026-12");
    assertEquals("by wire", header.json().getString("note"));
    assertEquals("operator/operator", header.json().getString("by"));
  }

  @Test
  void whatIsNoTopUpIsRefused() {
    assertEquals("403 own-account", said(door.post("demo", "/v1/accounts/demo/top-ups", entry("a", 1))));
    assertEquals("403 own-account", said(door.post("reseller", "/v1/accounts/reseller/top-ups", entry("a", 1))));
    assertEquals(404, door.post("reseller", "/v1/accounts/rival/top-ups", entry("a", 1)).status());
    assertEquals("400 missing-field", said(door.post("operator", "/v1/accounts/demo/top-ups", new JsonObject().put("amount", 1))));
    for (Object wrong : new Object[] {0, -1, "1,5", "0.0000001", true, 1e12}) assertEquals("400 invalid-field", said(topUp("demo", "a", wrong)), String.valueOf(wrong));
    assertEquals(404, topUp("nobody", "a", 1).status());
    assertEquals("0", balance("demo"));
  }

  @Test
  void aSellerGivesCreditFromOutsideInTheBuyersCurrencyAndItIsNotHisOwn() {
    door.post("reseller", "/v1/accounts", new JsonObject().put("id", "dollars").put("currency", "USD"));
    for (String account : List.of("demo", "dollars")) {
      Answer made = door.post("reseller", "/v1/accounts/" + account + "/top-ups", entry("to-" + account, "12.50"));
      assertEquals(201, made.status(), made::said);
      assertEquals("reseller/reseller", made.json().getString("by"));
    }
    assertEquals("EUR 12.5, USD 12.5", money("demo") + ", " + money("dollars"));
    assertEquals("0", balance("reseller"));
  }

  private String money(String account) {
    JsonObject balance = door.get("reseller", "/v1/accounts/" + account + "/balance").json();
    return balance.getString("currency") + " " + balance.getString("balance");
  }

  @Test
  void nobodyMakesCreditOfHisOwnFromWhatHeGivesOthersOutOfNothing() {
    topUp("reseller", "start", 10);
    transfer("reseller", "reseller", "demo", "given", 10);
    door.post("reseller", "/v1/accounts/demo/top-ups", entry("from-outside", 100));
    door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("creditMode", "POSTPAID").put("creditLimit", 50));
    assertEquals("409 no-credit", said(transfer("reseller", "demo", "reseller", "more", "10.01")));
    assertEquals(201, transfer("reseller", "demo", "reseller", "some", 4).status());
    assertEquals("409 no-credit", said(transfer("reseller", "demo", "reseller", "much", "6.01")));
    assertEquals(201, transfer("reseller", "demo", "reseller", "rest", 6).status());
    assertEquals(201, transfer("reseller", "demo", "reseller", "rest", 6).status(), "once");
    assertEquals("10 100", balance("reseller") + " " + balance("demo"));
    assertEquals(201, transfer("operator", "demo", "reseller", "his", 5).status(), "the operator moves what he likes");
    assertEquals("15 95", balance("reseller") + " " + balance("demo"));
  }

  @Test
  void whatWasGivenIsTakenBackOnceHoweverManyTryAtTheSameTime() {
    topUp("reseller", "start", 10);
    transfer("reseller", "reseller", "demo", "given", 10);
    door.post("reseller", "/v1/accounts/demo/top-ups", entry("from-outside", 100));
    try (ManagementDoor second = door.another()) {
      List<CompletableFuture<Answer>> taking = IntStream.range(0, 8)
        .mapToObj(i -> (i % 2 == 0 ? door : second).calling("POST", "reseller", "/v1/accounts/demo/transfers", entry("back" + i, 10).put("to", "reseller"))).toList();
      assertEquals(1, taking.stream().filter(one -> one.join().status() == 201).count());
      List<CompletableFuture<Answer>> one = IntStream.range(0, 4)
        .mapToObj(i -> (i % 2 == 0 ? door : second).calling("POST", "reseller", "/v1/accounts/reseller/transfers", entry("given again", 10).put("to", "demo"))).toList();
      one.forEach(each -> assertEquals(201, each.join().status()));
      List<CompletableFuture<Answer>> same = IntStream.range(0, 4)
        .mapToObj(i -> (i % 2 == 0 ? door : second).calling("POST", "reseller", "/v1/accounts/demo/transfers", entry("back again", 10).put("to", "reseller"))).toList();
      same.forEach(each -> assertEquals(201, each.join().status(), () -> each.join().said()));
    }
    assertEquals("10 100", balance("reseller") + " " + balance("demo"));
  }

  @Test
  void theSameTopUpAskedForByManyIsMadeOnce() {
    try (ManagementDoor second = door.another()) {
      List<CompletableFuture<Answer>> asking = IntStream.range(0, 20).mapToObj(i -> (i % 2 == 0 ? door : second).calling("POST", "operator", "/v1/accounts/demo/top-ups", entry("once", 7))).toList();
      asking.forEach(one -> assertEquals(201, one.join().status()));
    }
    assertEquals("7", balance("demo"));
  }

  @Test
  void creditGoesFromSellerToBuyerAndBack() {
    topUp("reseller", "start", 100);
    assertEquals(201, transfer("reseller", "reseller", "demo", "t1", 30).status());
    assertEquals(201, transfer("reseller", "reseller", "demo", "t1", 30).status(), "once");
    assertEquals("70 30", balance("reseller") + " " + balance("demo"));
    assertEquals(201, transfer("reseller", "demo", "reseller", "t2", "5.25").status());
    assertEquals("75.25 24.75", balance("reseller") + " " + balance("demo"));
    assertEquals("409 no-credit", said(transfer("reseller", "demo", "reseller", "t3", 25)));
    assertEquals("409 idempotency-conflict", said(transfer("reseller", "reseller", "demo", "t1", 31)));
  }

  @Test
  void aPostpaidSellerMayGiveWhatItMayOwe() {
    door.change("PATCH", "operator", "/v1/accounts/reseller", new JsonObject().put("creditMode", "POSTPAID").put("creditLimit", 50));
    assertEquals(201, transfer("reseller", "reseller", "demo", "a", 50).status());
    assertEquals("409 no-credit", said(transfer("reseller", "reseller", "demo", "b", 1)));
    assertEquals("-50", balance("reseller"));
    assertEquals("0", door.get("reseller", "/v1/accounts/reseller/balance").json().getString("available"));
  }

  @Test
  void creditMovesOnlyWhereTheCallerSeesBothEnds() {
    topUp("reseller", "start", 100);
    assertEquals("400 invalid-field", said(transfer("reseller", "reseller", "rival", "a", 1)));
    assertEquals("400 invalid-field", said(transfer("reseller", "reseller", "operator", "a", 1)));
    assertEquals("400 invalid-field", said(transfer("reseller", "demo", "other", "a", 1)), "neither buys from the other");
    assertEquals(404, transfer("reseller", "rival", "reseller", "a", 1).status());
    assertEquals("400 invalid-field", said(transfer("demo", "demo", "reseller", "a", 1)), "a customer does not see whom he buys from");
    door.post("reseller", "/v1/accounts", new JsonObject().put("id", "dollars").put("currency", "USD"));
    assertEquals("409 other-currency", said(transfer("reseller", "reseller", "dollars", "a", 1)));
  }

  @Test
  void transfersAtTheSameTimeNeverGiveMoreThanThereIs() {
    topUp("reseller", "start", 100);
    try (ManagementDoor second = door.another()) {
      List<CompletableFuture<Answer>> giving = IntStream.range(0, 16)
        .mapToObj(i -> (i % 2 == 0 ? door : second).calling("POST", "reseller", "/v1/accounts/reseller/transfers", entry("t" + i, 10).put("to", i % 3 == 0 ? "demo" : "other"))).toList();
      assertEquals(10, giving.stream().filter(one -> one.join().status() == 201).count());
    }
    assertEquals("0", balance("reseller"));
  }

  /** From now on nobody but the test looks at balances. */
  private void nobodyElseLooks() {
    Duty watch = door.node.await(() -> Future.succeededFuture(new Duty(door.node.vertx.getOrCreateContext(), door.node.sets.control(), "balance-watch")));
    assertTrue(door.node.await(() -> watch.take(0)));
  }

  private void look() {
    door.node.await(() -> {
      Ledger ledger = new Ledger(door.node.sets, new Pricing(door.node.directory));
      return new BalanceWatch(door.node.vertx.getOrCreateContext(), door.node.node, ledger, new Alerts(door.node.sets.control())).look();
    });
  }

  private List<String> warned() {
    return door.get("demo", "/v1/accounts/demo/alerts").items().stream().map(item -> (JsonObject) item).map(item -> item.getString("kind") + " " + item.getJsonObject("details").getString("balance")).toList();
  }

  @Test
  void aBalanceThatFallsBelowItsMarkIsWarnedOfOnceAFall() {
    nobodyElseLooks();
    topUp("reseller", "start", 100);
    transfer("reseller", "reseller", "demo", "t1", 10);
    door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("lowBalance", 5));
    look();
    assertEquals(List.of(), warned());
    transfer("reseller", "demo", "reseller", "t2", 6);
    look();
    look();
    assertEquals(List.of("LOW_BALANCE 4"), warned());
    transfer("reseller", "reseller", "demo", "t3", 1);
    look();
    door.node.clock.addAndGet(1_000);
    transfer("reseller", "demo", "reseller", "t4", 2);
    look();
    assertEquals(List.of("LOW_BALANCE 3", "LOW_BALANCE 4"), warned());
  }

  @Test
  void aPostpaidAccountIsWarnedBeforeItsLimit() {
    nobodyElseLooks();
    door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("creditMode", "POSTPAID").put("creditLimit", 50).put("lowBalance", 10));
    transfer("operator", "demo", "reseller", "t1", 39);
    look();
    assertEquals(List.of(), warned());
    transfer("operator", "demo", "reseller", "t2", 2);
    look();
    look();
    assertEquals(List.of("LOW_BALANCE -41"), warned());
    assertEquals("9", door.get("demo", "/v1/accounts/demo/alerts").items().getJsonObject(0).getJsonObject("details").getString("available"));
  }

  private void store(String collection, String account, Bson change) {
    Context context = door.node.vertx.getOrCreateContext();
    Await.on(context, () -> Mongo.first(context, door.node.sets.control().db().getCollection(collection).updateOne(Filters.eq("_id", account), change)));
  }

  @Test
  void aBalanceThatCannotBeReadSilencesNobodyElse() {
    nobodyElseLooks();
    topUp("reseller", "start", 100);
    for (String account : List.of("demo", "other")) {
      transfer("reseller", "reseller", account, "to-" + account, 1);
      door.change("PATCH", "reseller", "/v1/accounts/" + account, new JsonObject().put("lowBalance", 5));
    }
    for (String spoilt : List.of("demo", "other")) {
      String whole = spoilt.equals("demo") ? "other" : "demo";
      store("balances", spoilt, Updates.rename("free", "lost"));
      assertThrows(RuntimeException.class, this::look);
      assertEquals(1, door.get("operator", "/v1/accounts/" + whole + "/alerts").items().size(), whole + " is warned, whoever is looked at first");
      store("balances", spoilt, Updates.rename("lost", "free"));
      for (String forgotten : List.of("alerts", BalanceWatch.COLLECTION)) {
        door.node.await(() -> Mongo.first(door.node.vertx.getOrCreateContext(), door.node.sets.control().db().getCollection(forgotten).deleteMany(Filters.empty())));
      }
    }
  }

  @Test
  void creditThatASlotHoldsAndDoesNotNeedIsWaitedFor() {
    topUp("reseller", "start", 100);
    Slot slot = door.node.await(() -> Future.succeededFuture(door.node.node.queue(0).openSlot("holder")));
    Purse purse = door.node.await(() -> Purse.open(door.node.node, 0, slot));
    door.node.await(() -> purse.draw("reseller", 60_000_000, 60_000_000));
    Answer balance = door.get("reseller", "/v1/accounts/reseller/balance");
    assertEquals("100", balance.json().getString("balance"));
    assertEquals(201, transfer("reseller", "reseller", "demo", "all", 100).status());
    door.node.await(purse::close);
    door.node.await(() -> {
      slot.close();
      return Future.succeededFuture();
    });
    assertEquals("100", balance("demo"));
  }
}
