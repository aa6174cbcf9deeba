package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.PasswordHash;
import io.godwit.management.ManagementDoor.Answer;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Accounts, keys, logins and what is told of their changes, by API, on a real replica set. */
class ManagementTest {
  /** A second is promised; so much more may a busy machine take, which is still less than anything but the regular look would need. */
  private static final Duration IN_FORCE = Duration.ofSeconds(1 + 9);

  private final ManagementDoor door = new ManagementDoor();

  @AfterEach
  void close() {
    door.close();
  }

  private static JsonObject customer(String id) {
    return new JsonObject().put("id", id).put("name", "Customer " + id);
  }

  private static List<String> ids(Answer answer) {
    return answer.items().stream().map(item -> ((JsonObject) item).getString("id")).toList();
  }

  // ---- accounts

  @Test
  void aCustomerIsSignedUpChangedAndClosed() {
    Answer made = door.post("reseller", "/v1/accounts", customer("shop").put("creditMode", "postpaid").put("creditLimit", "50").put("limits", new JsonObject().put("segmentsPerDay", 10)));
    assertEquals(201, made.status(), made::said);
    assertEquals("reseller", made.json().getString("parent"));
    assertEquals(made.json(), door.get("reseller", "/v1/accounts/shop").json());

    Answer patched = door.call("PATCH", "reseller", "/v1/accounts/shop", new JsonObject().put("sender", "Shop").put("limits", new JsonObject().put("spendPerDay", 5)), "If-Match", made.etag());
    assertEquals(200, patched.status(), patched::said);
    assertEquals(10, patched.json().getJsonObject("limits").getInteger("segmentsPerDay"), "what is not named stays");
    assertEquals("5", patched.json().getJsonObject("limits").getString("spendPerDay"));
    Answer replaced = door.call("PUT", "reseller", "/v1/accounts/shop", new JsonObject().put("name", "Shop"), "If-Match", patched.etag());
    assertEquals("Shop", replaced.json().getString("name"));
    assertNull(replaced.json().getString("sender"), "what is not named is as it is by default");
    assertEquals("PREPAID", replaced.json().getString("creditMode"));

    Answer closed = door.call("DELETE", "reseller", "/v1/accounts/shop", null, "If-Match", replaced.etag());
    assertEquals("200 CLOSED", closed.status() + " " + closed.json().getString("status"));
    assertEquals(List.of("demo", "other", "reseller", "shop"), ids(door.get("reseller", "/v1/accounts")));
    assertEquals(List.of("shop"), ids(door.get("reseller", "/v1/accounts?status=CLOSED")));
    assertEquals(List.of("demo", "other", "shop"), ids(door.get("reseller", "/v1/accounts/reseller/children")));
    Answer page = door.get("reseller", "/v1/accounts?limit=3");
    assertEquals(List.of("shop"), ids(door.get("reseller", "/v1/accounts?limit=3&after=" + page.json().getString("next"))));
    Answer children = door.get("reseller", "/v1/accounts/reseller/children?limit=2");
    assertEquals(List.of("demo", "other"), ids(children));
    assertEquals(List.of("shop"), ids(door.get("reseller", "/v1/accounts/reseller/children?limit=2&after=" + children.json().getString("next"))));
    assertEquals("400 invalid-parameter", said(door.get("reseller", "/v1/accounts/reseller/children?limit=0")));
  }

