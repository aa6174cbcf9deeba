package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.billing.Pricing;
import io.godwit.management.ManagementDoor.Answer;
import io.godwit.message.Conversion;
import io.godwit.message.Leg;
import io.godwit.replies.OptOuts;
import io.godwit.routing.VelocityHandler;
import io.godwit.testing.Await;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Context;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes and carriers' costs by API, and what an explanation of a choice says. */
class RoutesTest {
  private static final String GERMANY = "+4915112345678";
  private final ManagementDoor door = new ManagementDoor();

  @BeforeEach
  void twoLinks() {
    for (String link : List.of("one", "two")) door.node.put("link", link, new JsonObject().put("host", "localhost").put("systemId", "godwit"));
  }

  @AfterEach
  void close() {
    door.close();
  }

  private static JsonObject route(String... links) {
    JsonArray hops = new JsonArray();
    for (String link : links) hops.add(new JsonObject().put("link", link).put("priority", hops.size() + 1));
    return new JsonObject().put("links", hops);
  }

  private Answer put(String path, JsonObject body) {
    return door.call("PUT", "operator", "/v1" + path, body, "If-Match", "*");
  }

  private JsonObject explain(String key, JsonObject about) {
    Answer answer = door.post(key, "/v1/routes/explain", about);
    assertEquals(200, answer.status(), answer::said);
    return answer.json();
  }

  private static JsonObject toGermany() {
    return new JsonObject().put("account", "demo").put("to", GERMANY).put("from", "Godwit");
  }

  private static List<String> paths(Answer answer) {
    return answer.json().getJsonArray("errors").stream().map(error -> ((JsonObject) error).getString("path")).sorted().toList();
  }

  @Test
  void aRouteHasItsVersionAndWhoChangedItIsTold() {
    Answer made = door.call("PUT", "operator", "/v1/routes/germany", route("one").put("match", new JsonObject().put("country", "DE")));
    assertEquals(201, made.status(), made::said);
    assertEquals(428, door.call("PUT", "operator", "/v1/routes/germany", route("two")).status());
    assertEquals(412, door.call("PUT", "operator", "/v1/routes/germany", route("two"), "If-Match", "\"9\"").status());
    assertEquals(200, door.call("PUT", "operator", "/v1/routes/germany", route("two"), "If-Match", made.etag()).status());
    assertEquals("two", door.get("operator", "/v1/routes").items().getJsonObject(0).getJsonArray("links").getJsonObject(0).getString("link"));
    JsonObject told = door.get("operator", "/v1/accounts/operator/changes").items().getJsonObject(0);
    assertEquals("route germany", told.getString("kind") + " " + told.getString("entry"));
    assertEquals(403, door.get("reseller", "/v1/routes").status());
    assertEquals(200, door.change("DELETE", "operator", "/v1/routes/germany", null).status());
    assertEquals(404, door.get("operator", "/v1/routes/germany").status());
  }

  @Test
  void whoMeansAVersionOfWhatSomebodyHasRemovedMakesNothing() {
    for (String path : List.of("/v1/routes/r", "/v1/costs/one", "/v1/rates/list", "/v1/exchange/EUR-USD", "/v1/blocks/b", "/v1/links/three")) {
      JsonObject body = switch (path.split("/")[2]) {
        case "routes" -> route("one");
        case "costs" -> new JsonObject().put("currency", "EUR");
        case "rates" -> new JsonObject().putNull("seller").put("account", "reseller").put("currency", "EUR");
        case "exchange" -> new JsonObject().put("rates", new JsonArray().add(new JsonObject().put("rate", 1)));
        case "blocks" -> new JsonObject().put("prefix", "49");
        default -> new JsonObject().put("host", "localhost").put("systemId", "godwit");
      };
      Answer made = door.call("PUT", "operator", path, body);
      assertEquals(201, made.status(), made::said);
      assertEquals(200, door.call("DELETE", "operator", path, null, "If-Match", made.etag()).status());
      Answer late = door.call("PUT", "operator", path, body, "If-Match", made.etag());
      assertEquals("412 stale", late.status() + " " + late.code(), path);
      assertEquals(201, door.call("PUT", "operator", path, body, "If-Match", "*").status(), path);
    }
  }

