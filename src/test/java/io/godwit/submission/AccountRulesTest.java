package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.MongoCluster;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an account's entry says about what it may hand in, at the door. */
class AccountRulesTest {
  @RegisterExtension
  final LimitsHold limitsHold = new LimitsHold();

  private final String uri = MongoCluster.shared().uri().replace("/?", "/" + MongoCluster.shared().freshDatabase() + "?");
  private final HttpDoor door = new HttpDoor(new JsonObject(), 1, List.of(uri), HttpDoor.FROM_NOON);

  @AfterEach
  void close() {
    door.close();
  }

  private void account(String id, String parent, JsonObject more) {
    door.entry("account", id, new JsonObject().put("parent", parent).mergeIn(more));
  }

  private static List<HttpDoor.Answer> send(int count, HttpDoor... doors) {
    List<CompletableFuture<HttpDoor.Answer>> sending = new ArrayList<>();
    for (int i = 0; i < count; i++) sending.add(doors[i % doors.length].sending("/v1/messages", HttpDoor.sms().encode()));
    return sending.stream().map(CompletableFuture::join).toList();
  }

  private static long count(List<HttpDoor.Answer> answers, int status) {
    return answers.stream().filter(answer -> answer.status() == status).count();
  }

  @Test
  void whoIsBelowABlockedAccountIsHeardAndBelowAClosedOneNotAnyMore() {
    String id = door.post("/v1/messages", HttpDoor.sms()).id();
    account("reseller", "operator", new JsonObject().put("status", "BLOCKED"));
    assertEquals(202, door.post("/v1/messages", HttpDoor.sms()).status(), "the worker ends it USER_BLOCKED");
    assertEquals(200, door.get("/v1/messages/" + id).status());
    account("reseller", "operator", new JsonObject().put("status", "CLOSED"));
    assertEquals(401, door.get("/v1/messages/" + id).status());
  }

  @Test
  void aMessageWithoutASenderGetsTheAccounts() {
    account("demo", "reseller", new JsonObject().put("sender", "DemoShop"));
    JsonObject sms = HttpDoor.sms();
    sms.remove("from");
    String without = door.post("/v1/messages", sms).id();
    String with = door.post("/v1/messages", HttpDoor.sms()).id();
    assertEquals("DemoShop", door.get("/v1/messages/" + without).json().getString("from"));
    assertEquals("Godwit", door.get("/v1/messages/" + with).json().getString("from"));
  }

  @Test
  void aDaysSegmentsAreNeverExceededOverTwoDoors() {
    account("demo", "reseller", new JsonObject().put("limits", new JsonObject().put("segmentsPerDay", 40)));
    try (HttpDoor second = new HttpDoor(new JsonObject(), 1, List.of(uri), HttpDoor.FROM_NOON)) {
      account("demo", "reseller", new JsonObject().put("limits", new JsonObject().put("segmentsPerDay", 40)));
      second.entry("account", "reseller", new JsonObject().put("parent", "operator"));
      List<HttpDoor.Answer> answers = send(100, door, second);
      assertEquals(40, count(answers, 202));
      assertEquals(60, count(answers, 429));
      HttpDoor.Answer refused = answers.stream().filter(answer -> answer.status() == 429).findFirst().orElseThrow();
      assertEquals("daily-limit", refused.code());
      assertTrue(Integer.parseInt(refused.raw().headers().firstValue("Retry-After").orElseThrow()) > 0);
    }
  }

  @Test
  void aResellersLimitHoldsForAllBelowHim() {
    account("reseller", "operator", new JsonObject().put("limits", new JsonObject().put("segmentsPerDay", 5)));
    assertEquals(5, count(send(8, door), 202));
    HttpDoor.Answer refused = door.sending("/v1/messages", HttpDoor.sms().encode(), "Authorization", "Bearer other-key").join();
    assertEquals(429, refused.status());
    assertEquals("daily-limit a limit of an account above it is reached", refused.code() + " " + refused.json().getString("detail"), "his terms are not theirs to know");
    HttpDoor.Answer own = door.sending("/v1/messages", HttpDoor.sms().encode(), "Authorization", "Bearer reseller-key").join();
    assertEquals("account reseller may hand in 5 segments a day", own.json().getString("detail"));
    assertEquals(202, door.sending("/v1/messages", HttpDoor.sms().encode(), "Authorization", "Bearer admin-key").join().status());
  }

