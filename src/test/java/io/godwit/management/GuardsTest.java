package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.godwit.management.ManagementDoor.Answer;
import io.godwit.testing.Await;
import io.godwit.worker.WorkerVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sender rules, velocity limits and block lists as an operator makes them by API and customers feel them, in two gateways on a real replica set. */
class GuardsTest {
  private static final JsonObject WORKER = new JsonObject().put("handlers", new JsonArray(List.of("blocks", "velocity", "replypath", "senders", "routing")));
  private static final long MINUTE = 60_000;

  private final ManagementDoor door = new ManagementDoor();
  private final ManagementDoor other = door.another();

  GuardsTest() {
    door.node.put("link", "sim", new JsonObject().put("host", "127.0.0.1").put("systemId", "godwit"));
    door.node.put("route", "all", new JsonObject().put("links", new JsonArray().add(new JsonObject().put("link", "sim"))));
    door.node.put("number", "pool", new JsonObject().put("number", "+447700900999").put("account", "demo"));
    for (ManagementDoor each : List.of(door, other)) each.node.await(() -> each.node.vertx.deployVerticle(() -> new WorkerVerticle(each.node.node), new DeploymentOptions().setConfig(WORKER)));
  }

  @AfterEach
  void close() {
    other.close();
    door.close();
  }

  private void put(String path, JsonObject body) {
    Answer answer = door.call("PUT", "operator", path, body);
    assertEquals(201, answer.status(), answer::said);
    inForceEverywhere();
  }

  private void inForceEverywhere() {
    other.node.await(() -> other.node.directory.current(other.node.vertx.getOrCreateContext()));
  }

  private static JsonObject to(String number, String from) {
    return new JsonObject().put("to", number).put("text", "Hello").put("from", from);
  }

  private static String accepted(ManagementDoor by, String key, JsonObject message) {
    Answer answer = by.post(key, "/v1/messages", message);
    assertEquals(202, answer.status(), answer::said);
    return answer.json().getString("id");
  }

  private List<JsonObject> trail(String id) {
    Answer answer = door.get("operator", "/v1/messages/" + id + "/events");
    return answer.json().getJsonArray("events").stream().map(JsonObject.class::cast).toList();
  }

  /** The event with which the worker has decided about it. */
  private JsonObject decided(String id) {
    Await.until("the worker has decided", () -> trail(id).size() > 1);
    return trail(id).get(1);
  }

  private String fate(JsonObject message) {
    JsonObject event = decided(accepted(door, "demo", message));
    return event.getString("type").equals("ROUTED") ? event.getString("from") : event.getString("reason") + " " + event.getJsonObject("error").getString("code");
  }

  // ---- senders

  @Test
  void aSenderIsReplacedOrRefusedAndTheTrailSaysBoth() {
    put("/v1/sender-rules/gb", new JsonObject().put("country", "GB").put("kinds", new JsonArray().add("alphanumeric")).put("substitute", "Default").put("blockedPatterns", new JsonArray().add("^bank")));
    put("/v1/sender-rules/de", new JsonObject().put("country", "DE").put("senders", new JsonArray().add("Shop")));
    put("/v1/sender-rules/rival", new JsonObject().put("country", "DE").put("account", "rival").put("substitute", "Rival").put("senders", new JsonArray().add("Rival")));

    String id = accepted(door, "demo", to("+447700900123", "12345"));
    assertEquals("Default", decided(id).getString("from"));
    assertEquals("12345", trail(id).get(0).getString("from"), "what the customer named stays in the trail");
    assertEquals("Shop", fate(to("+447700900123", "Shop")));
    assertEquals("REJECTED sender-blocked", fate(to("+447700900123", "Bank of X")));
    assertEquals("REJECTED sender-not-allowed", fate(to("+4915112345678", "Other")));
    assertEquals("Shop", fate(to("+4915112345678", "Shop")));
    assertEquals("Rival", decided(accepted(other, "rival", to("+4915112345678", "Other"))).getString("from"));
    assertEquals("+447700900999", fate(to("+447700900123", "12345").put("replyable", true)), "the number on which the reply will come back is not replaced");
  }

  // ---- velocity