  @Test
  void whatARouteNamesMustBeThere() {
    Answer refused = put("/routes/r", route("one", "gone").put("then", "nowhere").put("match", new JsonObject().put("account", "nobody")));
    assertEquals(400, refused.status());
    assertEquals(List.of("/links/1/link", "/match/account", "/then"), paths(refused));
    assertEquals("/match/prefix", paths(put("/routes/r", route("one").put("match", new JsonObject().put("prefix", "x")))).get(0));
    assertEquals(201, put("/routes/last", route("two")).status());
    assertEquals(201, put("/routes/first", route("one").put("then", "last")).status());
    assertEquals(List.of("/then"), paths(put("/routes/last", route("two").put("then", "first"))));
    assertEquals("in-use", door.change("DELETE", "operator", "/v1/routes/last", null).code());
  }

  @Test
  void fiftyRoutesMayLookIntoTexts() {
    JsonObject looking = route("one").put("match", new JsonObject().put("textPattern", "code"));
    JsonObject whole = door.get("operator", "/v1/directory").json();
    JsonObject routes = new JsonObject();
    for (int i = 0; i < 50; i++) routes.put("text" + i, looking);
    assertEquals(200, door.call("PUT", "operator", "/v1/directory", whole.put("route", routes), "If-Match", "*").status());
    assertEquals(List.of("/match/textPattern"), paths(put("/routes/another", looking)));
    assertEquals(200, put("/routes/text7", looking.copy().put("priority", 1)).status());
    assertEquals(201, put("/routes/another", route("one")).status());
  }

  @Test
  void whoeverWritesOneRouteWaitsForOneToBeRead() {
    for (String id : List.of("a", "b", "c")) put("/routes/" + id, route("one"));
    List<Integer> readOnAnEventLoop = new CopyOnWriteArrayList<>();
    door.node.directory.view("route", entries -> {
      if (Context.isOnEventLoopThread()) readOnAnEventLoop.add(entries.size());
      return entries;
    });
    assertEquals(201, put("/routes/d", route("two")).status());
    assertEquals(List.of("/links/0/weight"), paths(put("/routes/a", new JsonObject().put("links", new JsonArray().add(new JsonObject().put("link", "one").put("weight", 0))))));
    assertEquals(Set.of(1), Set.copyOf(readOnAnEventLoop));
  }

  @Test
  void anImportWithInvalidRoutesAndCostsListsEachErrorByItsPath() {
    Answer now = door.get("operator", "/v1/directory");
    JsonObject whole = now.json().copy();
    whole.put("route", new JsonObject().put("fine", route("one")).put("lost", route("gone")).put("bad", route("one").put("match", new JsonObject().put("country", "Germany").put("time", new JsonObject())))
      .put("least", route("one", "two").put("strategy", "leastCost")));
    whole.put("cost", new JsonObject().put("one", new JsonObject().put("currency", "EUR")).put("two", new JsonObject().put("currency", "USD")).put("gone", new JsonObject().put("currency", "EUR"))
      .put("void", new JsonObject()));
    Answer refused = door.call("PUT", "operator", "/v1/directory", whole, "If-Match", now.etag());
    assertEquals(400, refused.status());
    assertEquals(List.of("/cost/gone", "/cost/void", "/cost/void/currency", "/route/bad/match/country", "/route/bad/match/time/zone", "/route/least/strategy", "/route/lost/links/0/link"), paths(refused), refused::said);
    assertEquals(now.json(), door.get("operator", "/v1/directory").json());
    whole.put("route", new JsonObject().put("fine", route("one"))).put("cost", new JsonObject().put("one", new JsonObject().put("currency", "EUR")));
    assertEquals(200, door.call("PUT", "operator", "/v1/directory", whole, "If-Match", now.etag()).status());
    assertEquals("fine", explain("operator", toGermany()).getString("route"));
  }