  @Test
  void segmentsASecondAreHeldAndABatchIsOwed() {
    account("demo", "reseller", new JsonObject().put("limits", new JsonObject().put("segmentsPerSecond", 1)));
    HttpDoor.Answer batch = door.post("/v1/batches", new JsonObject().put("text", "Hello").put("recipients", HttpDoor.recipients(3_000)));
    assertEquals(202, batch.status());
    HttpDoor.Answer next = door.post("/v1/messages", HttpDoor.sms());
    assertEquals("429 rate-limit", next.status() + " " + next.code());
    assertEquals("1", next.raw().headers().firstValue("Retry-After").orElseThrow());
  }

  @Test
  void aDaysSpendingIsHeldAndAlertedOnce() {
    door.entry("rate", "r", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("44", 10_000)));
    door.entry("rate", "c", new JsonObject().put("seller", "reseller").put("currency", "EUR").put("prices", new JsonObject().put("44", 50_000)));
    account("demo", "reseller", new JsonObject().put("limits", new JsonObject().put("spendPerDay", "0.50").put("alertAt", 50)));
    JsonObject asked = new JsonObject().put("text", "Hello").put("to", "+447700900123");
    Await.until("prices are read", () -> door.post("/v1/messages/preview", asked).json().getString("price") != null);
    List<HttpDoor.Answer> answers = send(15, door);
    assertEquals(10, count(answers, 202), "at five cents each");
    assertEquals("spend-limit", answers.stream().filter(answer -> answer.status() == 429).findFirst().orElseThrow().code());
    Await.until("the alert is stored", () -> !door.find("alerts").isEmpty());
    List<Document> alerts = door.find("alerts");
    assertEquals(1, alerts.size());
    assertEquals("demo", alerts.get(0).getString("account"));
    assertEquals("SPEND", alerts.get(0).getString("kind"));
    assertEquals("0.5", alerts.get(0).get("details", Document.class).getString("limit"));
  }

  @Test
  void anAlertThatTheStoreRefusedIsStoredWithALaterDrawOnce() {
    String database = MongoCluster.shared().freshDatabase();
    try (Gate gate = new Gate(); HttpDoor gated = new HttpDoor(new JsonObject(), 1, List.of(gate.uri(database) + "&appName=" + database), HttpDoor.FROM_NOON)) {
      gated.entry("rate", "all", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("44", 50_000)));
      gated.entry("account", "demo", new JsonObject().put("parent", "reseller").put("limits", new JsonObject().put("spendPerDay", "10").put("alertAt", 1)));
      JsonObject asked = new JsonObject().put("text", "Hello").put("to", "+447700900123");
      Await.until("prices are read", () -> gated.post("/v1/messages/preview", asked).json().getString("price") != null);
      MongoCluster.shared().fail(database, new Document("times", 1), new Document("failCommands", List.of("update")).append("namespace", database + ".alerts").append("errorCode", 13));
      Await.until("the alert is stored", () -> gated.post("/v1/messages", HttpDoor.sms()).status() > 0 && !gated.find("alerts").isEmpty());
      send(10, gated);
      assertEquals(1, gated.find("alerts").size());
      assertEquals(2, gate.seen("update", "alerts"), "the one that was refused, and the next");
    }
  }

  @Test
  void whatALimitLetsThroughIsGivenBackWhenAnotherRefuses() {
    account("demo", "reseller", new JsonObject().put("limits", new JsonObject().put("segmentsPerDay", 3)));
    account("reseller", "operator", new JsonObject().put("limits", new JsonObject().put("segmentsPerDay", 2)));
    assertEquals(2, count(send(6, door), 202));
    account("reseller", "operator", new JsonObject());
    assertEquals(1, count(send(6, door), 202), "one of three is left");
  }
}
