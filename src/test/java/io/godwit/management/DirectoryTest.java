package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.godwit.accounts.ApiKey;
import io.godwit.accounts.PasswordHash;
import io.godwit.accounts.SmppLogin;
import io.godwit.management.ManagementDoor.Answer;
import io.godwit.message.Limits;
import io.godwit.node.Settings;
import io.godwit.testing.Gate;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole directory as one JSON object, out and in again. */
class DirectoryTest {
  private final ManagementDoor door = new ManagementDoor();

  @AfterEach
  void close() {
    door.close();
  }

  private Answer put(JsonObject whole, String etag) {
    return door.call("PUT", "operator", "/v1/directory", whole, "If-Match", etag);
  }

  private static List<String> paths(Answer answer) {
    return answer.json().getJsonArray("errors").stream().map(error -> ((JsonObject) error).getString("path")).sorted().toList();
  }

  @Test
  void whatIsTakenOutCanBePutBackAndChangesNothing() {
    Answer first = door.get("operator", "/v1/directory");
    assertEquals(Set.of("operator", "reseller", "rival", "demo", "other"), first.json().getJsonObject("account").fieldNames());
    assertEquals(200, put(first.json(), first.etag()).status(), "in the form of this release");
    Answer again = door.get("operator", "/v1/directory");
    assertEquals(first.json(), again.json());
    Answer nothing = put(again.json(), again.etag());
    assertEquals("{\"created\":0,\"changed\":0,\"removed\":0}", nothing.json().encode());
    assertEquals(again.etag(), nothing.etag());
  }

  @Test
  void anImportCreatesChangesAndRemovesInOneStepAndTellsWhoDidIt() {
    Answer now = door.get("operator", "/v1/directory");
    put(now.json(), now.etag());
    now = door.get("operator", "/v1/directory");
    JsonObject whole = now.json().copy();
    whole.getJsonObject("account").put("shop", new JsonObject().put("parent", "reseller").put("name", "Shop"));
    whole.getJsonObject("key").put("shop", new JsonObject().put("account", "shop").put("hash", ApiKey.hash("shop-key"))).remove("rival");
    whole.getJsonObject("account").getJsonObject("demo").put("sender", "Demo");
    whole.put("rate", new JsonObject().put("shop", new JsonObject().put("account", "shop").put("currency", "EUR").put("prices", new JsonObject().put("49", 70_000))));
    Answer dry = door.call("PUT", "operator", "/v1/directory?dryRun=true", whole);
    assertEquals("{\"created\":3,\"changed\":1,\"removed\":1}", dry.json().encode());
    assertEquals(404, door.get("operator", "/v1/accounts/shop").status());

    Answer done = put(whole, now.etag());
    assertEquals(dry.json(), done.json(), done::said);
    assertEquals(done.etag(), door.get("operator", "/v1/directory").etag());
    assertEquals(202, door.send("shop-key").status());
    assertEquals(401, door.get("rival", "/v1/account").status());
    assertEquals("412 stale", put(whole, now.etag()).status() + " " + put(whole, now.etag()).code());
    JsonObject told = door.get("reseller", "/v1/accounts/shop/changes").items().getJsonObject(0);
    assertEquals("operator", told.getJsonObject("by").getString("account"));
    assertFalse(door.find("changes").toString().contains(ApiKey.hash("shop-key")));
  }

