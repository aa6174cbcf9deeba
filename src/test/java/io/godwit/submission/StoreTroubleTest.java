package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.MongoCluster;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A mongod that hangs: it takes what is sent and does not answer until it may go on. */
class StoreTroubleTest {
  final MongoCluster cluster = MongoCluster.start(1);
  HttpDoor door;
  Gate gate;

  @AfterEach
  void close() {
    cluster.resume(0);
    door.close();
    if (gate != null) gate.close();
    cluster.close();
  }

  @Test
  void requestInFlightIsOfUnknownOutcomeAndOneThatWaitedIsWithdrawn() {
    door = new HttpDoor(cluster, new JsonObject().put("answerTimeout", 4_000), 1);
    cluster.pause(0);
    CompletableFuture<HttpDoor.Answer> first = door.sending("/v1/messages", HttpDoor.sms().encode());
    Await.until("the first is in flight", () -> door.waiting() == 1);
    CompletableFuture<HttpDoor.Answer> second = door.sending("/v1/messages", HttpDoor.sms().encode());

    isUnavailable(first.join(), "outcome-unknown");
    isUnavailable(second.join(), "store-unavailable");
    cluster.resume(0);
    Await.until("the first is committed all the same", () -> door.events().size() == 1);
    Await.until("the set is trusted again", () -> door.sets.control().isTrusted());
    assertEquals(202, door.post("/v1/messages", HttpDoor.sms()).status());
    assertEquals(2, door.events().size());
  }

  @Test
  void keyWhoseStoreHasJustFallenSilentIsNotWaitedForAsLongAsTheDriverDoes() {
    door = new HttpDoor(cluster, new JsonObject(), 1);
    cluster.pause(0);
    HttpDoor.Answer refused = door.post("/v1/messages", HttpDoor.sms().encode(), "Idempotency-Key", "a-key");
    isUnavailable(refused, "store-unavailable");
    assertTrue(refused.json().getString("detail").contains("nothing of this request was stored"), refused.raw().body());
    assertTrue(refused.raw().headers().firstValue("Retry-After").isPresent());

    cluster.resume(0);
    Await.until("the set is trusted again", () -> door.sets.control().isTrusted());
    assertEquals(0, door.events().size());
    assertEquals(202, door.post("/v1/messages", HttpDoor.sms().encode(), "Idempotency-Key", "a-key").status());
  }

  @Test
  void setThatDoesNotAnswerForLongTakesNothingAndReadinessSaysSo() {
    door = new HttpDoor(cluster, new JsonObject(), 1);
    Await.until("it is ready", () -> door.get("/health/ready", null).status() == 200);
    cluster.pause(0);
    Await.until("the set is not trusted any more", () -> !door.sets.control().isTrusted());

    HttpDoor.Answer refused = door.post("/v1/messages", HttpDoor.sms());
    isUnavailable(refused, "store-unavailable");
    assertTrue(refused.raw().headers().firstValue("Retry-After").isPresent());
    HttpDoor.Answer ready = door.get("/health/ready", null);
    assertEquals(503, ready.status());
    assertEquals("not-ready", ready.json().getJsonObject("components").getString("submission"));
    assertEquals("no replica set can take messages", door.readiness.troubles().get("submission"), "which the operator is told at his own address");
    assertEquals(200, door.get("/health/live", null).status());

    cluster.resume(0);
    Await.until("the set is trusted again", () -> door.sets.control().isTrusted());
    assertEquals(202, door.post("/v1/messages", HttpDoor.sms()).status());
    assertEquals(1, door.events().size());
  }

  @Test
  void moreThanMayWaitIsRefusedAtOnce() {
    gate = new Gate();
    door = new HttpDoor(new JsonObject().put("answerTimeout", 60_000), 1, List.of(gate.uri(MongoCluster.shared().freshDatabase())));
    Gate.Stop commit = gate.before("commitTransaction", null);
    String batch = new JsonObject().put("text", "Hi").put("recipients", HttpDoor.recipients(10_000)).encode();
    CompletableFuture<HttpDoor.Answer> first = door.sending("/v1/batches", batch);
    CompletableFuture<HttpDoor.Answer> second = door.sending("/v1/batches", batch);
    Await.until("both wait", () -> door.waiting() == 20_000);
    commit.reached();

    HttpDoor.Answer refused = door.post("/v1/messages", HttpDoor.sms());
    isUnavailable(refused, "overloaded");
    assertTrue(refused.raw().headers().firstValue("Retry-After").isPresent());
    commit.pass();
    assertEquals(202, first.join().status());
    assertEquals(202, second.join().status());
    assertEquals(20_000, door.events().size());
  }

  @Test
  void stopDoesNotWaitForAStoreThatDoesNotAnswer() {
    door = new HttpDoor(cluster, new JsonObject().put("drainTimeout", 500), 1);
    cluster.pause(0);
    CompletableFuture<HttpDoor.Answer> lost = door.sending("/v1/messages", HttpDoor.sms().encode());
    Await.until("it is in flight", () -> door.waiting() == 1);

    Await.await(door.vertx.undeploy(door.deployment));
    try {
      assertEquals(503, lost.join().status());
    } catch (CompletionException closed) {
      // the connection was closed under it: its outcome is unknown as well
    }
  }

  private static void isUnavailable(HttpDoor.Answer answer, String code) {
    assertEquals(503, answer.status(), answer.raw().body());
    assertEquals(code, answer.code());
  }
}
