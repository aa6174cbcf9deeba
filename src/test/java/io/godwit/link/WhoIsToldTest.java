package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import io.godwit.accounts.ApiKey;
import io.godwit.node.Node;
import io.godwit.node.Settings;
import io.godwit.ops.OpsVerticle;
import io.godwit.submission.HttpVerticle;
import io.godwit.testing.Await;
import io.godwit.testing.Ports;
import io.godwit.testing.TestNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process whose carrier refuses its bind: what of that customers are told at the door, and what operators there, by their key, and at an address of their own. */
class WhoIsToldTest {
  private static final String ALARM = "godwit_link_refused{link=\"best-carrier\"} 1.0";

  private final LinkStand stand = new LinkStand();
  private final TestNode test = stand.test;
  private final HttpClient client = HttpClient.newHttpClient();
  private final int ops = Ports.free();
  private int door;

  @BeforeEach
  void aRefusedBind() {
    account("operator", new JsonObject());
    account("reseller", new JsonObject().put("parent", "operator"));
    account("shop", new JsonObject().put("parent", "reseller"));
    test.await(() -> test.vertx.deployVerticle(new OpsVerticle(withOps())));
    test.await(() -> test.vertx.deployVerticle(new HttpVerticle(test.node)));
    door = test.vertx.sharedData().<String, Integer>getLocalMap(HttpVerticle.PORTS).get("http");
    RecordingCarrier strict = RecordingCarrier.listen(test, new NetServerOptions());
    strict.bindStatus.add(SmppConstants.STATUS_INVPASWD);
    stand.configure("best-carrier", strict.port(), new JsonObject());
    stand.startLink();
    Await.until("the bind is refused", () -> test.node.meters().scrape().contains(ALARM));
  }

  private void account(String id, JsonObject body) {
    test.put("account", id, body);
    test.put("key", id, new JsonObject().put("account", id).put("hash", ApiKey.hash(id)));
  }

  private Node withOps() {
    Settings settings = new Settings(List.of(), null, "127.0.0.1", 0, 0, null, new Settings.Ops("127.0.0.1", ops), null);
    return new Node(test.vertx, settings, test.sets, test.node.queues(), test.directory, test.node.meters(), test.node.readiness(), test.node.plugins());
  }

  @AfterEach
  void close() {
    stand.close();
  }

  /** @param key null = without one */
  private HttpResponse<String> ask(int port, String path, String key) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (key != null) request.header("Authorization", "Bearer " + key);
    return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).join();
  }

  private static String code(HttpResponse<String> answer) {
    return answer.statusCode() + " " + new JsonObject(answer.body()).getString("code");
  }

  @Test
  void metricsAtTheDoorAreTheOperatorsAlone() {
    assertEquals("401 unauthorized", code(ask(door, "/metrics", null)));
    for (String key : List.of("reseller", "shop")) assertEquals("403 operator-only", code(ask(door, "/metrics", key)), key);
    HttpResponse<String> told = ask(door, "/metrics", "operator");
    assertEquals(200, told.statusCode());
    assertTrue(told.body().contains(ALARM), told.body());
  }

  @Test
  void theDoorSaysWhichComponentIsNotReadyAndToTheOperatorAloneWhy() {
    JsonObject told = new JsonObject().put("status", "not-ready").put("components", new JsonObject().put("link", "not-ready").put("submission", "ok"));
    test.put("key", "sender", new JsonObject().put("account", "operator").put("hash", ApiKey.hash("sender")).put("scopes", new JsonArray().add("SEND")));
    for (String key : new String[] {null, "nobody", "shop", "reseller", "sender"}) {
      Await.until(() -> "the store answers, and no more is told than the link: " + ask(door, "/health/ready", key).body(), 60, () -> told.equals(new JsonObject(ask(door, "/health/ready", key).body())));
      assertEquals(503, ask(door, "/health/ready", key).statusCode());
    }
    HttpResponse<String> whole = ask(door, "/health/ready", "operator");
    assertEquals(503, whole.statusCode());
    assertTrue(new JsonObject(whole.body()).getJsonObject("components").getString("link").startsWith("link best-carrier is refused for good"), whole.body());
    assertTrue(new JsonObject(whole.body()).getJsonObject("sets").containsKey("0"), whole.body());
    assertEquals(200, ask(door, "/health/live", null).statusCode());
  }

  @Test
  void theOperatorsOwnAddressTellsAllWithoutAKey() {
    HttpResponse<String> told = ask(ops, "/health/ready", null);
    assertEquals(503, told.statusCode());
    JsonObject ready = new JsonObject(told.body());
    assertTrue(ready.getJsonObject("components").getString("link").startsWith("link best-carrier is refused for good"), told.body());
    assertTrue(ready.getJsonObject("sets").containsKey("0"), told.body());
    HttpResponse<String> metrics = ask(ops, "/metrics", null);
    assertEquals(200, metrics.statusCode());
    assertTrue(metrics.body().contains(ALARM), metrics.body());
    assertFalse(ask(door, "/health/ready", null).body().contains("best-carrier"));
  }
}