  @Test
  void twoGatewaysTogetherLetNoMoreThroughThanAVelocityLimit() {
    put("/v1/velocity/pump", new JsonObject().put("prefix", "44").put("account", "reseller").put("limit", 20).put("windowSeconds", 60));
    List<String> minutes = new ArrayList<>();
    Await.until(() -> "a minute is within the limit; they were " + minutes, 120, () -> isWithinTheLimit(minutes));
    assertEquals("ROUTED", decided(accepted(other, "rival", to("+447700900123", "Shop"))).getString("type"), "another account");
    Await.until("there is an alert", () -> !door.get("reseller", "/v1/accounts/reseller/alerts").items().isEmpty());
    JsonObject alert = door.get("operator", "/v1/accounts/reseller/alerts").items().getJsonObject(0);
    assertEquals("VELOCITY pump", alert.getString("kind") + " " + alert.getJsonObject("details").getString("rule"));
    Answer told = door.get("reseller", "/v1/accounts/reseller/alerts");
    assertFalse(told.said().contains("pump"), told::said);
    assertEquals(Set.of("account", "to"), told.items().getJsonObject(0).getJsonObject("details").fieldNames(), "the one who is counted is not told how much he may");
    assertEquals(told.items().size(), told.items().stream().map(item -> ((JsonObject) item).getString("id")).distinct().count());

    door.node.clock.addAndGet(MINUTE);
    assertEquals("ROUTED", decided(accepted(door, "demo", to("+447700900123", "Shop"))).getString("type"), "the next minute");
  }

  /**
   * Whether of thirty messages in the next minute no more pass than twenty, nor less than eighteen, since each gateway may hold a tenth that the other lacks. In a minute in which the store
   * takes longer than a quarter of a second more may: nobody waits for it.
   */
  private boolean isWithinTheLimit(List<String> minutes) {
    door.node.clock.set(door.node.clock.get() / MINUTE * MINUTE + MINUTE);
    long first = routed(decided(20));
    List<JsonObject> more = decided(10);
    String last = more.get(9).getJsonObject("error", new JsonObject()).getString("code");
    minutes.add(first + " and " + routed(more) + " passed, the last: " + last);
    return first >= 18 && first + routed(more) <= 20 && "velocity-limit".equals(last);
  }

  private static long routed(List<JsonObject> decided) {
    return decided.stream().filter(event -> event.getString("type").equals("ROUTED")).count();
  }