  @Test
  void costsAreOfALinkAndTheirRowsAFile() {
    assertEquals(List.of("/cost/gone"), paths(put("/costs/gone", new JsonObject().put("currency", "EUR"))));
    Answer list = put("/costs/one", new JsonObject().put("currency", "euro").put("prices", new JsonObject().put("49", 0.04)));
    assertEquals("invalid-list currency", list.code() + " " + list.json().getString("field"));
    assertEquals(List.of("/currency", "/prices/49"), paths(list));
    assertEquals(201, put("/costs/one", new JsonObject().put("currency", "EUR")).status());
    Answer wrong = door.upload("operator", "/v1/costs/one/rows", "prefix,price\n49,cheap\n");
    assertEquals("invalid-rows", wrong.code());
    Answer uploaded = door.upload("operator", "/v1/costs/one/rows", "prefix,mccmnc,price\n49,,700\n,26201,650\n");
    assertEquals(2, uploaded.json().getInteger("rows"), uploaded::said);
    assertEquals("prefix,mccmnc,from,price\r\n49,,,700\r\n,26201,,650\r\n", door.get("operator", "/v1/costs/one/rows").raw().body());
    assertEquals(403, door.get("reseller", "/v1/costs/one").status());
    put("/costs/two", new JsonObject().put("currency", "USD"));
    assertEquals(List.of("/strategy"), paths(put("/routes/least", route("one", "two").put("strategy", "leastCost"))));
    put("/costs/two", new JsonObject().put("currency", "EUR"));
    assertEquals(201, put("/routes/least", route("one", "two").put("strategy", "leastCost")).status());
    assertEquals(List.of("/route/least/strategy"), paths(put("/costs/two", new JsonObject().put("currency", "USD"))));
    assertEquals(200, door.change("DELETE", "operator", "/v1/costs/two", null).status());
  }

