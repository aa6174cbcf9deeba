package io.godwit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.ApiKey;
import io.godwit.message.Message;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.reporting.ReportingVerticle;
import io.godwit.submission.HttpVerticle;
import io.godwit.testing.Await;
import io.godwit.testing.PostgresServer;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handler fails with words that are no customer's business: what the door and the reports tell of it, and to whom. */
class WhoLearnsWhyTest {
  private static final String WORDS = "it could not be handled; the operator knows why";

  private final TestNode node = TestNode.start(1, PostgresServer.shared().freshDatabase());
  private final Context context = ((VertxInternal) node.vertx).createEventLoopContext();
  private final HttpClient client = HttpClient.newHttpClient();
  private Stage stage;
  private String base;

  @BeforeEach
  void aDoorReportsAndAWorkerWithABug() {
    node.vertx.setPeriodic(10, t -> node.clock.addAndGet(10));
    account("operator", new JsonObject());
    account("reseller", new JsonObject().put("parent", "operator"));
    account("shop", new JsonObject().put("parent", "reseller"));
    node.await(() -> node.vertx.deployVerticle(new ReportingVerticle(node.node), new DeploymentOptions().setConfig(new JsonObject().put("pollMs", 20))));
    node.await(() -> node.vertx.deployVerticle(new HttpVerticle(node.node)));
    base = "http://127.0.0.1:" + node.vertx.sharedData().<String, Integer>getLocalMap(HttpVerticle.PORTS).get("http");
    MessageQueue queue = node.node.queue(0);
    Await.on(context, () -> {
      stage = new Stage(context, queue, Parcel.ROUTE, queue.openSlot("worker"), new Handlers(queue, List.of(new Bug()), q -> 500, account -> 1));
      stage.start();
      return Future.succeededFuture();
    });
  }

  private static final class Bug implements MessageHandler {
    @Override
    public String name() {
      return "bug";
    }

    @Override
    public Future<List<Decision>> handle(List<Message> batch) {
      throw new IllegalStateException("jdbc:secret");
    }
  }

  private void account(String id, JsonObject body) {
    node.put("account", id, body);
    node.put("key", id, new JsonObject().put("account", id).put("hash", ApiKey.hash(id)));
  }

  @AfterEach
  void close() {
    Await.on(context, stage::stop);
    node.undeployAll();
    node.close();
  }

  private JsonObject call(int status, String method, String key, String path, String body) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + key).header("Content-Type", "application/json")
      .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
    HttpResponse<String> answer = client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
    assertEquals(status, answer.statusCode(), answer.body());
    return new JsonObject(answer.body());
  }

  private JsonObject get(String key, String path) {
    return call(200, "GET", key, path, null);
  }

  private Stream<JsonObject> events(String key, String id) {
    return get(key, "/v1/messages/" + id + "/events").getJsonArray("events").stream().map(JsonObject.class::cast);
  }

  private List<String> types(String id) {
    return events("operator", id).map(event -> event.getString("type")).toList();
  }

  private JsonArray listed(String key) {
    return get(key, "/v1/messages?status=DEAD").getJsonArray("items");
  }

  /** A message of the shop's that has just died. */
  private String dead() {
    String id = call(202, "POST", "shop", "/v1/messages", "{\"to\": \"+447700900123\", \"text\": \"Hello\", \"from\": \"Godwit\"}").getString("id");
    Await.until("it is dead", () -> types(id).contains("DEAD"));
    return id;
  }

  @Test
  void whatAnExceptionSaysIsToldToTheOperatorAlone() {
    String id = dead();
    Await.until("it is in the reports", () -> listed("operator").size() == 1);
    for (String key : List.of("shop", "reseller")) {
      JsonObject error = get(key, "/v1/messages/" + id).getJsonObject("error");
      assertEquals("dead: " + WORDS, error.getString("code") + ": " + error.getString("text"));
      assertEquals(new JsonObject().put("code", "dead").put("text", WORDS), listed(key).getJsonObject(0).getJsonObject("error"));
      for (String path : List.of("/v1/messages/" + id, "/v1/messages/" + id + "/events", "/v1/messages")) assertFalse(get(key, path).encode().contains("jdbc"), path);
    }
    String reason = "java.lang.IllegalStateException: jdbc:secret";
    assertEquals(reason, get("operator", "/v1/messages/" + id).getJsonObject("error").getString("text"));
    assertEquals(reason, listed("operator").getJsonObject(0).getJsonObject("error").getString("text"));
    assertEquals(List.of("ACCEPTED null", "DEAD " + reason), events("operator", id).map(event -> event.getString("type") + " " + event.getString("why")).toList());
  }

  @Test
  void whatOperatorsDidAboutItIsToldToTheOperatorAlone() {
    String id = dead();
    call(202, "POST", "operator", "/v1/dead-letters/" + id + "/retry", null);
    Await.until("it is dead again", () -> types(id).stream().filter("DEAD"::equals).count() == 2);
    call(200, "DELETE", "operator", "/v1/dead-letters/" + id + "?why=a+bug+says+Anna", null);
    for (String key : List.of("shop", "reseller")) {
      assertEquals(List.of("ACCEPTED", "DEAD", "REVIVED", "DEAD", "DROPPED"), events(key, id).map(event -> event.getString("type")).toList());
      assertTrue(events(key, id).noneMatch(event -> event.containsKey("why") || event.containsKey("by")), key);
    }
    assertEquals(List.of("REVIVED operator null", "DROPPED operator a bug says Anna"), events("operator", id).filter(event -> event.containsKey("by"))
      .map(event -> event.getString("type") + " " + event.getString("by") + " " + event.getString("why")).toList());
  }
}
