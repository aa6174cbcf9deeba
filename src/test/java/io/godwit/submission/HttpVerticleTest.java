package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpVerticleTest {
  final HttpDoor door = new HttpDoor(MongoCluster.shared(), new JsonObject(), 2);

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void stopLetsWhatIsUnderWayFinishAndEveryAcceptedMessageIsStored() {
    List<CompletableFuture<HttpDoor.Answer>> sending = new ArrayList<>();
    for (int i = 0; i < 300; i++) sending.add(door.sending("/v1/messages", HttpDoor.sms().encode()));
    CompletableFuture.anyOf(sending.toArray(CompletableFuture[]::new)).join();
    Await.await(door.vertx.undeploy(door.deployment));

    Set<String> accepted = new HashSet<>();
    for (CompletableFuture<HttpDoor.Answer> one : sending) {
      HttpDoor.Answer answer = one.exceptionally(refused -> null).join();
      if (answer != null && answer.status() == 202) accepted.add(answer.id());
      else if (answer != null) assertEquals("shutting-down", answer.code());
    }
    Set<String> stored = new HashSet<>();
    door.parcels().forEach(p -> stored.addAll(MessagesTest.ids(p)));
    assertFalse(accepted.isEmpty());
    assertTrue(stored.containsAll(accepted));
    assertThrows(CompletionException.class, () -> door.get("/health/live", null));
  }

  @Test
  void unknownConfigurationStopsTheStart() {
    var options = new io.vertx.core.DeploymentOptions().setConfig(new JsonObject().put("answerTimeot", 1));
    Throwable failure = assertThrows(RuntimeException.class, () -> Await.await(door.vertx.deployVerticle(() -> new HttpVerticle(door.node), options)));
    assertTrue(failure.getMessage().contains("config.answerTimeot"), failure.getMessage());
  }

  @Test
  void keyMayComeAsBasicPassword() {
    String basic = "Basic " + java.util.Base64.getEncoder().encodeToString(("anybody:" + HttpDoor.KEY).getBytes());
    assertEquals(202, door.post("/v1/messages", HttpDoor.sms().encode(), "Authorization", basic).status());
  }

  @Test
  void blockedAccountIsHeardAndItsMessagesAreTaken() {
    door.entry("account", "demo", new JsonObject().put("parent", "reseller").put("status", "BLOCKED"));
    assertEquals("BLOCKED", door.get("/v1/account").json().getString("status"));
    assertEquals(202, door.post("/v1/messages", HttpDoor.sms()).status());
  }

  @Test
  void requestsAreCountedByRouteAndNotByPath() {
    door.post("/v1/messages", HttpDoor.sms());
    door.get("/v1/messages/nonsense");
    door.get("/nonsense");

    Await.until(() -> "all three are counted: " + metrics(), 30, () -> List.of("godwit_http_requests_seconds_count{method=\"POST\",route=\"/v1/messages\",status=\"202\"} 1",
      "route=\"/v1/messages/:id\",status=\"404\"} 1", "route=\"other\",status=\"404\"} 1", "godwit_intake_accepted_total 1").stream().allMatch(metrics()::contains));
    assertFalse(metrics().contains("nonsense"), metrics());
  }

  private String metrics() {
    return door.get("/metrics", "admin-key").raw().body();
  }
}