  /** Half of them through each gateway, from two accounts in turn. */
  private List<JsonObject> decided(int messages) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < messages; i++) ids.add(accepted(i % 2 == 0 ? door : other, i % 4 < 2 ? "demo" : "other", to("+447700900123", "Shop")));
    return ids.stream().map(this::decided).toList();
  }

  // ---- by API

  @Test
  void theyAreMadeChangedAndTakenAwayByTheirVersionsAndByTheOperatorAlone() {
    JsonObject block = new JsonObject().put("prefix", "8835");
    for (String path : List.of("/v1/blocks/sat", "/v1/sender-rules/sat", "/v1/velocity/sat")) {
      assertEquals("operator-only", door.call("PUT", "reseller", path, block).code());
      assertEquals("operator-only", door.get("reseller", path).code());
      assertEquals(404, door.get("operator", path).status());
    }
    put("/v1/blocks/sat", block);
    assertEquals("USER_BLOCKED number-blocked", fate(to("+883512345678", "Shop")));
    assertEquals("if-match-missing", door.call("PUT", "operator", "/v1/blocks/sat", block).code());
    assertEquals("stale", door.call("PUT", "operator", "/v1/blocks/sat", block, "If-Match", "\"7\"").code());
    Answer changed = door.change("PUT", "operator", "/v1/blocks/sat", block.copy().put("account", "rival"));
    assertEquals(200, changed.status(), changed::said);
    assertEquals(changed.etag(), door.get("operator", "/v1/blocks/sat").etag());
    inForceEverywhere();
    assertEquals("Shop", fate(to("+883512345678", "Shop")));
    assertEquals(1, door.get("operator", "/v1/blocks").items().size());
    assertEquals(List.of("block sat " + changed.json().getInteger("version")), changes("rival"));
    assertEquals(200, door.change("DELETE", "operator", "/v1/blocks/sat", null).status());
    assertEquals(404, door.get("operator", "/v1/blocks/sat").status());
  }

  @Test
  void whomTheyAreAboutIsToldThatTheyWereChangedAndNotWhatTheySay() {
    put("/v1/blocks/one", new JsonObject().put("prefix", "8835").put("account", "demo"));
    put("/v1/sender-rules/one", new JsonObject().put("country", "GB").put("account", "demo").put("substitute", "Default").put("senders", new JsonArray().add("Default")));
    put("/v1/velocity/one", new JsonObject().put("prefix", "44").put("account", "demo").put("limit", 20));
    assertEquals(200, door.change("DELETE", "operator", "/v1/blocks/one", null).status());
    List<String> kinds = List.of("block", "velocity", "senderrule", "block");
    assertEquals(kinds, changesTold("operator").map(change -> change.getString("kind")).toList());
    for (String key : List.of("demo", "reseller")) assertEquals(kinds, changesTold(key).filter(GuardsTest::saysNothing).map(change -> change.getString("kind")).toList(), key);
    assertEquals(List.of(), changesTold("operator").filter(GuardsTest::saysNothing).toList());
  }

  private static boolean saysNothing(JsonObject change) {
    return change.getValue("before") == null && change.getValue("after") == null;
  }

  private Stream<JsonObject> changesTold(String key) {
    return door.get(key, "/v1/accounts/demo/changes").items().stream().map(JsonObject.class::cast);
  }

  private List<String> changes(String account) {
    return door.get("operator", "/v1/accounts/" + account + "/changes").items().stream().map(JsonObject.class::cast).filter(change -> !change.getString("kind").equals("account"))
      .map(change -> change.getString("kind") + " " + change.getString("entry") + " " + change.getInteger("version")).toList();
  }

  @Test
  void whatIsWrongIsToldByItsFieldAndAnImportWithItChangesNothing() {
    Answer wrong = door.call("PUT", "operator", "/v1/velocity/pump", new JsonObject().put("prefix", "x").put("windowSeconds", 1).put("acton", "alarm"));
    assertEquals(400, wrong.status());
    assertEquals(List.of("/acton unknown-field", "/limit missing-field", "/prefix invalid-field", "/windowSeconds invalid-field"), errors(wrong));
    assertEquals("account", door.call("PUT", "operator", "/v1/velocity/pump", new JsonObject().put("limit", 5).put("account", "nobody")).json().getString("field"));
    assertEquals("blockedPatterns", door.call("PUT", "operator", "/v1/sender-rules/x", new JsonObject().put("blockedPatterns", new JsonArray().add("("))).json().getString("field"));
    assertEquals("number", door.call("PUT", "operator", "/v1/blocks/x", new JsonObject()).json().getString("field"));
    JsonObject ofLink = new JsonObject().put("link", "gone").put("blocked", new JsonArray().add("Shop"));
    assertEquals(List.of("/link invalid-field"), errors(door.call("PUT", "operator", "/v1/sender-rules/x", ofLink)));
    put("/v1/sender-rules/sim", ofLink.copy().put("link", "sim"));

    put("/v1/velocity/pump", new JsonObject().put("limit", 5));
    Answer exported = door.get("operator", "/v1/directory");
    assertNotNull(exported.json().getJsonObject("velocity").getJsonObject("pump"));
    JsonObject wanted = exported.json().copy();
    wanted.getJsonObject("velocity").getJsonObject("pump").put("limit", -1);
    wanted.put("senderrule", new JsonObject().put("of", ofLink).put("a/b", new JsonObject().put("kinds", new JsonArray().add("letters"))).put("who", new JsonObject().put("account", "nobody").put("substitute", "Shop")));
    Answer refused = door.call("PUT", "operator", "/v1/directory", wanted, "If-Match", "*");
    assertEquals(List.of("/senderrule/a~1b invalid-field", "/senderrule/a~1b/kinds invalid-field", "/senderrule/of/link invalid-field", "/senderrule/who/account invalid-field", "/velocity/pump/limit invalid-field"), errors(refused));
    assertEquals(exported.json(), door.get("operator", "/v1/directory").json());
  }

  private static List<String> errors(Answer answer) {
    return Stream.of(answer.json().getJsonArray("errors").stream().toArray()).map(JsonObject.class::cast).map(error -> error.getString("path") + " " + error.getString("code")).sorted().toList();
  }
}