  @Test
  void anInvalidImportChangesNothingAndEveryErrorHasItsPath() {
    Answer now = door.get("operator", "/v1/directory");
    JsonObject whole = now.json().copy();
    JsonObject accounts = whole.getJsonObject("account");
    accounts.put("a/b", new JsonObject().put("parent", "reseller").put("share", 0));
    accounts.getJsonObject("demo").put("limits", new JsonObject().put("perHour", 1)).put("colour", "red").put("currency", "USD");
    accounts.put("list", 5);
    whole.put("rates", new JsonObject());
    whole.put("route", new JsonObject().put("r1", new JsonObject().put("match", new JsonObject())));
    whole.put("rate", new JsonObject().put("bad", new JsonObject().put("currency", "EUR")).put("good", new JsonObject().put("seller", "operator").put("currency", "EUR")));
    whole.put("smpp", new JsonObject().put("much too long a system_id", new JsonObject().put("account", "demo")));
    whole.getJsonObject("key").put("lost", new JsonObject().put("account", "nobody").put("hash", ApiKey.hash("x"))).put("open", new JsonObject().put("account", "demo").put("hash", "x").put("scopes", new JsonArray().add("FLY")).put("expiresAt", "tomorrow"));
    accounts.getJsonObject("rival").put("parent", "nobody");
    whole.put("link", new JsonObject("{\"one\": {\"host\": \"x\", \"systemId\": \"y\", \"port\": 0, \"tls\": {\"trusted\": 1}}, \"two\": {\"host\": \"x\", \"binds\": true}}"));
    whole.put("linkorder", new JsonObject("{\"one\": {\"order\": \"fly\"}, \"two\": {\"order\": 5}}"));
    whole.put("network", new JsonObject("{\"a\": {\"mccmnc\": \"26201\", \"prefixes\": [\"49\"]}, \"b\": {\"mccmnc\": \"26202\", \"prefixes\": [\"49\"]}, \"c\": {\"mccmnc\": 26203}}"));
    Answer answer = put(whole, now.etag());
    assertEquals(400, answer.status());
    List<String> paths = paths(answer);
    for (String path : List.of("/account/a~1b", "/account/a~1b/share", "/account/demo/colour", "/account/demo/currency", "/account/demo/limits/perHour", "/account/list",
      "/account/rival/parent", "/key/lost/account", "/key/open/hash", "/key/open/scopes", "/key/open/expiresAt", "/link/one/port", "/link/one/tls/trusted", "/link/two/binds", "/link/two/systemId",
      "/linkorder/one/order", "/linkorder/two/order", "/network/b/prefixes", "/network/c/mccmnc", "/network/c/prefixes", "/rate/bad/seller", "/rates", "/smpp/much too long a system_id",
      "/smpp/much too long a system_id/password")) assertTrue(paths.contains(path), () -> path + " of " + paths);
    assertEquals(now.json(), door.get("operator", "/v1/directory").json());
    assertEquals(now.etag(), door.get("operator", "/v1/directory").etag());
    assertEquals(List.of(), door.find("changes"));
  }

  private static JsonObject ofDemo() {
    return new JsonObject().put("account", "demo");
  }

  @Test
  void whatTheEndpointsRefuseNoFileBringsIn() {
    Answer now = door.get("operator", "/v1/directory");
    JsonObject dear = new JsonObject().put("49", 10_000_000_000_001L);
    JsonObject many = new JsonObject();
    for (int i = 0; i < 1_001; i++) many.put(String.valueOf(1_000_000 + i), 1);
    JsonObject whole = now.json().copy();
    whole.getJsonObject("key").put("twin", ofDemo().put("hash", ApiKey.hash("demo"))).put("a key", ofDemo().put("hash", ApiKey.hash("x")).put("scope", new JsonArray().add("READ")))
      .put("empty", ofDemo().put("hash", ApiKey.hash("y")).put("scopes", new JsonArray()));
    for (int i = 0; i < 50; i++) whole.getJsonObject("key").put("k" + i, new JsonObject().put("account", "other").put("hash", ApiKey.hash("k" + i)));   // and it has one
    whole.put("linkorder", new JsonObject().put("gone", new JsonObject().put("order", "stop")));
    whole.put("link", new JsonObject().put("a.b", new JsonObject().put("host", "localhost").put("systemId", "godwit")));
    whole.put("cost", new JsonObject().put("a.b", new JsonObject().put("currency", "EUR").put("prices", dear)));
    whole.put("route", new JsonObject().put("a b", new JsonObject("{\"links\": [{\"link\": \"a.b\"}]}")));
    whole.put("smpp", new JsonObject().put("two words", ofDemo().put("password", "secret").put("adresses", new JsonArray().add("192.0.2.1")))
      .put("wide", login("demo").put("addresses", new JsonArray(Collections.nCopies(51, "192.0.2.1")))));
    JsonObject login = login("other");
    for (int i = 0; i < 51; i++) whole.getJsonObject("smpp").put("l" + i, login.copy());
    whole.put("rate", new JsonObject().put("Upper", list("seller", "operator")).put("dear", list("seller", "reseller").put("prices", dear).put("markUp", new JsonObject().put("percent", 5)))
      .put("long", list("seller", "rival").put("prices", many)).put("small", list("seller", "demo").put("currency", "eur")).put("foreign", list("account", "demo").put("currency", "USD")));
    assertEquals(List.of("/cost/a.b/prices/49", "/key/a key", "/key/a key/scope", "/key/empty/scopes", "/key/k9/account", "/key/twin/hash", "/link/a.b", "/linkorder/gone", "/rate/Upper",
      "/rate/dear/markUp", "/rate/dear/prices/49", "/rate/foreign/currency", "/rate/long/prices", "/rate/small/currency", "/route/a b", "/smpp/l9/account", "/smpp/two words",
      "/smpp/two words/adresses", "/smpp/two words/password", "/smpp/wide/addresses"), paths(put(whole, now.etag())));
    assertEquals(now.json(), door.get("operator", "/v1/directory").json());
  }

