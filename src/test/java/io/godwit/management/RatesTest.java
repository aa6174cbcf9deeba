package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.billing.Pricing;
import io.godwit.message.Limits;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RatesTest {
  private final ManagementDoor door = new ManagementDoor();
  private final Pricing pricing = Await.on(door.node.vertx.getOrCreateContext(), () -> Pricing.open(door.node.node));

  @BeforeEach
  void theOperatorSells() {
    assertEquals(201, door.call("PUT", "operator", "/v1/rates/wholesale", seller("operator").put("prices", new JsonObject().put("", 1_000))).status());
  }

  @AfterEach
  void close() {
    door.close();
  }

  private static JsonObject seller(String id) {
    return new JsonObject().put("seller", id).put("currency", "EUR");
  }

  /** What demo pays for a segment, in micro-units; -1 without a price. */
  private long price(String to) {
    Pricing.Quote quote = pricing.quote("demo", to, 1);
    return quote.isComplete() ? quote.legs().get(0).amount() : -1;
  }

  private void awaitPrice(long amount, String to) {
    Await.until("a price of " + amount + " to " + to, () -> price(to) == amount);
  }

  @Test
  void aResellersMarkupAndThenHisUploadedRowsHold() {
    assertEquals(201, door.call("PUT", "reseller", "/v1/rates/retail", seller("reseller").put("markup", new JsonObject().put("percent", 25))).status());
    awaitPrice(1_250, "+4930123456");
    ManagementDoor.Answer uploaded = door.upload("reseller", "/v1/rates/retail/rows", "prefix,price\n49,70\n4915,80\n");
    assertEquals(200, uploaded.status(), uploaded.said());
    assertEquals(2, uploaded.json().getInteger("rows"));
    awaitPrice(70, "+4930123456");
    assertEquals(80, price("+4915112345678"));
    assertEquals(1_250, price("+33612345678"), "the markup holds where the rows say nothing");
  }

  @Test
  void aFileWithWrongRowsChangesNothingAndEachIsNamed() {
    door.upload("operator", "/v1/rates/wholesale/rows", "prefix,price\n,900\n");
    awaitPrice(900, "+4930123456");
    ManagementDoor.Answer refused = door.upload("operator", "/v1/rates/wholesale/rows", "prefix,price\n49,7\nx,8\n33,free\n");
    assertEquals(400, refused.status());
    assertEquals("invalid-rows", refused.code());
    JsonArray errors = refused.json().getJsonArray("errors");
    assertEquals(2, errors.size());
    assertEquals(new JsonObject().put("line", 3).put("column", "prefix").put("detail", "'x' are not digits"), errors.getJsonObject(0));
    assertEquals(4, errors.getJsonObject(1).getInteger("line"));
    assertEquals("prefix,mccmnc,from,price\r\n,,,900\r\n", door.get("operator", "/v1/rates/wholesale/rows").raw().body());
    assertEquals(900, price("+4930123456"));
  }

  @Test
  void ratesOfExchangeAreTheOperatorsAreVersionedAndHoldAtOnce() {
    JsonObject rates = new JsonObject().put("rates", new JsonArray().add(new JsonObject().put("rate", 1_083_400)));
    assertEquals(201, door.call("PUT", "reseller", "/v1/rates/retail", seller("reseller").put("currency", "USD").put("markup", new JsonObject().put("add", 5))).status());
    Await.until("there is no price without a rate", () -> price("+4930123456") == -1);
    assertEquals("there is no exchange rate from EUR to USD, for the price of reseller to demo", pricing.quote("demo", "+4930123456", 1).missing());
    assertEquals("operator-only", door.call("PUT", "reseller", "/v1/exchange/EUR-USD", rates).code());
    ManagementDoor.Answer wrong = door.call("PUT", "operator", "/v1/exchange/EUR-EUR", rates);
    assertEquals("invalid-field exchange.EUR-EUR", wrong.code() + " " + wrong.json().getString("field"));
    JsonArray two = new JsonArray().add(new JsonObject().put("rate", 1_083_400)).add(new JsonObject().put("rate", 1.08).put("from", "tomorrow").put("till", "then"));
    assertEquals(List.of("/rates/1/from", "/rates/1/rate", "/rates/1/till"), errors(door.call("PUT", "operator", "/v1/exchange/EUR-USD", new JsonObject().put("rates", two))));
    assertEquals("rates", door.call("PUT", "operator", "/v1/exchange/EUR-USD", new JsonObject()).json().getString("field"));
    assertEquals(201, door.call("PUT", "operator", "/v1/exchange/EUR-USD", rates).status());
    assertEquals(201, door.call("PUT", "operator", "/v1/exchange/USD-EUR", new JsonObject().put("rates", new JsonArray().add(new JsonObject().put("rate", 920_000)))).status());
    awaitPrice(1_001, "+4930123456"); // 1,000 are 1,083.4, so 1,083; and 5; 1,088 are 1,000.96
    assertEquals("if-match-missing", door.call("PUT", "operator", "/v1/exchange/EUR-USD", rates).code());
    assertEquals(1_083_400, door.get("reseller", "/v1/exchange/EUR-USD").json().getJsonArray("rates").getJsonObject(0).getInteger("rate"));
    assertEquals(2, door.get("reseller", "/v1/exchange").items().size());
    assertEquals(200, door.change("DELETE", "operator", "/v1/exchange/EUR-USD", null).status());
    assertEquals(404, door.get("reseller", "/v1/exchange/EUR-USD").status());
  }

  private static List<String> errors(ManagementDoor.Answer answer) {
    return answer.json().getJsonArray("errors").stream().map(error -> ((JsonObject) error).getString("path")).sorted().toList();
  }

  @Test
  void whatIsWrongInAListIsNamedByItsField() {
    JsonObject prices = new JsonObject().put("49", -1).put("4x", 7).put("33", 10_000).put("+33", 20_000);
    ManagementDoor.Answer wrong = door.call("PUT", "reseller", "/v1/rates/retail", new JsonObject().put("seller", "reseller").put("account", "demo").put("prices", prices)
      .put("markup", new JsonObject().put("percent", 0.001).put("add", "5")));
    assertEquals("invalid-list seller", wrong.code() + " " + wrong.json().getString("field"));
    assertEquals(List.of("/currency", "/markup/add", "/markup/percent", "/prices/+33", "/prices/49", "/prices/4x", "/seller"), errors(wrong));
    JsonObject dear = seller("reseller").put("prices", new JsonObject().put("49", 10_000_000_000_001L));
    assertEquals("prices.49", door.call("PUT", "reseller", "/v1/rates/retail", dear).json().getString("field"));
    assertEquals(201, door.call("PUT", "reseller", "/v1/rates/retail", seller("reseller").put("currency", "IDR").put("prices", new JsonObject().put("62", 400_000_000_000L))).status());
  }

  @Test
  void rowsAreMergedAndEarlierOnesCanBeDownloaded() {
    ManagementDoor.Answer first = door.upload("operator", "/v1/rates/wholesale/rows", "prefix,price\n,900\n49,70\n");
    assertEquals(200, door.upload("operator", "/v1/rates/wholesale/rows?mode=merge", "prefix,price\n49,71\n33,50\n").status());
    awaitPrice(71, "+4930123456");
    assertEquals(900, price("+447700900123"));
    String deck = first.json().getJsonObject("deck").getString("id");
    assertEquals(deck, door.get("operator", "/v1/rates/wholesale").json().getJsonArray("earlier").getJsonObject(0).getString("id"));
    assertEquals("prefix,mccmnc,from,price\r\n,,,900\r\n49,,,70\r\n", door.get("operator", "/v1/rates/wholesale/rows?deck=" + deck).raw().body());
    assertEquals(404, door.get("operator", "/v1/rates/wholesale/rows?deck=unknown").status());
  }

  @Test
  void rowsOfNetworksAndOfLaterTimesGoInAsJsonToo() {
    JsonArray rows = new JsonArray().add("prefix,mccmnc,from,price").add(",,,900").add(",26201,,60").add("49,,2030-01-01T00:00:00Z,80");
    ManagementDoor.Answer uploaded = rows(new JsonObject().put("rows", rows));
    assertEquals(200, uploaded.status(), uploaded.said());
    assertEquals(3, uploaded.json().getInteger("rows"));
    awaitPrice(900, "+4930123456");
    String file = "prefix,mccmnc,from,price\r\n,,,900\r\n,26201,,60\r\n49,,2030-01-01T00:00:00Z,80\r\n";
    assertEquals(file, door.get("operator", "/v1/rates/wholesale/rows").raw().body());
    ManagementDoor.Answer wrong = rows(new JsonObject().put("rows", rows.copy().add("x,,,1")));
    assertEquals("invalid-rows 5", wrong.code() + " " + wrong.json().getJsonArray("errors").getJsonObject(0).getInteger("line"));
    assertEquals("invalid-field rows", said(rows(new JsonObject().put("rows", new JsonArray().add("prefix,price").add(5)))));
    assertEquals("invalid-field rows", said(rows(new JsonObject().put("rows", "prefix,price"))));
    assertEquals("unknown-field row", said(rows(new JsonObject().put("row", rows))));
    assertEquals(file, door.get("operator", "/v1/rates/wholesale/rows").raw().body());
  }

  private ManagementDoor.Answer rows(JsonObject body) {
    return door.call("PUT", "operator", "/v1/rates/wholesale/rows", body, "If-Match", "*");
  }

  private static String said(ManagementDoor.Answer answer) {
    return answer.code() + " " + answer.json().getString("field");
  }

  /** More rows than other bodies may have bytes for. */
  private static String quarterOfAMillion() {
    StringBuilder file = new StringBuilder("prefix,mccmnc,from,price\r\n");
    for (int i = 0; i < 250_000; i++) file.append(1_000_000_000L + i).append(",,,").append(50_000 + i % 7).append("\r\n");
    assertTrue(file.length() > Limits.BODY_BYTES);
    return file.toString();
  }

  @Test
  void aLongListGoesInAsOneFileAndIsOneVersion() {
    String file = quarterOfAMillion();
    int before = door.get("operator", "/v1/rates/wholesale").json().getInteger("version");
    ManagementDoor.Answer uploaded = door.upload("operator", "/v1/rates/wholesale/rows", file);
    assertEquals(200, uploaded.status(), uploaded.said());
    assertEquals(250_000, uploaded.json().getInteger("rows"));
    assertEquals(before + 1, door.get("operator", "/v1/rates/wholesale").json().getInteger("version"));
    assertEquals(file, door.get("operator", "/v1/rates/wholesale/rows").raw().body());
    awaitPrice(50_001, "+1000000001");
  }

  @Test
  void aFileBeyondTheBoundIsRefusedBeforeItIsRead() {
    assertEquals(413, door.announcing("operator", "/v1/rates/wholesale/rows", Limits.DIRECTORY_BYTES + 1L));
    assertEquals(413, door.announcing("reseller", "/v1/costs/sim/rows", Limits.BODY_BYTES + 1L), "costs are the operator's alone");
    assertEquals(413, door.announcing("operator", "/v1/rates/wholesale", Limits.BODY_BYTES + 1L));
  }

  @Test
  void longFilesAreReadOneAtATimeAndShortOnesBesideThem() {
    String file = quarterOfAMillion();
    try (Gate gate = new Gate(); ManagementDoor second = door.another(gate)) {
      Gate.Stop stop = gate.before("insert", "decks");
      CompletableFuture<ManagementDoor.Answer> first = second.uploading("operator", "/v1/rates/wholesale/rows", file);
      stop.reached();
      ManagementDoor.Answer busy = door.upload("operator", "/v1/rates/wholesale/rows", file);
      assertEquals("503 busy", busy.status() + " " + busy.code());
      assertEquals(200, door.upload("operator", "/v1/rates/wholesale/rows", "prefix,price\n49,70\n").status());
      stop.pass();
      assertEquals(200, first.join().status(), () -> first.join().said());
    }
    assertEquals(250_000, door.get("operator", "/v1/rates/wholesale").json().getInteger("rows"), "it was judged anew when the other had changed the list");
  }

  /** How many times rows were stored. */
  private long stored() {
    return door.find("decks").stream().map(part -> part.getString("deck")).distinct().count();
  }

  @Test
  void rowsOfListsThatAreNoMoreGoAfterAnHourAndThoseThatAListNamesStay() {
    for (int price : List.of(70, 71)) door.upload("operator", "/v1/rates/wholesale/rows", "prefix,price\n49," + price + "\n");
    assertEquals(201, door.call("PUT", "reseller", "/v1/rates/retail", seller("reseller")).status());
    door.node.put("link", "sim", new JsonObject().put("host", "localhost").put("systemId", "godwit"));
    assertEquals(201, door.call("PUT", "operator", "/v1/costs/sim", new JsonObject().put("currency", "EUR")).status());
    for (String list : List.of("/v1/rates/retail", "/v1/costs/sim")) {
      assertEquals(200, door.upload("operator", list + "/rows", "prefix,price\n49,70\n").status());
      assertEquals(200, door.change("DELETE", "operator", list, null).status());
    }
    assertEquals(4, stored());
    door.node.clock.addAndGet(3_700_000);
    Await.until("only the rows of the list that is left are there, and its earlier ones", () -> stored() == 2);
    String earlier = door.get("operator", "/v1/rates/wholesale").json().getJsonArray("earlier").getJsonObject(0).getString("id");
    assertEquals("prefix,mccmnc,from,price\r\n49,,,70\r\n", door.get("operator", "/v1/rates/wholesale/rows?deck=" + earlier).raw().body());
    assertEquals("prefix,mccmnc,from,price\r\n49,,,71\r\n", door.get("operator", "/v1/rates/wholesale/rows").raw().body());
  }

  private ManagementDoor.Answer changeSomethingElse(int rate) {
    JsonObject rates = new JsonObject().put("rates", new JsonArray().add(new JsonObject().put("rate", rate)));
    return door.call("PUT", "operator", "/v1/exchange/EUR-USD", rates, "If-Match", "*");
  }

  @Test
  void aFileIsReadAndStoredOnceWhateverElseIsChangedMeanwhile() {
    try (Gate gate = new Gate(); ManagementDoor second = door.another(gate)) {
      for (String path : List.of("/v1/rates/wholesale/rows", "/v1/rates/wholesale/rows?mode=merge")) {
        long before = stored();
        Gate.Stop stop = gate.before("insert", "decks");
        CompletableFuture<ManagementDoor.Answer> upload = second.uploading("operator", path, "prefix,price\n49,70\n");
        stop.reached();
        assertTrue(changeSomethingElse((int) before + 1).status() < 300);
        stop.pass();
        assertEquals(200, upload.join().status(), () -> upload.join().said());
        assertEquals(before + 1, stored(), path);
      }
    }
    awaitPrice(70, "+4930123456");
  }

  @Test
  void rowsLandOnTheListAsItIsThen() {
    try (Gate gate = new Gate(); ManagementDoor second = door.another(gate)) {
      Gate.Stop stop = gate.before("insert", "decks");
      CompletableFuture<ManagementDoor.Answer> upload = second.uploading("operator", "/v1/rates/wholesale/rows", "prefix,price\n49,70\n");
      stop.reached();
      JsonObject markup = new JsonObject().put("percent", 5);
      assertEquals(200, door.change("PUT", "operator", "/v1/rates/wholesale", seller("operator").put("markup", markup)).status());
      stop.pass();
      assertEquals(200, upload.join().status(), () -> upload.join().said());
      assertEquals(1, stored());
      JsonObject list = second.get("operator", "/v1/rates/wholesale").json();
      assertEquals(markup, list.getJsonObject("markup"), "the other's change stays");
      assertEquals(1, list.getInteger("rows"));
    }
  }

  @Test
  void aFileIsMergedWithTheRowsThatAreThereThenAndNotOverAVersionThatItDoesNotMean() {
    door.upload("operator", "/v1/rates/wholesale/rows", "prefix,price\n49,70\n");
    try (Gate gate = new Gate(); ManagementDoor second = door.another(gate)) {
      Gate.Stop stop = gate.before("insert", "decks");
      CompletableFuture<ManagementDoor.Answer> merge = second.uploading("operator", "/v1/rates/wholesale/rows?mode=merge", "prefix,price\n33,50\n");
      stop.reached();
      door.upload("operator", "/v1/rates/wholesale/rows?mode=merge", "prefix,price\n44,60\n");
      stop.pass();
      assertEquals(200, merge.join().status(), () -> merge.join().said());
      assertEquals("prefix,mccmnc,from,price\r\n49,,,70\r\n44,,,60\r\n33,,,50\r\n", second.get("operator", "/v1/rates/wholesale/rows").raw().body());

      Gate.Stop again = gate.before("insert", "decks");
      JsonObject rows = new JsonObject().put("rows", new JsonArray().add("prefix,price").add("1,1"));
      String now = second.get("operator", "/v1/rates/wholesale").etag();
      CompletableFuture<ManagementDoor.Answer> late = second.calling("PUT", "operator", "/v1/rates/wholesale/rows", rows, "If-Match", now);
      again.reached();
      door.upload("operator", "/v1/rates/wholesale/rows?mode=merge", "prefix,price\n44,61\n");
      again.pass();
      assertEquals("412 stale", late.join().status() + " " + late.join().code(), () -> late.join().said());
    }
    assertEquals("prefix,mccmnc,from,price\r\n49,,,70\r\n33,,,50\r\n44,,,61\r\n", door.get("operator", "/v1/rates/wholesale/rows").raw().body());
  }

  @Test
  void nobodyMakesHisOwnPricesOrSeesAnothersSales() {
    JsonObject own = new JsonObject().put("account", "demo").put("currency", "EUR").put("prices", new JsonObject().put("", 1));
    assertEquals("account", door.call("PUT", "demo", "/v1/rates/mine", own).json().getString("field"));
    assertEquals(201, door.call("PUT", "reseller", "/v1/rates/for-demo", own).status());
    awaitPrice(1, "+4930123456");
    assertEquals(200, door.get("demo", "/v1/rates/for-demo").status(), "what he pays he may know");
    assertEquals(404, door.change("DELETE", "demo", "/v1/rates/for-demo", null).status());
    assertEquals(404, door.get("rival", "/v1/rates/for-demo").status());
    assertEquals(404, door.get("reseller", "/v1/rates/wholesale").status());
    assertEquals(409, door.call("PUT", "rival", "/v1/rates/for-demo", seller("rival")).status());
    assertEquals(0, door.get("rival", "/v1/rates").items().size());
  }

  @Test
  void aChangeSaysWhichVersionItMeansAndIsToldToWhoeverAsksForTheChanges() {
    assertEquals("if-match-missing", door.call("PUT", "operator", "/v1/rates/wholesale", seller("operator").put("prices", new JsonObject().put("", 2_000))).code());
    assertEquals(412, door.call("PUT", "operator", "/v1/rates/wholesale", seller("operator").put("prices", new JsonObject().put("", 2_000)), "If-Match", "\"9\"").status());
    assertEquals(200, door.change("PUT", "operator", "/v1/rates/wholesale", seller("operator").put("prices", new JsonObject().put("", 2_000))).status());
    assertEquals(2_000, price("+4930123456"));
    JsonObject last = door.get("operator", "/v1/accounts/operator/changes").items().getJsonObject(0);
    assertEquals("rate", last.getString("kind"), last.encode());
    assertEquals(200, door.change("DELETE", "operator", "/v1/rates/wholesale", null).status());
    assertTrue(!pricing.quote("demo", "+4930123456", 1).isComplete());
  }

  private static JsonObject prices(int many, int price) {
    JsonObject prices = new JsonObject();
    for (int i = 0; i < many; i++) prices.put(String.valueOf(100_000_000_000_000L + i), price);
    return prices;
  }

  @Test
  void anEntryHasAThousandPricesAtMost() {
    ManagementDoor.Answer refused = door.call("PUT", "reseller", "/v1/rates/retail", seller("reseller").put("prices", prices(1_001, 7)));
    assertEquals("invalid-list prices", refused.code() + " " + refused.json().getString("field"));
    assertEquals("'prices' has 1001 prices; more than 1000 are uploaded as rows", refused.json().getString("detail"));
    assertEquals(400, door.change("PUT", "operator", "/v1/costs/one", new JsonObject().put("currency", "EUR").put("prices", prices(1_001, 7))).status());
    assertEquals(201, door.call("PUT", "reseller", "/v1/rates/retail", seller("reseller").put("prices", prices(1_000, 7))).status());
    door.node.put("rate", "retail", seller("reseller").put("prices", prices(1_001, 8)));
    assertEquals(8, price("+100000000001000"), "what is stored holds");
  }

  @Test
  void changesAreToldAMegabyteAtATime() {
    for (int version = 1; version <= 30; version++) {
      assertEquals(version == 1 ? 201 : 200, door.change("PUT", "reseller", "/v1/rates/retail", seller("reseller").put("prices", prices(1_000, version))).status());
    }
    List<Integer> told = new ArrayList<>();   // versions, the newest first
    int pages = 0;
    for (String before = ""; before != null; pages++) {
      JsonObject page = door.get("operator", "/v1/accounts/reseller/changes?limit=500" + before).json();
      page.getJsonArray("items").forEach(item -> told.add(((JsonObject) item).getInteger("version")));
      before = page.getString("next") == null ? null : "&before=" + page.getString("next");
    }
    int last = told.get(0);
    assertEquals(IntStream.range(0, 30).mapToObj(i -> last - i).toList(), told);
    assertTrue(pages > 1, pages + " pages");
  }

  @Test
  void aPriceOfANetworkHoldsForTheNumbersThatTheDirectoryPutsThere() {
    door.upload("operator", "/v1/rates/wholesale/rows", "prefix,mccmnc,price\n,,900\n49,,70\n,26201,60\n");
    awaitPrice(70, "+4915112345678");
    JsonObject whole = door.get("operator", "/v1/directory").json();
    whole.put("network", new JsonObject().put("telekom", new JsonObject().put("mccmnc", "26201").put("prefixes", new JsonArray().add("+49151").add("+491601234567"))));
    assertEquals(200, door.change("PUT", "operator", "/v1/directory", whole).status());
    awaitPrice(60, "+4915112345678");
    assertEquals(60, price("+491601234567"), "a ported number");
    assertEquals(70, price("+491601234568"));
    whole.getJsonObject("network").put("twice", new JsonObject().put("mccmnc", "26202").put("prefixes", new JsonArray().add("49151")));
    ManagementDoor.Answer refused = door.change("PUT", "operator", "/v1/directory", whole);
    assertEquals(400, refused.status(), refused.said());
    assertEquals(60, price("+4915112345678"));
  }

  @Test
  void oneSellerHasOneList() {
    ManagementDoor.Answer second = door.call("PUT", "operator", "/v1/rates/another", seller("operator").put("prices", new JsonObject()));
    assertEquals("list-exists", second.code());
    assertNull(door.get("operator", "/v1/rates/another").etag());
  }
}