  @Test
  void anExplanationNamesRouteLinksCostsAndPriceLegs() {
    door.call("PUT", "operator", "/v1/rates/wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("", 1_000)));
    door.call("PUT", "reseller", "/v1/rates/retail", new JsonObject().put("seller", "reseller").put("currency", "EUR").put("markup", new JsonObject().put("percent", 50)));
    door.node.put("network", "telekom", new JsonObject().put("mccmnc", "26201").put("prefixes", new JsonArray().add("49151")));
    put("/costs/one", new JsonObject().put("currency", "EUR").put("prices", new JsonObject().put("49", 700)));
    put("/routes/everywhere", route("two"));
    put("/routes/otp", route("one", "two").put("match", new JsonObject().put("network", "26201").put("tag", "otp").put("time", new JsonObject().put("days", "MON").put("zone", "Europe/Berlin"))));
    door.node.put("linkorder", "two", new JsonObject().put("order", "pause"));

    JsonObject about = toGermany().put("text", "x".repeat(200)).put("tags", new JsonArray().add("otp")).put("at", "2026-11-30T12:00:00Z");
    JsonObject said = explain("operator", about);
    assertEquals("one otp 26201 DE 2", said.getString("link") + " " + said.getString("route") + " " + said.getString("network") + " " + said.getString("country") + " " + said.getInteger("segments"));
    assertEquals(new JsonObject().put("amount", 1_400).put("currency", "EUR"), said.getJsonObject("cost"));
    assertEquals(new JsonObject().put("route", "otp").put("link", "two").put("verdict", "not-open").put("state", "pause").put("priority", 2).put("weight", 1), said.getJsonArray("links").getJsonObject(1));
    assertEquals("everywhere later conditions", said.getJsonArray("routes").getJsonObject(1).getString("id") + " " + said.getJsonArray("routes").getJsonObject(1).getString("verdict") + " "
      + said.getJsonArray("routes").getJsonObject(1).getString("by"));
    assertEquals("[{\"account\":\"demo\",\"seller\":\"reseller\",\"amount\":3000,\"currency\":\"EUR\"},{\"account\":\"reseller\",\"seller\":\"operator\",\"amount\":2000,\"currency\":\"EUR\"}]",
      said.getJsonObject("price").getJsonArray("legs").encode());
    assertEquals("everywhere", explain("operator", about.copy().put("at", "2026-12-01T12:00:00Z")).getString("route"), "on a Tuesday");

    JsonObject resellers = explain("reseller", about);
    assertEquals("otp DE", resellers.getString("route") + " " + resellers.getString("country"));
    for (String secret : List.of("\"link\"", "\"links\"", "\"cost\"", "\"one\"")) assertTrue(!resellers.encode().contains(secret), resellers::encode);
    assertEquals(2, resellers.getJsonObject("price").getJsonArray("legs").size());
  }

  @Test
  void anExplanationsPriceLegsHaveTheRatesOfExchangeThatBillingWouldRecord() {
    door.call("PUT", "operator", "/v1/rates/wholesale", new JsonObject().put("seller", "operator").put("currency", "USD").put("prices", new JsonObject().put("", 1_000)));
    door.call("PUT", "reseller", "/v1/rates/retail", new JsonObject().put("seller", "reseller").put("currency", "USD").put("prices", new JsonObject().put("", 2_000)));
    JsonArray rates = new JsonArray().add(new JsonObject().put("rate", 900_000)).add(new JsonObject().put("rate", 800_000).put("from", "2099-01-01T00:00:00Z"));
    assertEquals(201, door.call("PUT", "operator", "/v1/exchange/USD-EUR", new JsonObject().put("rates", rates)).status());
    put("/routes/everywhere", route("two"));

    Pricing pricing = door.node.await(() -> Pricing.open(door.node.node));
    Leg billed = pricing.quote(door.node.message("demo", GERMANY)).legs().get(0);
    JsonObject told = explain("reseller", toGermany()).getJsonObject("price").getJsonArray("legs").getJsonObject(0);
    assertEquals(new Leg("demo", "reseller", 1_800, "EUR", List.of(new Conversion("USD", "EUR", 900_000))), billed);
    assertEquals(new JsonObject().put("account", "demo").put("seller", "reseller").put("amount", 1_800).put("currency", "EUR")
      .put("conversions", new JsonArray().add(new JsonObject().put("from", "USD").put("to", "EUR").put("rate", 900_000))).encode(), told.encode());
    JsonObject later = explain("operator", toGermany().put("at", "2099-06-01T00:00:00Z")).getJsonObject("price").getJsonArray("legs").getJsonObject(0);
    assertEquals("1600 800000", later.getInteger("amount") + " " + later.getJsonArray("conversions").getJsonObject(0).getInteger("rate"));
  }

  private static JsonObject sender(String named, String used) {
    return new JsonObject().put("named", named).put("used", used);
  }

  private String refusal() {
    JsonObject said = explain("operator", toGermany());
    assertTrue(!said.containsKey("link") && !said.containsKey("price"), said::encode);
    return said.getJsonObject("refusal").getString("status") + " " + said.getJsonObject("refusal").getString("code");
  }

  @Test
  void anExplanationSaysWhatBlocksAndSenderRulesMakeOfTheMessage() {
    put("/routes/all", route("one", "two"));
    assertEquals(sender("Godwit", "Godwit"), explain("operator", toGermany()).getJsonObject("sender"));
    put("/sender-rules/one", new JsonObject().put("link", "one").put("blocked", new JsonArray().add("Shop")));
    assertEquals("one", explain("operator", toGermany()).getString("link"));
    put("/sender-rules/germany", new JsonObject().put("country", "DE").put("kinds", new JsonArray().add("numeric")).put("substitute", "Shop"));
    assertEquals(sender("Godwit", "Shop"), explain("reseller", toGermany()).getJsonObject("sender"));
    assertEquals("two", explain("operator", toGermany()).getString("link"), "the other link does not take the sender that is used");
    put("/sender-rules/germany", new JsonObject().put("country", "DE").put("kinds", new JsonArray().add("numeric")));
    assertEquals("REJECTED sender-not-allowed", refusal());
    put("/blocks/one", new JsonObject().put("number", GERMANY));
    assertEquals("USER_BLOCKED number-blocked", refusal());
    door.change("PATCH", "operator", "/v1/accounts/reseller", new JsonObject().put("status", "BLOCKED"));
    assertEquals("USER_BLOCKED account-blocked", refusal());
  }

  @Test
  void anExplanationKnowsWhoWantsNoMessages() {
    put("/routes/all", route("one"));
    OptOuts optOuts = new OptOuts(door.node.sets);
    Context context = door.node.vertx.getOrCreateContext();
    Await.on(context, () -> optOuts.add(context, "demo", GERMANY, "Godwit", "test"));
    assertEquals("OPTED_OUT opted-out", refusal());
    assertEquals("one", explain("operator", toGermany().put("from", "Shop")).getString("link"), "from another sender he wants them");
    assertEquals("one", explain("operator", toGermany().put("account", "other")).getString("link"));
    put("/blocks/one", new JsonObject().put("number", GERMANY));
    assertEquals("USER_BLOCKED number-blocked", refusal());
  }

  @Test
  void anExplanationTellsTheOperatorWhatIsUsedOfVelocityLimitsAndUsesNothing() {
    put("/routes/all", route("one"));
    assertTrue(!explain("operator", toGermany()).containsKey("velocity"));
    put("/velocity/pump", new JsonObject().put("prefix", "49").put("limit", 100).put("windowSeconds", 86_400));
    put("/velocity/elsewhere", new JsonObject().put("prefix", "33").put("limit", 1));
    JsonObject limit = new JsonObject().put("rule", "pump").put("limit", 100).put("unit", "MESSAGES").put("windowSeconds", 86_400).put("action", "REFUSE").put("used", 0);
    for (int i = 0; i < 2; i++) assertEquals(new JsonArray().add(limit), explain("operator", toGermany()).getJsonArray("velocity"));
    VelocityHandler handler = new VelocityHandler();
    Context context = door.node.vertx.getOrCreateContext();
    Await.on(context, () -> handler.start(new MessageHandler.Surroundings(door.node.node, 0, null, new JsonObject())).compose(v -> handler.handle(List.of(door.node.message("demo", GERMANY)))));
    JsonArray drawn = new JsonArray().add(limit.put("used", 10));
    Await.until("what the node has drawn is told", () -> drawn.equals(explain("operator", toGermany()).getJsonArray("velocity")));   // the handler does not wait long for the store
    assertTrue(!explain("reseller", toGermany()).containsKey("velocity"));
  }

  private long price(JsonObject about) {
    JsonObject price = explain("operator", about).getJsonObject("price");
    return price.containsKey("missing") ? -1 : price.getJsonArray("legs").getJsonObject(0).getLong("amount");
  }

  @Test
  void anExplanationOfAnotherTimeHasThePricesOfThatTime() {
    put("/routes/all", route("one"));
    door.call("PUT", "operator", "/v1/rates/wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR"));
    door.upload("operator", "/v1/rates/wholesale/rows", "prefix,from,price\n49,,1000\n49,2099-01-01T00:00:00Z,2000\n");
    Await.until("the rows are read", () -> price(toGermany()) == 1_000);
    assertEquals(1_000, price(toGermany().put("at", "2098-12-31T23:59:59Z")));
    assertEquals(2_000, price(toGermany().put("at", "2099-01-01T00:00:00Z")));
  }

  @Test
  void whoMayHaveWhatExplained() {
    assertEquals("resellers-only", door.post("demo", "/v1/routes/explain", toGermany()).code());
    Answer foreign = door.post("reseller", "/v1/routes/explain", toGermany().put("account", "rival"));
    assertEquals("400 account", foreign.status() + " " + foreign.json().getString("field"));
    assertEquals("invalid-recipient", door.post("operator", "/v1/routes/explain", toGermany().put("to", "12")).code());
    JsonObject nowhere = explain("operator", toGermany());
    assertEquals("no-route", nowhere.getJsonObject("refusal").getString("code"));
    assertTrue(nowhere.getJsonObject("price").containsKey("missing"));
  }
}