  private static JsonObject login(String account) {
    return new JsonObject().put("account", account).put("password", PasswordHash.of("secret"));
  }

  @Test
  void whatAnEarlierReleaseTookStaysAndIsJudgedWhenItIsChanged() {
    Map.of("key", ofDemo().put("hash", ApiKey.hash("old")).put("scope", new JsonArray().add("READ")).put("scopes", new JsonArray()), "smpp", login("demo").put("adresses", new JsonArray()),
      "rate", list("seller", "demo").put("markUp", 5), "senderrule", new JsonObject().put("link", "gone").put("senders", new JsonArray().add("Shop")), "linkorder", new JsonObject().put("order", "stop"))
      .forEach((kind, body) -> door.node.put(kind, "an old one", body));
    Answer first = door.get("operator", "/v1/directory");
    Answer same = put(first.json(), first.etag());
    assertEquals(200, same.status(), same::said);
    Answer now = door.get("operator", "/v1/directory");
    Map.of("key", List.of("", "/scope", "/scopes"), "smpp", List.of("", "/adresses"), "rate", List.of("", "/markUp"), "senderrule", List.of("", "/link"), "linkorder", List.of("")).forEach((kind, wrong) -> {
      Map<String, Object> harmless = Map.of("key", "Shop", "smpp", false, "rate", new JsonObject().put("49", 1), "senderrule", "Shop", "linkorder", "operator");
      Map<String, String> fields = Map.of("key", "name", "smpp", "replies", "rate", "prices", "senderrule", "note", "linkorder", "by");
      assertEquals(wrong.stream().map(field -> "/" + kind + "/an old one" + field).toList(), paths(put(with(now, kind, "an old one", fields.get(kind), harmless.get(kind)), now.etag())));
    });
    assertEquals(now.json(), door.get("operator", "/v1/directory").json());
  }

  @Test
  void whatIsAboutALinkDoesNotStayWithoutIt() {
    door.node.put("link", "sim", new JsonObject().put("host", "localhost").put("systemId", "godwit"));
    door.node.put("linkorder", "sim", new JsonObject().put("order", "stop"));
    door.node.put("senderrule", "sim", new JsonObject().put("link", "sim").put("senders", new JsonArray().add("Shop")));
    Answer now = door.get("operator", "/v1/directory");
    JsonObject whole = now.json().copy();
    whole.remove("link");
    assertEquals(List.of("/linkorder/sim", "/senderrule/sim/link"), paths(put(whole, now.etag())));
    whole.remove("linkorder");
    whole.remove("senderrule");
    assertEquals(200, put(whole, now.etag()).status());
  }

