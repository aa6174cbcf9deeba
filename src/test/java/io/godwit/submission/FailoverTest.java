package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class FailoverTest {
  final MongoCluster cluster = MongoCluster.sharedThree();
  final HttpDoor door = new HttpDoor(cluster, new JsonObject(), 1);
  final ConcurrentLinkedQueue<HttpDoor.Answer> answers = new ConcurrentLinkedQueue<>();
  /** Those that were told to come back: for an election that takes longer than the set is trusted without an answer. */
  final ConcurrentLinkedQueue<HttpDoor.Answer> refused = new ConcurrentLinkedQueue<>();
  final AtomicInteger keys = new AtomicInteger();
  final AtomicBoolean enough = new AtomicBoolean();
  final AtomicBoolean untrusted = new AtomicBoolean();

  @AfterEach
  void close() {
    door.close();
    cluster.heal();
  }

  @Test
  void acceptedMessagesSurviveTheDeathOfThePrimaryOnceEach() {
    List<CompletableFuture<Void>> senders = new ArrayList<>();
    for (int i = 0; i < 40; i++) senders.add(sendOn(i % 2 == 0));
    Await.until("some are accepted", 60, () -> answers.size() > 500);
    cluster.kill(cluster.primary());
    int before = answers.size();
    Await.until("some are accepted by the next primary", 60, () -> {
      lookWhetherItIsTrusted();
      return answers.size() > before + 500;
    });
    enough.set(true);
    senders.forEach(CompletableFuture::join);
    Await.until("nothing is in flight", () -> door.waiting() == 0);

    Set<String> accepted = new HashSet<>();
    for (HttpDoor.Answer answer : answers) assertTrue(accepted.add(answer.id()), "every request has its own message");
    assertTrue(refused.isEmpty() || untrusted.get(), () -> "refused by a set that is trusted: " + refused.peek().raw().body());
    for (HttpDoor.Answer answer : refused) assertTrue(Set.of("store-unavailable", "outcome-unknown").contains(answer.code()), answer.raw().body());
    List<String> stored = door.parcels().stream().flatMap(p -> MessagesTest.ids(p).stream()).toList();
    Set<String> unheard = new HashSet<>(stored);
    assertEquals(unheard.size(), stored.size());
    assertTrue(unheard.containsAll(accepted));
    unheard.removeAll(accepted);
    assertTrue(unheard.size() <= refused.stream().filter(answer -> answer.code().equals("outcome-unknown")).count(), unheard.toString());
    assertEquals(stored.size(), door.events().size());
  }

  private void lookWhetherItIsTrusted() {
    if (!door.sets.control().isTrusted()) untrusted.set(true);
  }

  /** One request after the other, each with a key of its own or none of them. */
  private CompletableFuture<Void> sendOn(boolean keyed) {
    String[] headers = keyed ? new String[] {"Idempotency-Key", "k" + keys.incrementAndGet()} : new String[0];
    return door.sending("/v1/messages", HttpDoor.sms().encode(), headers).thenCompose(answer -> {
      if (answer.status() != 202) lookWhetherItIsTrusted();
      (answer.status() == 202 ? answers : refused).add(answer);
      return enough.get() ? CompletableFuture.completedFuture(null) : sendOn(keyed);
    });
  }
}
