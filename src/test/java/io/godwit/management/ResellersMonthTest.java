package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.PostgresServer;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The README's "A reseller's month by API alone", on a real gateway with its carrier, MongoDB and PostgreSQL. */
@Tag("slow")
class ResellersMonthTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private String base;

  private HttpResponse<String> call(String method, String key, String path, JsonObject body, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + key).header("Content-Type", "application/json");
    if (headers.length > 0) request.headers(headers);
    try {
      return HTTP.send(request.method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.encode())).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonObject done(int status, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    return new JsonObject(answer.body());
  }

  private JsonObject get(String key, String path) {
    return done(200, call("GET", key, path, null));
  }

  private JsonObject patch(String key, String path, JsonObject change) {
    String etag = call("GET", key, path, null).headers().firstValue("ETag").orElseThrow();
    return done(200, call("PATCH", key, path, change, "If-Match", etag));
  }

  private List<String> send(String key, String to, int count) {
    JsonArray recipients = new JsonArray();
    for (int i = 0; i < count; i++) recipients.add(new JsonObject().put("to", to + (count == 1 ? "" : 10 + i)));
    JsonObject batch = done(202, call("POST", key, "/v1/batches", new JsonObject().put("text", "Your parcel is on its way").put("recipients", recipients)));
    List<String> ids = new ArrayList<>();
    batch.getJsonArray("messages").forEach(message -> ids.add(((JsonObject) message).getString("id")));
    return ids;
  }

  private List<String> statuses(String key, List<String> ids) {
    return ids.stream().map(id -> get(key, "/v1/messages/" + id).getString("status")).sorted().toList();
  }

  private void awaitBalance(String account, String amount) {
    Await.until("the balance of " + account + " is " + amount, 30, () -> amount.equals(get("reseller-key", "/v1/accounts/" + account + "/balance").getString("balance")));
  }

  private JsonObject statement(String account, int messages) {
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    String path = "/v1/accounts/" + account + "/statement?from=" + today + "&to=" + today;
    Await.until("the statement of " + account + " has " + messages + " messages", 30, () -> get("reseller-key", path).getJsonArray("lines").stream().map(JsonObject.class::cast)
      .anyMatch(line -> line.getString("type").equals("USAGE") && line.getInteger("messages") == messages));
    return get("reseller-key", path);
  }

  private static List<String> lines(JsonObject statement) {
    return statement.getJsonArray("lines").stream().map(JsonObject.class::cast).map(line -> line.getString("type") + " " + line.getString("amount") + " " + line.getString("balance")).toList();
  }

  /** Two falls are possible, where somebody looked before he had his first credit. */
  private boolean isEachAlertCounted() {
    int falls = get("reseller-key", "/v1/accounts/shop/alerts").getJsonArray("items").size();
    List<String> alerts = call("GET", "admin-key", "/metrics", null).body().lines().filter(line -> line.startsWith("godwit_account_alerts_total")).sorted().toList();
    return alerts.equals(List.of("godwit_account_alerts_total{kind=\"low_balance\"} " + falls + ".0", "godwit_account_alerts_total{kind=\"spend\"} 0.0", "godwit_account_alerts_total{kind=\"velocity\"} 0.0"));
  }

  /** His papers are those of one day. */
  static void awaitADayThatDoesNotEndMeanwhile() {
    Await.until("it is past midnight", 300, () -> LocalTime.now(ZoneOffset.UTC).isBefore(LocalTime.of(23, 56)));
  }

  @Test
  void aResellersMonthCanBePlayedByApiAlone() {
    awaitADayThatDoesNotEndMeanwhile();
    try (Site site = Site.open(MongoCluster.shared()).reporting(PostgresServer.shared().freshDatabase()); GodwitProcess gateway = site.gateway("month").start().awaitReady()) {
      base = "http://127.0.0.1:" + gateway.httpPort();

      // a customer signs up, with a key and an SMPP login
      done(201, call("POST", "reseller-key", "/v1/accounts", new JsonObject().put("id", "shop").put("name", "The shop").put("sender", "Shop").put("refundOnFailure", true).put("lowBalance", "0.50")));
      String key = done(201, call("POST", "reseller-key", "/v1/accounts/shop/keys", new JsonObject().put("scopes", new JsonArray().add("SEND").add("READ")))).getString("key");
      assertEquals(8, done(201, call("POST", "reseller-key", "/v1/accounts/shop/smpp-logins", new JsonObject().put("systemId", "shop"))).getString("password").length());

      // his price list: ten cents to Germany
      JsonObject list = new JsonObject().put("account", "shop").put("currency", "EUR").put("prices", new JsonObject().put("49", 100_000));
      done(201, call("PUT", "reseller-key", "/v1/rates/shop", list));

      // credit for twenty messages, once
      JsonObject credit = new JsonObject().put("id", "2026-11-invoice-17").put("amount", "2.00").put("note", "paid by wire");
      for (int i = 0; i < 2; i++) done(201, call("POST", "reseller-key", "/v1/accounts/shop/top-ups", credit));
      awaitBalance("shop", "2");

      // he sends; what fails costs nothing
      List<String> sent = send(key, "+49151123456", 10);
      List<String> failed = send(key, "+4915119990001", 1);
      Await.until("the ten are delivered", 30, () -> statuses(key, sent).stream().allMatch("DELIVERED"::equals));
      Await.until("the failure is known", 30, () -> statuses(key, failed).equals(List.of("TELCO_ERROR")));
      awaitBalance("shop", "1");

      // blocked, what he sends goes nowhere and costs nothing; active again, he sends what his credit reaches for
      patch("reseller-key", "/v1/accounts/shop", new JsonObject().put("status", "BLOCKED"));
      List<String> blocked = send(key, "+4915112345678", 1);
      Await.until("it is taken, and goes nowhere", 30, () -> statuses(key, blocked).equals(List.of("USER_BLOCKED")));
      assertEquals("1", get(key, "/v1/accounts/shop/balance").getString("balance"));
      patch("reseller-key", "/v1/accounts/shop", new JsonObject().put("status", "ACTIVE"));
      List<String> more = send(key, "+49151123457", 12);
      Await.until("ten are delivered and two refused", 30, () -> statuses(key, more).stream().filter("DELIVERED"::equals).count() == 10
        && statuses(key, more).stream().filter("NO_CREDIT"::equals).count() == 2);
      awaitBalance("shop", "0");

      // the month's papers
      JsonObject statement = statement("shop", 20);
      assertEquals(List.of("TOP_UP 2 2", "USAGE -2 0"), lines(statement));
      assertEquals("0 0", statement.getString("opening") + " " + statement.getString("closing"));
      JsonObject own = statement("demo-reseller", 20);
      assertEquals(List.of("USAGE -1.1 999998.9"), lines(own), "what he gives costs him nothing, what is sent his own price, 5.5 cents a message");
      assertEquals(get("reseller-key", "/v1/accounts/demo-reseller/balance").getString("balance"), own.getString("closing"), "nothing is reserved any more");
      String csv = call("GET", "reseller-key", "/v1/accounts/shop/statement", null, "Accept", "text/csv").body();
      assertTrue(csv.startsWith("Day,Type,Id,Other,Note,Messages,Segments,Amount,Balance,Currency\r\n") && csv.contains(",TOP_UP,2026-11-invoice-17,,paid by wire,,,2,2,EUR\r\n")
        && csv.contains(",USAGE,,,,20,20,-2,0,EUR\r\n"), csv);
      JsonObject usage = get("reseller-key", "/v1/accounts/shop/usage");
      JsonObject germany = usage.getJsonArray("items").getJsonObject(0);
      assertEquals("DE 20 20 2", germany.getString("country") + " " + germany.getInteger("messages") + " " + germany.getInteger("segments") + " " + germany.getString("amount"));
      assertEquals(List.of("account", "account", "rate", "smpp", "key", "account"), get("reseller-key", "/v1/accounts/shop/changes").getJsonArray("items").stream().map(item -> ((JsonObject) item).getString("kind")).toList());
      Await.until("he is warned of his low balance", 30, () -> get("reseller-key", "/v1/accounts/shop/alerts").getJsonArray("items").stream()
        .anyMatch(alert -> ((JsonObject) alert).getString("kind").equals("LOW_BALANCE")));
      Await.until("each alert is counted", 30, this::isEachAlertCounted);
      String balance = "/v1/accounts/shop/balance";
      Await.until("nothing is reserved any more", 30, () -> "0".equals(get("reseller-key", balance).getString("reserved")));
      site.awaitAllFinal(30);
      site.assertCleanBooks();
    }
  }
}