  @Test
  void whatTheDemoPutsIntoADirectoryCanBeTakenOutAndPutBack() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("conf/demo"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".json") && !each.endsWith("topup.json")).toList()) {
        String kind = file.getFileName().toString().replace(".json", "");
        JsonObject entries = Settings.json(file, Map.of());
        for (String id : entries.fieldNames()) if (door.node.directory.entry(kind, id) == null) door.node.put(kind, id, entries.getJsonObject(id));
      }
    }
    Answer out = door.get("operator", "/v1/directory");
    Answer in = put(out.json(), out.etag());
    assertEquals(200, in.status(), in::said);
    assertEquals(out.json(), door.get("operator", "/v1/directory").json());
  }

  @Test
  void numbersAreJudgedWhereNobodyElseReadsThem() {
    Answer now = door.get("operator", "/v1/directory");
    JsonObject fine = new JsonObject().put("one", new JsonObject().put("number", "+447700900001").put("account", "demo")).put("short", new JsonObject().put("number", 12345).put("account", "demo"));
    JsonObject wrong = fine.copy().put("two", new JsonObject().put("number", "+447700900001").put("account", "other")).put("lost", new JsonObject().put("number", "+447700900002"))
      .put("void", new JsonObject().put("account", "demo")).put("odd", new JsonObject().put("number", true).put("account", "nobody"));
    assertEquals(List.of("/number/lost/account", "/number/odd/account", "/number/odd/number", "/number/two/number", "/number/void/number"), paths(put(now.json().copy().put("number", wrong), now.etag())));
    assertEquals(200, put(now.json().copy().put("number", fine), now.etag()).status());
    assertEquals(fine, door.get("operator", "/v1/directory").json().getJsonObject("number"));
  }

  @Test
  void aProcessStartsOverWhatEarlierReleasesTookAndAnImportMendsIt() {
    for (String id : List.of("one", "two")) door.node.put("number", id, ofDemo().put("number", "+447700900001"));
    JsonObject login = new JsonObject().put("account", 5).put("password", PasswordHash.of("secret"));
    door.node.put("account", "5", new JsonObject().put("parent", "operator"));
    door.node.put("key", "five", new JsonObject().put("account", 5).put("hash", ApiKey.hash("five")));
    door.node.put("smpp", "five", login);
    assertEquals("5", SmppLogin.all(Map.of("five", login)).get("five").account());
    try (ManagementDoor second = door.another()) {
      assertEquals("5", second.get("five", "/v1/account").json().getString("id"));
      JsonObject whole = second.get("operator", "/v1/directory").json();
      JsonObject changed = whole.copy();
      changed.getJsonObject("number").remove("two");
      for (String kind : List.of("key", "smpp")) changed.getJsonObject(kind).put("new", whole.getJsonObject(kind).getJsonObject("five").copy());
      changed.getJsonObject("key").getJsonObject("new").put("hash", ApiKey.hash("new"));
      assertEquals(List.of("/key/new/account", "/smpp/new/account"), paths(second.call("PUT", "operator", "/v1/directory", changed, "If-Match", "*")));
      whole.getJsonObject("number").remove("two");
      Answer mended = second.call("PUT", "operator", "/v1/directory", whole, "If-Match", "*");
      assertEquals(200, mended.status(), mended::said);
      assertEquals(Set.of("one"), second.get("operator", "/v1/directory").json().getJsonObject("number").fieldNames());
    }
  }

  @Test
  void anImportKeepsTheTreeWhole() {
    Answer now = door.get("operator", "/v1/directory");
    JsonObject circle = now.json().copy();
    circle.getJsonObject("account").getJsonObject("demo").put("parent", "other");
    circle.getJsonObject("account").getJsonObject("other").put("parent", "demo");
    assertEquals(List.of("/account/demo/parent", "/account/other/parent"), paths(put(circle, now.etag())));
    JsonObject second = now.json().copy();
    second.getJsonObject("account").put("rebel", new JsonObject());
    assertEquals(List.of("/account/rebel/parent"), paths(put(second, now.etag())));
    JsonObject gone = now.json().copy();
    gone.getJsonObject("account").remove("rival");
    assertEquals(List.of("/account/rival", "/key/rival/account"), paths(put(gone, now.etag())));
    JsonObject deep = now.json().copy();
    String above = "demo";
    for (int depth = 4; depth <= 9; depth++) {
      deep.getJsonObject("account").put("d" + depth, new JsonObject().put("parent", above));
      above = "d" + depth;
    }
    assertEquals(List.of("/account/d9/parent"), paths(put(deep, now.etag())));
    JsonObject lockedOut = now.json().copy();
    lockedOut.getJsonObject("key").remove("operator");
    assertEquals(List.of("/key"), paths(put(lockedOut, now.etag())));
    for (String status : List.of("BLOCKED", "CLOSED")) assertEquals(List.of("/account/operator/status"), paths(put(with(now, "account", "operator", "status", status), now.etag())));
    assertEquals(now.json(), door.get("operator", "/v1/directory").json());
  }

  /** What is there, with one field of one entry as nobody may want it. */
  private static JsonObject with(Answer now, String kind, String id, String field, Object value) {
    JsonObject whole = now.json().copy();
    whole.getJsonObject(kind).getJsonObject(id).put(field, value);
    return whole;
  }

  @Test
  void whoeverImportsCouldTakeItBackWithTheSameKey() {
    Answer now = door.get("operator", "/v1/directory");
    Map<String, Object> locking = Map.of("hash", ApiKey.hash("another"), "account", "reseller", "scopes", new JsonArray().add("READ").add("SEND"), "expiresAt", "2020-01-01T00:00:00Z");
    locking.forEach((field, value) -> assertEquals(List.of("/key/operator/" + field), paths(put(with(now, "key", "operator", field, value), now.etag()))));
    assertEquals(now.json(), door.get("operator", "/v1/directory").json());
    assertEquals(200, put(with(now, "key", "operator", "scopes", new JsonArray().add("MANAGE")), now.etag()).status(), "it is good for less, and for this");
    assertEquals(200, door.get("operator", "/v1/directory").status());
  }

  @Test
  void anImportGrantsNoCustomerLaxerTermsThanHisSellersAndNamesNoLinkThatIsNotThere() {
    Answer now = door.get("operator", "/v1/directory");
    JsonObject whole = now.json().copy();
    JsonObject accounts = whole.getJsonObject("account");
    accounts.getJsonObject("demo").put("billOn", "DELIVERED").put("refundOnFailure", true);
    accounts.put("shop", new JsonObject().put("parent", "rival").put("refundOnFailure", true));
    assertEquals(List.of("/account/demo/billOn", "/account/demo/refundOnFailure", "/account/shop/refundOnFailure"), paths(put(whole, now.etag())));
    for (String seller : List.of("reseller", "rival")) accounts.getJsonObject(seller).put("billOn", "DELIVERED");
    accounts.getJsonObject("other").put("links", new JsonObject().put("gone/far", new JsonObject()));
    assertEquals(List.of("/account/other/links/gone~1far"), paths(put(whole, now.etag())));
    accounts.getJsonObject("other").remove("links");
    assertEquals(200, put(whole, now.etag()).status());
    Answer tightened = door.change("PATCH", "operator", "/v1/accounts/reseller", new JsonObject().put("billOn", "SENT"));
    assertEquals(200, tightened.status(), tightened::said);
    Answer again = door.get("operator", "/v1/directory");
    assertEquals(200, put(again.json(), again.etag()).status(), "what is there can be put back");
  }

  @Test
  void anImportInWhichWrongParametersArePassedOnIsRefused() {
    door.node.put("link", "sim", new JsonObject().put("host", "localhost").put("systemId", "godwit"));
    Answer now = door.get("operator", "/v1/directory");
    JsonObject whole = now.json().copy();
    whole.getJsonObject("account").getJsonObject("other").put("links", new JsonObject("{\"sim\": {\"passTlvs\": [\"0x13FF\"]}}"));
    whole.getJsonObject("account").getJsonObject("demo").put("links", new JsonObject("{\"sim\": {\"passTlvs\": [\"0x1400\"]}}"));
    assertEquals(List.of("/account/other/links/sim/passTlvs"), paths(put(whole, now.etag())));
  }

  private static final String ROWS = "prefix,mccmnc,from,price\r\n49,,,70\r\n,26201,2030-01-01T00:00:00Z,60\r\n";

  private void uploadPrices() {
    put(door.get("operator", "/v1/directory").json(), "*");   // accounts are in the form of this release from now on
    door.call("PUT", "operator", "/v1/rates/wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("markup", new JsonObject().put("percent", 5)));
    assertEquals(200, door.upload("operator", "/v1/rates/wholesale/rows", "prefix,price\n49,99\n").status());
    assertEquals(200, door.upload("operator", "/v1/rates/wholesale/rows", ROWS).status());
  }

  private JsonObject list(JsonObject whole) {
    return whole.getJsonObject("rate").getJsonObject("wholesale");
  }

  @Test
  void uploadedPricesGoOutAndInWithTheRestAndMeanTheSameElsewhere() {
    uploadPrices();
    Answer out = door.get("operator", "/v1/directory");
    assertEquals(new JsonObject("""
      {"seller": "operator", "currency": "EUR", "markup": {"percent": 5}, "rows": ["prefix,mccmnc,from,price", "49,,,70", ",26201,2030-01-01T00:00:00Z,60"]}"""), list(out.json()));
    Answer nothing = put(out.json(), out.etag());
    assertEquals("{\"created\":0,\"changed\":0,\"removed\":0}", nothing.json().encode(), "the same rows are the same list");
    assertEquals(1, door.get("operator", "/v1/rates/wholesale").json().getJsonArray("earlier").size(), "earlier rows stay");

    JsonObject changed = out.json().copy();
    list(changed).getJsonArray("rows").add("33,,,50");
    assertEquals("{\"created\":0,\"changed\":1,\"removed\":0}", door.call("PUT", "operator", "/v1/directory?dryRun=true", changed).json().encode());
    assertEquals(ROWS, door.get("operator", "/v1/rates/wholesale/rows").raw().body(), "a dry run changes nothing");
    assertEquals("{\"created\":0,\"changed\":1,\"removed\":0}", put(changed, out.etag()).json().encode());
    assertEquals(ROWS + "33,,,50\r\n", door.get("operator", "/v1/rates/wholesale/rows").raw().body());
    assertEquals(2, door.get("operator", "/v1/rates/wholesale").json().getJsonArray("earlier").size());

    try (ManagementDoor elsewhere = new ManagementDoor()) {
      Answer there = elsewhere.call("PUT", "operator", "/v1/directory", door.get("operator", "/v1/directory").json(), "If-Match", "*");
      assertEquals(200, there.status(), there::said);
      assertEquals(ROWS + "33,,,50\r\n", elsewhere.get("operator", "/v1/rates/wholesale/rows").raw().body());
      assertEquals(door.get("operator", "/v1/directory").json(), elsewhere.get("operator", "/v1/directory").json());
    }
  }

  @Test
  void withoutItsRowsAListIsTakenBackOnlyWhereTheyAre() {
    uploadPrices();
    Answer out = door.get("operator", "/v1/directory?rows=false");
    assertEquals(2, list(out.json()).getJsonObject("deck").getInteger("rows"));
    assertEquals("{\"created\":0,\"changed\":0,\"removed\":0}", put(out.json(), out.etag()).json().encode());
    try (ManagementDoor elsewhere = new ManagementDoor()) {
      assertEquals(List.of("/rate/wholesale/deck"), paths(elsewhere.call("PUT", "operator", "/v1/directory", out.json(), "If-Match", "*")));
    }
  }

  @Test
  void everyWrongRowOfAnImportHasItsPath() {
    uploadPrices();
    Answer out = door.get("operator", "/v1/directory");
    JsonObject wrong = out.json().copy();
    list(wrong).getJsonArray("rows").add("x,,,1").add("33,,,free").add("34,,");
    wrong.getJsonObject("rate").put("both", new JsonObject().put("seller", "reseller").put("currency", "EUR").put("prices", new JsonObject().put("", 1)).put("rows", new JsonArray().add("prefix,price").add("1,1")))
      .put("none", new JsonObject().put("seller", "rival").put("currency", "EUR").put("rows", "prefix,price"));
    wrong.getJsonObject("account").getJsonObject("demo").put("colour", "red");
    Answer refused = put(wrong, out.etag());
    assertEquals(400, refused.status());
    assertEquals(List.of("/account/demo/colour", "/rate/both/rows", "/rate/none/rows", "/rate/wholesale/rows/3", "/rate/wholesale/rows/4", "/rate/wholesale/rows/5"), paths(refused));
    assertEquals(out.json(), door.get("operator", "/v1/directory").json());
  }

  @Test
  void aQuarterOfAMillionRowsGoOutAndInAtOnce() {
    JsonObject whole = door.get("operator", "/v1/directory").json();
    JsonArray lines = new JsonArray().add("prefix,mccmnc,from,price");
    for (int i = 0; i < 250_000; i++) lines.add((1_000_000_000L + i) + ",,," + (50_000 + i % 7));
    whole.put("rate", new JsonObject().put("wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("rows", lines)));
    assertTrue(whole.encode().length() > Limits.BODY_BYTES);
    Answer in = door.call("PUT", "operator", "/v1/directory", whole, "If-Match", "*");
    assertEquals(200, in.status(), in::said);
    assertEquals(250_000, door.get("operator", "/v1/rates/wholesale").json().getInteger("rows"));
    assertEquals(whole.getJsonObject("rate"), door.get("operator", "/v1/directory").json().getJsonObject("rate"));
    assertEquals(413, door.call("PUT", "reseller", "/v1/directory", whole, "If-Match", "*").status(), "larger bodies are the operator's alone");
  }

  private long storedRows() {
    return door.find("decks").stream().map(part -> part.getString("deck")).distinct().count();
  }

  @Test
  void theRowsOfAnImportAreReadAndStoredOnceWhateverIsChangedMeanwhileAndAnEtagStillMeansTheWhole() {
    JsonObject exchange = new JsonObject().put("rates", new JsonArray().add(new JsonObject().put("rate", 1)));
    JsonObject whole = door.get("operator", "/v1/directory").json();
    whole.put("rate", new JsonObject().put("wholesale", list("seller", "operator").put("rows", new JsonArray().add("prefix,price").add("49,70"))));
    try (Gate gate = new Gate(); ManagementDoor second = door.another(gate)) {
      Gate.Stop stop = gate.before("insert", "decks");
      CompletableFuture<Answer> importing = second.calling("PUT", "operator", "/v1/directory", whole, "If-Match", "*");
      stop.reached();
      assertEquals(201, door.call("PUT", "operator", "/v1/exchange/EUR-USD", exchange).status());
      stop.pass();
      assertEquals(200, importing.join().status(), () -> importing.join().said());
      assertEquals(1, importing.join().json().getInteger("removed"), "judged by what was in force when it was written: the rate of exchange is not in the file");
      assertEquals(1, storedRows());
      assertEquals("prefix,mccmnc,from,price\r\n49,,,70\r\n", second.get("operator", "/v1/rates/wholesale/rows").raw().body());
      assertEquals(404, second.get("operator", "/v1/exchange/EUR-USD").status());

      Gate.Stop again = gate.before("insert", "decks");
      list(whole).getJsonArray("rows").add("33,50");
      CompletableFuture<Answer> late = second.calling("PUT", "operator", "/v1/directory", whole, "If-Match", second.get("operator", "/v1/directory").etag());
      again.reached();
      assertEquals(201, door.call("PUT", "operator", "/v1/exchange/EUR-USD", exchange).status());
      again.pass();
      assertEquals("412 stale", late.join().status() + " " + late.join().code());
      assertEquals(200, door.get("operator", "/v1/exchange/EUR-USD").status());
    }
  }

  /** Bytes that this process's event loops have allocated until now: what they do is told by it, however fast the machine is. */
  private static long allocatedOnEventLoops() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().contains("eventloop")) sum += threads.getThreadAllocatedBytes(thread.getThreadId());
    }
    return sum;
  }

  @Test
  void whatIsTakenOutIsMadeBesideTheEventLoop() {
    int rows = 250_000;
    StringBuilder file = new StringBuilder("prefix,mccmnc,from,price\r\n");
    for (int i = 0; i < rows; i++) file.append(1_000_000_000L + i).append(",,,").append(50_000 + i % 7).append("\r\n");
    uploadPrices();
    assertEquals(200, door.upload("operator", "/v1/rates/wholesale/rows", file.toString()).status());
    long before = allocatedOnEventLoops();
    assertEquals(rows + 1, list(door.get("operator", "/v1/directory").json()).getJsonArray("rows").size());
    long bytes = allocatedOnEventLoops() - before;
    assertTrue(bytes < rows * 24L, () -> bytes + " bytes on event loops: a line is 24 and its characters, at least");
  }

  @Test
  void theDirectoryIsTheOperatorsAlone() {
    assertEquals(403, door.get("reseller", "/v1/directory").status());
    assertEquals(403, door.call("PUT", "reseller", "/v1/directory", new JsonObject(), "If-Match", "*").status());
    assertEquals("428 if-match-missing", door.call("PUT", "operator", "/v1/directory", new JsonObject()).status() + " if-match-missing");
  }

  @Test
  void anImportHasOneListOfEachSellerAndCustomerAndNoneOfStrangers() {
    Answer now = door.get("operator", "/v1/directory");
    JsonObject whole = now.json().copy();
    JsonObject lists = new JsonObject().put("one", list("seller", "operator")).put("two", list("seller", "operator")).put("also-demo", list("account", "demo")).put("for-demo", list("account", "demo"))
      .put("strange", list("seller", "nobody")).put("stranger", list("account", "nobody")).put("both", list("seller", "rival").put("account", "rival")).put("reseller", list("seller", "reseller"));
    Answer refused = put(whole.put("rate", lists), now.etag());
    assertEquals(List.of("/rate/both/seller", "/rate/for-demo/account", "/rate/strange/seller", "/rate/stranger/account", "/rate/two/seller"), paths(refused), "each once");
    assertEquals(now.json(), door.get("operator", "/v1/directory").json());
    for (String wrong : List.of("both", "for-demo", "strange", "stranger", "two")) lists.remove(wrong);
    Answer done = put(whole, now.etag());
    assertEquals(200, done.status(), done::said);
    assertEquals(3, door.get("operator", "/v1/rates").items().size());
    assertEquals("rate reseller", lastChange("reseller"));
    assertEquals("rate also-demo", lastChange("demo"));
    put(now.json(), done.etag());
    JsonObject removed = door.get("reseller", "/v1/accounts/reseller/changes").items().getJsonObject(0);
    assertEquals("rate reseller null", removed.getString("kind") + " " + removed.getString("entry") + " " + removed.getValue("after"), "its end, too, whoever sells by it is told");
  }

  private String lastChange(String account) {
    JsonObject last = door.get(account, "/v1/accounts/" + account + "/changes").items().getJsonObject(0);
    return last.getString("kind") + " " + last.getString("entry");
  }

  private static JsonObject list(String role, String owner) {
    return new JsonObject().put(role, owner).put("currency", "EUR");
  }

  @Test
  void thousandsOfListsGoInBesideOneThatHasRows() {
    JsonObject whole = door.get("operator", "/v1/directory").json();
    JsonObject lists = new JsonObject().put("wholesale", list("seller", "operator").put("rows", new JsonArray().add("prefix,price").add("49,70")));
    for (int i = 0; i < 5_000; i++) {
      whole.getJsonObject("account").put("c" + i, new JsonObject().put("parent", "reseller"));
      lists.put("c" + i, list("account", "c" + i).put("prices", new JsonObject().put("", 1)));
    }
    Answer dry = door.call("PUT", "operator", "/v1/directory?dryRun=true", whole.put("rate", lists));
    assertEquals(200, dry.status(), dry::said);
    assertEquals(10_001, dry.json().getInteger("created"));
  }

  @Test
  void thousandsOfListsWithRowsGoInBehindOneWhoseRowsAreRead() {
    JsonObject whole = door.get("operator", "/v1/directory").json();
    JsonArray rows = new JsonArray().add("prefix,price").add("49,70");
    JsonObject lists = new JsonObject().put("wholesale", list("seller", "operator").put("rows", rows));
    assertEquals(200, door.call("PUT", "operator", "/v1/directory", whole.put("rate", lists), "If-Match", "*").status());
    for (int i = 0; i < 5_000; i++) {
      whole.getJsonObject("account").put("c" + i, new JsonObject().put("parent", "reseller"));
      lists.put("c" + i, list("account", "c" + i).put("rows", rows));
    }
    Answer dry = door.call("PUT", "operator", "/v1/directory?dryRun=true", whole);
    assertEquals(200, dry.status(), dry::said);
    assertEquals("{\"created\":10000,\"changed\":0,\"removed\":0}", dry.json().encode());
  }

  /** Of ten thousand accounts, ten thousand keys and five thousand routes a cache of 256 MB, as tests have it, takes too little; one of a gigabyte takes them (perf/README.md). */
  @Test
  void hundredsOfAccountsWithKeysAndRoutesGoInAtOnce() {
    door.node.put("link", "sim", new JsonObject().put("host", "localhost").put("systemId", "godwit"));
    JsonObject whole = door.get("operator", "/v1/directory").json();
    whole.put("route", new JsonObject());
    for (int i = 0; i < 600; i++) {
      whole.getJsonObject("account").put("c" + i, new JsonObject().put("parent", i < 100 ? "operator" : "c" + i % 100).put("name", "Customer " + i).put("sender", "Shop" + i));
      whole.getJsonObject("key").put("c" + i, new JsonObject().put("account", "c" + i).put("hash", ApiKey.hash("c" + i)));
      if (i < 300) whole.getJsonObject("route").put("r" + i, new JsonObject().put("match", new JsonObject().put("prefix", "" + (100_000 + i))).put("links", new JsonArray().add(new JsonObject().put("link", "sim"))));
    }
    Answer done = put(whole, "*");
    assertEquals(200, done.status(), done::said);
    assertEquals(1_500, done.json().getInteger("created"));
    assertEquals("c99", door.get("operator", "/v1/accounts/c599").json().getString("parent"));
  }

  @Test
  void moreThanATransactionTakesIsRefusedAndToldBefore() {
    Answer now = door.get("operator", "/v1/directory");
    JsonObject whole = now.json().copy();
    for (int i = 0; i <= Limits.CHANGES; i++) whole.getJsonObject("account").put("c" + i, new JsonObject().put("parent", "reseller"));
    Answer dry = door.call("PUT", "operator", "/v1/directory?dryRun=true", whole);
    assertEquals("400 too-many-changes", dry.status() + " " + dry.code());
    Answer refused = put(whole, now.etag());
    assertEquals("400 too-many-changes", refused.status() + " " + refused.code());
    assertEquals(now.etag(), door.get("operator", "/v1/directory").etag());
  }

  @Test
  void anImportThatIsTooSlowForATransactionEachTimeIsGivenUpAndStandsInNobodysWay() {
    door.node.put("link", "sim", new JsonObject().put("host", "localhost").put("systemId", "godwit"));
    JsonObject whole = door.get("operator", "/v1/directory").json();
    whole.getJsonObject("account").put("shop", new JsonObject().put("parent", "reseller"));
    try (Gate gate = new Gate(); ManagementDoor second = door.another(gate)) {
      List<Gate.Stop> stops = Stream.generate(() -> gate.before("insert", "directory")).limit(10).toList();   // each for longer than a transaction lives
      Answer slow = second.call("PUT", "operator", "/v1/directory", whole, "If-Match", "*");
      stops.forEach(Gate.Stop::disarm);
      assertEquals("503 busy", slow.status() + " " + slow.code());
      assertEquals(3, stops.stream().filter(Gate.Stop::isReached).count());
      JsonObject route = new JsonObject().put("links", new JsonArray().add(new JsonObject().put("link", "sim")));
      Answer next = second.call("PUT", "operator", "/v1/routes/x", route);
      assertEquals(201, next.status(), next::said);
      assertEquals(404, second.get("operator", "/v1/accounts/shop").status());
      assertEquals(200, second.call("PUT", "operator", "/v1/directory", whole, "If-Match", "*").status(), "another import has its turn");
      assertEquals(200, second.get("operator", "/v1/accounts/shop").status());
    }
  }

  @Test
  void twoThousandAccountsGoInAtOnce() {
    Answer now = door.get("operator", "/v1/directory");
    JsonObject whole = now.json().copy();
    for (int i = 0; i < 2_000; i++) whole.getJsonObject("account").put("c" + i, new JsonObject().put("parent", "reseller"));
    Answer done = put(whole, now.etag());
    assertEquals(200, done.status(), done::said);
    assertEquals(2_000, done.json().getInteger("created"));
    assertEquals(1_000, door.get("reseller", "/v1/accounts?limit=1000").items().size());
  }
}