  @Test
  void aChangeThatDoesNotKnowTheLatestVersionIsRefused() {
    assertEquals("428 if-match-missing", said(door.call("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("name", "x"))));
    assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("name", "x")).status());
    assertEquals("412 stale", said(door.call("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("name", "y"), "If-Match", "\"1\"")));
    assertEquals("412 stale", said(door.call("DELETE", "reseller", "/v1/accounts/demo", null, "If-Match", "\"1\"")));
    assertEquals("x", door.get("reseller", "/v1/accounts/demo").json().getString("name"));
  }

  private static String said(Answer answer) {
    return answer.status() + " " + answer.code();
  }

  @Test
  void whatIsNotBelowTheCallerIsNotThereForHim() {
    for (String path : List.of("rival", "operator", "nobody")) {
      for (String of : List.of("", "/children", "/keys", "/smpp-logins", "/changes", "/alerts")) assertEquals(404, door.get("reseller", "/v1/accounts/" + path + of).status(), path + of);
      assertEquals(404, door.call("PATCH", "reseller", "/v1/accounts/" + path, new JsonObject().put("name", "x"), "If-Match", "*").status());
      assertEquals(404, door.call("DELETE", "reseller", "/v1/accounts/" + path, null, "If-Match", "*").status());
      assertEquals(404, door.post("reseller", "/v1/accounts/" + path + "/keys", new JsonObject()).status());
      assertEquals(door.get("reseller", "/v1/accounts/nobody").raw().body(), door.get("reseller", "/v1/accounts/" + path).raw().body());
    }
    assertEquals("400 invalid-field", said(door.post("reseller", "/v1/accounts", customer("x").put("parent", "rival"))));
    assertEquals(404, door.call("DELETE", "reseller", "/v1/accounts/demo/keys/rival", null, "If-Match", "*").status());
  }

  @Test
  void nobodyChangesWhatIsSaidOfHimself() {
    assertEquals("403 own-account", said(door.change("PATCH", "reseller", "/v1/accounts/reseller", new JsonObject().put("creditMode", "POSTPAID").put("creditLimit", 1_000_000))));
    assertEquals(201, door.post("reseller", "/v1/accounts/reseller/keys", new JsonObject()).status(), "keys are his own affair");
    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/operator", new JsonObject().put("name", "The operator")).status());
    assertEquals("400 invalid-field", said(door.change("PATCH", "operator", "/v1/accounts/operator", new JsonObject().put("parent", "rival"))));
    assertEquals("400 invalid-field", said(door.change("DELETE", "operator", "/v1/accounts/operator", null)));
  }

  @Test
  void theTreeHasNoCircleAndIsEightDeepAtMost() {
    String above = "reseller";
    for (int depth = 3; depth <= 8; depth++) {
      assertEquals(201, door.post("reseller", "/v1/accounts", customer("a" + depth).put("parent", above)).status());
      above = "a" + depth;
    }
    assertEquals("409 too-deep", said(door.post("reseller", "/v1/accounts", customer("a9").put("parent", "a8"))));
    assertEquals("409 circle", said(door.change("PATCH", "reseller", "/v1/accounts/a4", new JsonObject().put("parent", "a6"))));
    assertEquals("409 circle", said(door.change("PATCH", "reseller", "/v1/accounts/a4", new JsonObject().put("parent", "a4"))));
    assertEquals("409 too-deep", said(door.change("PATCH", "reseller", "/v1/accounts/a3", new JsonObject().put("parent", "demo"))));
    assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/a8", new JsonObject().put("parent", "demo")).status());
    assertEquals("409 open-children", said(door.change("DELETE", "reseller", "/v1/accounts/demo", null)));
    assertEquals("409 id-taken", said(door.post("rival", "/v1/accounts", customer("demo"))));
  }

  @Test
  void movesAtTheSameTimeOnTwoNodesNeverMakeACircle() {
    try (ManagementDoor second = door.another()) {
      for (int round = 0; round < 10; round++) {
        JsonObject home = new JsonObject().put("parent", "reseller");
        door.call("PATCH", "reseller", "/v1/accounts/demo", home, "If-Match", "*");
        door.call("PATCH", "reseller", "/v1/accounts/other", home, "If-Match", "*");
        CompletableFuture<Answer> one = door.calling("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("parent", "other"), "If-Match", "*");
        CompletableFuture<Answer> two = second.calling("PATCH", "reseller", "/v1/accounts/other", new JsonObject().put("parent", "demo"), "If-Match", "*");
        assertEquals(List.of(200, 409), IntStream.of(one.join().status(), two.join().status()).sorted().boxed().toList());
        AccountTree.of(door.node.directory.entries(Account.KIND));
      }
    }
  }

  @Test
  void manyChangesAtTheSameTimeAreAllMadeOnce() {
    try (ManagementDoor second = door.another()) {
      List<CompletableFuture<Answer>> making = IntStream.range(0, 12).mapToObj(i -> (i % 2 == 0 ? door : second).calling("POST", "reseller", "/v1/accounts", customer("c" + i % 6))).toList();
      List<Integer> statuses = making.stream().map(one -> one.join().status()).sorted().toList();
      assertEquals(List.of(201, 201, 201, 201, 201, 201, 409, 409, 409, 409, 409, 409), statuses);
      assertEquals(6, door.find("changes").size());
    }
  }

  @Test
  void everythingWrongInABodyIsToldAtOnce() {
    Answer answer = door.post("reseller", "/v1/accounts", customer("x").put("status", "GONE").put("colour", "red").put("limits", new JsonObject().put("alertAt", 200)));
    assertEquals(400, answer.status());
    List<String> paths = answer.json().getJsonArray("errors").stream().map(error -> ((JsonObject) error).getString("path")).sorted().toList();
    assertEquals(List.of("/colour", "/limits/alertAt", "/status"), paths);
    assertEquals("400 malformed-json", said(door.call("PUT", "reseller", "/v1/accounts/demo", null, "If-Match", "*")));
  }

  @Test
  void aChangeIsInForceOnAnotherNodeWithinASecond() {
    try (ManagementDoor second = door.another()) {
      assertEquals(202, second.send("demo").status());
      assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("status", "CLOSED")).status());
      Instant committed = Instant.now();
      Await.until("the other node knows", () -> second.send("demo").status() == 401);
      Duration took = Duration.between(committed, Instant.now());
      assertTrue(took.compareTo(IN_FORCE) <= 0, took::toString);
      String key = door.post("operator", "/v1/accounts/rival/keys", new JsonObject()).json().getString("key");
      Instant made = Instant.now();
      Await.until("the other node knows the key", () -> second.get(key, "/v1/account").status() == 200);
      assertTrue(Duration.between(made, Instant.now()).compareTo(IN_FORCE) <= 0);
      assertEquals("CLOSED", second.get("operator", "/v1/accounts/demo").json().getString("status"));
    }
  }

