package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.ApiKey;
import io.godwit.message.Message;
import io.godwit.quality.Qualities;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.submission.HttpVerticle;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How much of what a link takes is delivered: measured with a real link, and known in every process. */
class DeliveryRateTest {
  private static final long TWO_HOURS = 2 * 3_600_000;

  private final LinkStand stand = new LinkStand();
  private final List<TestNode> others = new ArrayList<>();

  @AfterEach
  void close() {
    others.forEach(TestNode::close);
    stand.close();
  }

  private TestNode process() {
    TestNode node = stand.test.another();
    others.add(node);
    return node;
  }

  private static int permille(TestNode node, String link, String country) {
    Qualities qualities = Qualities.open(node.node);
    node.await(qualities::refresh);
    return qualities.permille(link, country);
  }

  private static List<Message> send(LinkStand stand, int delivered, int undelivered, int refused) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < delivered; i++) messages.add(stand.routed("sim", "Godwit", "+49170555%04d".formatted(i), "Hello"));
    for (int i = 0; i < undelivered; i++) messages.add(stand.routed("sim", "Godwit", "+491709990001", "Hello"));
    for (int i = 0; i < refused; i++) messages.add(stand.routed("sim", "Godwit", "+491709990004", "Hello"));
    stand.send(messages);
    messages.forEach(stand::untilFinal);
    return messages;
  }

  private void startLink() {
    Simulator simulator = stand.test.await(() -> Simulator.start(stand.test.vertx, SimulatorConfig.embedded(Profile.from(new JsonObject().put("receiptDelayMin", 20).put("receiptDelayMax", 20)))));
    stand.configure("sim", simulator.port(), new JsonObject());
    stand.start();
  }

  @Test
  void everyProcessKnowsWhatAnyHasMeasuredAlsoAfterARestartAndForTwoHours() {
    startLink();
    TestNode other = process();
    send(stand, 60, 20, 10);
    stand.test.await(() -> Qualities.open(stand.test.node).refresh());
    assertEquals(-1, permille(other, "sim", "DE"), "90 are too few to mean anything");

    send(stand, 15, 10, 5);
    Await.until("the other process knows", () -> permille(stand.test, "sim", "DE") == 625 && permille(other, "sim", "DE") == 625);
    assertEquals(-1, permille(other, "sim", "FR"));
    assertEquals(-1, permille(other, "other", "DE"));

    TestNode restarted = process();
    Await.until("who starts later knows", () -> permille(restarted, "sim", "DE") == 625);
    String metrics = answer(restarted, "/metrics");
    assertTrue(metrics.contains("\ngodwit_link_delivered_permille{country=\"DE\",link=\"sim\"} 625.0\n"), metrics);
    assertEquals(new JsonObject("{\"link\": \"sim\", \"country\": \"DE\", \"delivered\": 75, \"ended\": 120, \"permille\": 625}"), shown(restarted));

    stand.test.clock.addAndGet(TWO_HOURS + 10 * 60_000);
    Await.until("what is old says nothing", () -> permille(restarted, "sim", "DE") == -1);
  }

  /** The one item of the API's list. */
  private static JsonObject shown(TestNode node) {
    JsonObject answer = new JsonObject(answer(node, "/v1/quality?link=sim"));
    assertEquals(1, answer.getJsonArray("items").size());
    return answer.getJsonArray("items").getJsonObject(0);
  }

  private static String answer(TestNode node, String path) {
    node.put("account", "operator", new JsonObject());
    node.put("key", "operator", new JsonObject().put("account", "operator").put("hash", ApiKey.hash("operator")));
    String deployment = node.await(() -> node.vertx.deployVerticle(new HttpVerticle(node.node)));
    int port = node.vertx.sharedData().<String, Integer>getLocalMap(HttpVerticle.PORTS).get("http");
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("Authorization", "Bearer operator").build();
    String answer = HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString()).join().body();
    node.await(() -> node.vertx.undeploy(deployment));
    return answer;
  }
}
