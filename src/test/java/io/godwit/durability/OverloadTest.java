package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway with -Xmx256m whose MongoDB stands still while customers send on. */
@Tag("slow")
class OverloadTest {
  private static final int BATCH = 10_000;
  private static final Set<String> CODES = Set.of("overloaded", "store-unavailable", "outcome-unknown");
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private int recipient;

  @Test
  void whatCannotBeStoredIsToldToComeBackInTimeAndWhatWasAcceptedIsSent() {
    try (MongoCluster mongo = MongoCluster.start(1);
         Site site = Site.open(mongo).link("window", 500).link("unsettledMax", 2_000)) {
      GodwitProcess gateway = site.gateway("overloaded").start().awaitReady();
      assertEquals(202, post(gateway, singles(1).get(0)).join().statusCode());
      List<JsonObject> batches = List.of(batch(), batch(), batch(), batch(), batch());   // all made before: the first one waits for ten seconds only
      mongo.pause(0);
      List<CompletableFuture<HttpResponse<String>>> sending = new ArrayList<>();
      for (JsonObject batch : batches) sending.add(post(gateway, "/v1/batches", batch));
      for (JsonObject single : singles(300)) sending.add(post(gateway, single));
      sending.forEach(CompletableFuture::join);
      Set<String> told = new HashSet<>();
      for (CompletableFuture<HttpResponse<String>> one : sending) {
        assertEquals(503, one.join().statusCode(), one.join().body());
        assertTrue(one.join().headers().firstValue("Retry-After").isPresent());
        told.add(new JsonObject(one.join().body()).getString("code"));
      }
      assertTrue(CODES.containsAll(told), "codes: " + told); // which of them depends on how fast the machine is; each has a test in StoreTroubleTest
      mongo.resume(0);
      Await.until("messages are accepted again", 60, () -> post(gateway, singles(1).get(0)).join().statusCode() == 202);
      List<String> accepted = new ArrayList<>();
      Await.until("a batch is accepted, too", 120, () -> {
        HttpResponse<String> answer = post(gateway, "/v1/batches", batch()).join();
        if (answer.statusCode() != 503) accepted.addAll(ids(answer));
        return !accepted.isEmpty();
      });
      assertEquals(BATCH, accepted.size());
      site.awaitAllFinal(300);
      site.assertNothingLost(accepted);
      site.assertCleanBooks();
      assertTrue(gateway.isAlive());
    }
  }

  private CompletableFuture<HttpResponse<String>> post(GodwitProcess gateway, JsonObject message) {
    return post(gateway, "/v1/messages", message);
  }

  /** Fails when the door does not answer within its limit of ten seconds, and many more for a busy machine. */
  private CompletableFuture<HttpResponse<String>> post(GodwitProcess gateway, String path, JsonObject body) {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.httpPort() + path)).timeout(Duration.ofSeconds(45))
      .header("Authorization", "Bearer demo-key").header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body.encode())).build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }

  private List<JsonObject> singles(int count) {
    List<JsonObject> singles = new ArrayList<>();
    for (int i = 0; i < count; i++) singles.add(new JsonObject().put("to", next()).put("from", "Godwit").put("text", "one"));
    return singles;
  }

  private JsonObject batch() {
    JsonArray recipients = new JsonArray();
    for (int i = 0; i < BATCH; i++) recipients.add(new JsonObject().put("to", next()));
    return new JsonObject().put("from", "Godwit").put("text", "many ".repeat(30)).put("recipients", recipients);
  }

  private String next() {
    return String.format("+4479%08d", recipient++);
  }

  private static List<String> ids(HttpResponse<String> answer) {
    assertEquals(202, answer.statusCode(), answer.body());
    return new JsonObject(answer.body()).getJsonArray("messages").stream().map(entry -> ((JsonObject) entry).getString("id")).toList();
  }
}