  @Test
  void withoutTheControlSetOneMayAskAndChangeNothing() {
    try (Gate gate = new Gate(); ManagementDoor cut = door.another(gate)) {
      gate.cut();
      assertEquals(200, cut.get("reseller", "/v1/accounts/demo").status());
      Await.until("the outage is known", () -> !cut.node.sets.control().isTrusted());
      assertEquals("503 store-unavailable", said(cut.call("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("name", "x"), "If-Match", "*")));
      assertEquals(List.of("demo", "other"), ids(cut.get("reseller", "/v1/accounts/reseller/children")));
      gate.heal();
      Await.until("it is back", () -> cut.call("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("name", "x"), "If-Match", "*").status() == 200);
    }
  }

  @Test
  void aVersionNeverComesAgainThoughItsEntryDoes() {
    Answer first = door.post("reseller", "/v1/accounts/demo/smpp-logins", new JsonObject().put("systemId", "shop1"));
    String path = "/v1/accounts/demo/smpp-logins/shop1";
    assertEquals(first.etag(), door.get("reseller", path).etag());
    assertEquals(200, door.call("DELETE", "reseller", path, null, "If-Match", first.etag()).status());
    Answer second = door.post("reseller", "/v1/accounts/demo/smpp-logins", new JsonObject().put("systemId", "shop1"));
    assertEquals(second.etag(), door.get("reseller", path).etag());
    assertEquals("412 stale", said(door.call("PUT", "reseller", path, new JsonObject().put("replies", false), "If-Match", first.etag())));
    Answer changed = door.call("PUT", "reseller", path, new JsonObject().put("replies", false), "If-Match", second.etag());
    assertEquals("200 " + changed.etag(), changed.status() + " " + door.get("reseller", path).etag());
  }

  @Test
  void aPaperIsForATimeThatComesBeforeTheEndOfTheWorld() {
    String papers = "/v1/accounts/demo/";
    for (String path : List.of("statement?from=%2B999999999-12-31", "statement?to=%2B999999999-12-31", "statement?from=-0001-01-01&to=-0001-01-02", "usage?month=%2B999999999-12")) {
      assertEquals("400 invalid-parameter", said(door.get("demo", papers + path)), path);
    }
  }

  // ---- keys

  @Test
  void aKeyIsToldOnceAndStoredAsItsHash() {
    Answer made = door.post("reseller", "/v1/accounts/demo/keys", new JsonObject().put("name", "shop").put("scopes", new JsonArray().add("SEND")));
    String key = made.json().getString("key");
    assertEquals(202, door.send(key).status());
    Answer shown = door.get("reseller", "/v1/accounts/demo/keys/" + made.json().getString("id"));
    assertFalse(shown.raw().body().contains(key));
    assertFalse(shown.json().containsKey("hash"));
    assertNotNull(shown.json().getString("lastUsedAt"));
    assertFalse(door.find("directory").toString().contains(key));
    assertFalse(door.find("changes").toString().contains("hash"));
    assertEquals(List.of(2), List.of(door.get("demo", "/v1/accounts/demo/keys").items().size()));
  }

  @Test
  void aKeyIsGoodForItsScopesOnly() {
    String send = key(new JsonArray().add("SEND"));
    String read = key(new JsonArray().add("READ"));
    String manage = key(new JsonArray().add("MANAGE"));
    String id = door.send(send).json().getString("id");
    assertEquals("403 scope-missing", said(door.get(send, "/v1/messages/" + id)));
    assertEquals("403 scope-missing", said(door.get(send, "/v1/accounts")));
    assertEquals(200, door.get(read, "/v1/messages/" + id).status());
    assertEquals("403 scope-missing", said(door.send(read)));
    assertEquals("403 scope-missing", said(door.post(read, "/v1/accounts", customer("x"))));
    assertEquals(200, door.get(manage, "/v1/accounts").status());
    assertEquals("403 scope-missing", said(door.send(manage)));
    assertEquals(201, door.post(manage, "/v1/accounts", customer("x")).status());
    assertEquals(202, door.send("demo").status(), "a key of earlier releases, which has no scopes, is good for everything");
    assertEquals("400 invalid-field", said(door.post("demo", "/v1/accounts/demo/keys", new JsonObject().put("scopes", new JsonArray()))));
  }

  @Test
  void whatAPathMeansSaysWhichScopeItNeedsAndNotHowItIsWritten() {
    String send = key(new JsonArray().add("SEND"));
    String manage = key(new JsonArray().add("MANAGE"));
    for (String path : List.of("/v1/messages/../accounts/demo/keys", "/v1/messages/%2e%2e/accounts/demo/keys", "/v1/batches/.%2E/accounts/demo/keys", "/v1/messagesx")) {
      assertEquals("403 scope-missing", said(door.post(send, path, new JsonObject())), path);
    }
    for (String path : List.of("/v1/rates/../messages", "/v1/rates/%2e%2e/messages", "/v1/ratesx")) assertEquals("403 scope-missing", said(door.get(manage, path)), path);
    assertEquals(202, door.post(send, "/v1/accounts/%2e%2e/messages", new JsonObject().put("to", "+447700900123").put("text", "Hello").put("from", "Godwit")).status());
    assertEquals(200, door.get(manage, "/v1/messages/../accounts").status());
  }

  private String key(JsonArray scopes) {
    return door.post("demo", "/v1/accounts/demo/keys", new JsonObject().put("scopes", scopes)).json().getString("key");
  }

  @Test
  void keysAreRotatedWithOverlap() {
    String old = door.post("demo", "/v1/accounts/demo/keys", new JsonObject()).json().getString("key");
    String id = door.get(old, "/v1/accounts/demo/keys").items().stream().map(item -> (JsonObject) item).filter(item -> item.getString("id").startsWith("k")).findFirst().orElseThrow().getString("id");
    String next = door.post(old, "/v1/accounts/demo/keys", new JsonObject().put("expiresAt", Instant.ofEpochMilli(door.node.clock.get()).plusSeconds(3600).toString())).json().getString("key");
    assertEquals(200, door.get(old, "/v1/account").status());
    assertEquals(200, door.get(next, "/v1/account").status());
    assertEquals("409 own-key", said(door.change("DELETE", old, "/v1/accounts/demo/keys/" + id, null)));
    assertEquals(200, door.change("DELETE", next, "/v1/accounts/demo/keys/" + id, null).status());
    assertEquals(401, door.get(old, "/v1/account").status());
    door.node.put("key", "short", new JsonObject().put("account", "demo").put("hash", io.godwit.accounts.ApiKey.hash("short")).put("expiresAt", "2020-01-01T00:00:00Z"));
    assertEquals(401, door.get("short", "/v1/account").status(), "an expired key");
    assertEquals("400 invalid-field", said(door.post("demo", "/v1/accounts/demo/keys", new JsonObject().put("expiresAt", "2020-01-01T00:00:00Z"))));
  }

  // ---- SMPP logins

  @Test
  void anSmppLoginIsMadeChangedAndRemoved() {
    Answer made = door.post("reseller", "/v1/accounts/demo/smpp-logins", new JsonObject().put("systemId", "shop1").put("addresses", new JsonArray().add("192.0.2.0/24")));
    assertEquals(201, made.status(), made::said);
    String password = made.json().getString("password");
    assertEquals(8, password.length());
    assertTrue(PasswordHash.matches(password, door.node.directory.entry("smpp", "shop1").getString("password")));
    Answer shown = door.get("demo", "/v1/accounts/demo/smpp-logins/shop1");
    assertFalse(shown.json().containsKey("password"));
    assertEquals("409 system-id-taken", said(door.post("rival", "/v1/accounts/rival/smpp-logins", new JsonObject().put("systemId", "shop1"))));
    assertEquals("400 invalid-field", said(door.post("demo", "/v1/accounts/demo/smpp-logins", new JsonObject().put("systemId", "x").put("addresses", new JsonArray().add("everywhere")))));
    assertEquals("400 invalid-field", said(door.post("demo", "/v1/accounts/demo/smpp-logins", new JsonObject().put("systemId", "x").put("password", "much too long"))));

    Answer same = door.change("PUT", "demo", "/v1/accounts/demo/smpp-logins/shop1", new JsonObject().put("replies", false));
    assertEquals(200, same.status(), same::said);
    assertTrue(PasswordHash.matches(password, door.node.directory.entry("smpp", "shop1").getString("password")), "a password that is not named stays");
    assertEquals(200, door.change("PUT", "demo", "/v1/accounts/demo/smpp-logins/shop1", new JsonObject().put("password", "another")).status());
    assertTrue(PasswordHash.matches("another", door.node.directory.entry("smpp", "shop1").getString("password")));
    assertEquals(200, door.change("DELETE", "demo", "/v1/accounts/demo/smpp-logins/shop1", null).status());
    assertNull(door.node.directory.entry("smpp", "shop1"));
  }

  @Test
  void aPasswordIsHashedOnceHoweverOftenItsChangeIsTried() {
    try (Gate gate = new Gate(); ManagementDoor second = door.another(gate)) {
      long before = LoginEndpoints.HASHED.get();
      Gate.Stop first = gate.before("insert", "changes");
      CompletableFuture<Answer> making = second.calling("POST", "reseller", "/v1/accounts/demo/smpp-logins", new JsonObject().put("systemId", "shop1"));
      first.reached();
      assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/other", new JsonObject().put("name", "Changed meanwhile")).status());
      first.pass();
      Answer made = making.join();
      assertEquals(201, made.status(), made::said);
      assertEquals(1, LoginEndpoints.HASHED.get() - before);
      assertEquals(2, gate.seen("insert", "changes"), "tried twice");
      assertTrue(PasswordHash.matches(made.json().getString("password"), second.node.directory.entry("smpp", "shop1").getString("password")), "the password that was told binds");
    }
  }

  // ---- who changed what

  @Test
  void everyChangeIsToldWithWhoAndWhatBeforeAndAfter() {
    door.post("reseller", "/v1/accounts", customer("shop"));
    door.change("PATCH", "reseller", "/v1/accounts/shop", new JsonObject().put("status", "BLOCKED"));
    door.post("operator", "/v1/accounts/shop/keys", new JsonObject());
    door.post("operator", "/v1/accounts/shop/smpp-logins", new JsonObject().put("systemId", "shop1"));
    door.call("PATCH", "reseller", "/v1/accounts/shop", new JsonObject().put("name", "x"), "If-Match", "\"1\"");   // refused: no change

    List<JsonObject> told = door.get("reseller", "/v1/accounts/shop/changes").items().stream().map(item -> (JsonObject) item).toList();
    assertEquals(List.of("smpp", "key", "account", "account"), told.stream().map(item -> item.getString("kind")).toList());
    JsonObject blocked = told.get(2);
    assertEquals(new JsonObject().put("account", "reseller").put("key", "reseller"), blocked.getJsonObject("by"));
    assertEquals("ACTIVE", blocked.getJsonObject("before").getString("status"));
    assertEquals("BLOCKED", blocked.getJsonObject("after").getString("status"));
    assertEquals(told.get(3).getInteger("version") + 1, blocked.getInteger("version"));
    assertNull(told.get(3).getJsonObject("before"));
    assertEquals("operator", told.get(1).getJsonObject("by").getString("account"));
    for (Document change : door.find("changes")) assertFalse(change.toJson().contains("\"password\"") || change.toJson().contains("\"hash\""), change::toJson);
    Answer page = door.get("reseller", "/v1/accounts/shop/changes?limit=3");
    assertEquals(1, door.get("reseller", "/v1/accounts/shop/changes?before=" + page.json().getString("next")).items().size());
  }

  // ---- what a seller may say of his customers

  private static List<String> errors(Answer answer) {
    return answer.json().getJsonArray("errors").stream().map(error -> ((JsonObject) error).getString("path")).sorted().toList();
  }

  @Test
  void nobodyGrantsLaxerTermsThanHeHasHimself() {
    JsonObject lax = new JsonObject().put("billOn", "DELIVERED").put("refundOnFailure", true);
    Answer refused = door.post("reseller", "/v1/accounts", customer("shop").mergeIn(lax));
    assertEquals("400 invalid-field", said(refused));
    assertEquals(List.of("/billOn", "/refundOnFailure"), errors(refused));
    assertEquals("refundOnFailure", door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("refundOnFailure", true)).json().getString("field"));
    assertEquals("billOn", door.change("PATCH", "operator", "/v1/accounts/demo", new JsonObject().put("billOn", "DELIVERED")).json().getString("field"));

    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/reseller", lax).status(), "what the operator agrees with those who buy from him is between the two");
    assertEquals(201, door.post("reseller", "/v1/accounts", customer("shop").mergeIn(lax)).status());
    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/reseller", new JsonObject().put("billOn", "SENT").put("refundOnFailure", false)).status());
    assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/shop", new JsonObject().put("name", "Shop")).status(), "what was granted before is no obstacle to other changes");
    assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/shop", new JsonObject().put("billOn", "SENT").put("refundOnFailure", false)).status());
    assertEquals("400 invalid-field", said(door.change("PATCH", "reseller", "/v1/accounts/shop", lax)));
  }

  @Test
  void nobodyMovesAnAccountWithLaxTermsBelowAStricterSeller() {
    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/reseller", new JsonObject().put("refundOnFailure", true)).status());
    assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("refundOnFailure", true)).status());
    assertEquals(List.of("/refundOnFailure"), errors(door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("parent", "other"))));
    assertEquals(List.of("/refundOnFailure"), errors(door.change("PATCH", "operator", "/v1/accounts/demo", new JsonObject().put("parent", "rival"))));
  }

  @Test
  void aShareAboveTheSellersOwnOnlyTheOperatorGives() {
    Answer refused = door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("share", 2));
    assertEquals("400 invalid-field share", said(refused) + " " + refused.json().getString("field"));
    assertEquals("share", door.post("reseller", "/v1/accounts", customer("shop").put("share", 1_000_000)).json().getString("field"));
    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/reseller", new JsonObject().put("share", 5)).status());
    assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("share", 5)).status());
    assertEquals("share", door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("share", 6)).json().getString("field"));
    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/demo", new JsonObject().put("share", 9)).status());
    assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("name", "x")).status(), "what the operator gave stays");
    assertEquals(9, door.get("reseller", "/v1/accounts/demo").json().getInteger("share"));
  }

  private static JsonObject registered(String link) {
    return new JsonObject().put("links", new JsonObject().put(link, new JsonObject().put("tlvs", new JsonObject().put("0x1400", "1201159"))));
  }

  private void theLink(String id) {
    door.node.put("link", id, new JsonObject().put("host", "localhost").put("systemId", "godwit"));
  }

  @Test
  void whatIsRegisteredWithCarriersOnlyTheOperatorSays() {
    theLink("sim");
    assertEquals("links", door.post("reseller", "/v1/accounts", customer("shop").mergeIn(registered("sim"))).json().getString("field"));
    assertEquals("links", door.change("PATCH", "reseller", "/v1/accounts/demo", registered("sim")).json().getString("field"));
    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/demo", registered("sim")).status());
    assertEquals("links", door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().putNull("links")).json().getString("field"));
    assertEquals(List.of("/links/gone"), errors(door.change("PATCH", "operator", "/v1/accounts/demo", registered("gone"))));
  }

  /** Or the processes with links, and those with the SMPP door, would not start any more. */
  @Test
  void whatIsRegisteredWrongIsRefusedWhereNobodyReadsIt() {
    theLink("sim");
    Map<String, String> wrong = Map.of("{\"passTlvs\": [\"0x13FF\"]}", "/links/sim/passTlvs", "{\"tlvs\": {\"PE_ID\": \"1\"}}", "/links/sim", "{\"tlv\": {}}", "/links/sim", "5", "/links/sim");
    wrong.forEach((link, path) -> assertEquals(List.of(path), errors(door.change("PATCH", "operator", "/v1/accounts/demo", new JsonObject("{\"links\": {\"sim\": " + link + "}}"))), link));
    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/demo", new JsonObject("{\"links\": {\"sim\": {\"passTlvs\": [\"0x1400\"], \"tlvs\": {\"0x1401\": \"1\"}}}}")).status());
  }

  @Test
  void whatIsRegisteredWithCarriersStaysInTheAccountWhateverElseIsChanged() {
    theLink("sim");
    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/demo", registered("sim")).status());
    assertEquals(200, door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("name", "Demo")).status());
    assertEquals(200, door.change("PUT", "reseller", "/v1/accounts/demo", new JsonObject().put("name", "Demo & Sons")).status());
    assertEquals(registered("sim").getJsonObject("links"), door.get("operator", "/v1/accounts/demo").json().getJsonObject("links"));
  }

  @Test
  void whatIsRegisteredWithCarriersTheOperatorAloneIsTold() {
    theLink("acme-tel");
    assertEquals(200, door.change("PATCH", "operator", "/v1/accounts/demo", registered("acme-tel")).status());
    Answer changed = door.change("PATCH", "reseller", "/v1/accounts/demo", new JsonObject().put("name", "Demo"));
    assertEquals(200, changed.status(), changed::said);
    assertTrue(!changed.said().contains("acme-tel"), changed::said);
    for (String path : List.of("/v1/accounts/demo", "/v1/accounts", "/v1/accounts/reseller/children", "/v1/accounts/demo/changes")) {
      assertTrue(!door.get("reseller", path).said().contains("acme-tel"), path);
      assertTrue(door.get("operator", path).said().contains("acme-tel"), path);
    }
    for (String path : List.of("/v1/accounts/demo", "/v1/accounts/demo/changes")) assertTrue(!door.get("demo", path).said().contains("acme-tel"), path);
  }
}
