package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.intake.Buckets;
import io.godwit.intake.KeptAnswers;
import io.godwit.message.MessageId;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The door in front of two sets. */
class SeveralSetsTest {
  private static MongoCluster other;

  final HttpDoor door = new HttpDoor(List.of(MongoCluster.shared(), other), new JsonObject(), 1);

  @AfterEach
  void close() {
    other.heal();
    door.close();
  }

  /** Here, since a test that failed is run once more, after the end. */
  @BeforeAll
  static void begin() {
    other = MongoCluster.start(1);
  }

  @AfterAll
  static void end() {
    other.close();
  }

  private HttpDoor.Answer keyed(String key) {
    return door.post("/v1/messages", HttpDoor.sms().encode(), "Idempotency-Key", key);
  }

  /** Accepts one message under each of so many keys; the ids by key. */
  private Map<String, String> accepted(int keys) {
    Map<String, String> ids = new HashMap<>();
    for (int i = 0; i < keys; i++) {
      HttpDoor.Answer answer = keyed("key-" + i);
      assertEquals(202, answer.status(), answer.raw().body());
      ids.put("key-" + i, answer.id());
    }
    return ids;
  }

  private Set<Integer> setsOfUnkeyed(int messages) {
    Set<Integer> sets = new HashSet<>();
    for (int i = 0; i < messages; i++) sets.add(MessageId.set(door.post("/v1/messages", HttpDoor.sms()).id()));
    return sets;
  }

  @Test
  void keyIsAnsweredTheSameInWhicheverSetItLives() {
    Map<String, String> ids = accepted(30);
    assertEquals(Set.of(0, 1), new HashSet<>(ids.values().stream().map(MessageId::set).toList()), "sets that took keyed messages");
    ids.forEach((key, id) -> assertEquals(id, keyed(key).id()));
    HttpDoor.Answer conflict = door.post("/v1/messages", HttpDoor.sms().put("text", "Another").encode(), "Idempotency-Key", "key-0");
    assertEquals(409, conflict.status());
  }

  @Test
  void keyedRequestWhoseSetIsDownComesBackLaterAndNeverGoesElsewhere() {
    Map<String, String> ids = accepted(30);
    other.pause(0);
    Await.until("the set is known to be down", () -> !door.sets.get(1).isTrusted());
    ids.forEach((key, id) -> {
      HttpDoor.Answer answer = keyed(key);
      if (MessageId.set(id) == 0) assertEquals(id, answer.id());
      else comesBackLater(answer);
    });
    assertEquals(Set.of(0), setsOfUnkeyed(10));
    other.resume(0);
    Await.until("the set is trusted again", () -> door.sets.get(1).isTrusted());
    ids.forEach((key, id) -> assertEquals(id, keyed(key).id()));
  }

  @Test
  void answerIsFoundAtTheEarlierHomeOfABucketThatHasMoved() {
    door.entry(Buckets.KIND, Buckets.ID, Buckets.even(1));
    Map<String, String> ids = accepted(30);
    assertEquals(Set.of(0), new HashSet<>(ids.values().stream().map(MessageId::set).toList()));
    long moved = System.currentTimeMillis() - Buckets.NOTICE - Buckets.QUIET - 1_000;
    door.entry(Buckets.KIND, Buckets.ID, Buckets.of(Map.of(Buckets.ID, Buckets.even(1))).spread(new TreeSet<>(Set.of(0, 1)), moved));
    ids.forEach((key, id) -> assertEquals(id, keyed(key).id()));
    Set<Integer> sets = new HashSet<>();
    for (int i = 0; i < 30; i++) sets.add(MessageId.set(keyed("another-" + i).id()));
    assertEquals(Set.of(0, 1), sets, "sets that take new keys");
  }

  @Test
  void keyWhoseEarlierHomeIsDownComesBackLater() {
    Buckets before = Buckets.of(Map.of(Buckets.ID, Buckets.even(2)));
    long moved = System.currentTimeMillis() - Buckets.NOTICE - Buckets.QUIET - 1_000;
    door.entry(Buckets.KIND, Buckets.ID, before.spread(new TreeSet<>(Set.of(0)), moved));
    List<String> fromOther = IntStream.range(0, 30).mapToObj(i -> "key-" + i).filter(key -> before.home(Buckets.of(KeptAnswers.hash("demo", key)), 0) == 1).toList();
    other.pause(0);
    comesBackLater(keyed(fromOther.get(0)));
    Await.until("the set is known to be down", () -> !door.sets.get(1).isTrusted());
    fromOther.forEach(key -> comesBackLater(keyed(key)));
    other.resume(0);
    Await.until("the set is trusted again", () -> door.sets.get(1).isTrusted());
    for (String key : fromOther) {
      HttpDoor.Answer answer = keyed(key);
      assertEquals(0, MessageId.set(answer.id()), answer.raw().body());
      assertEquals(answer.id(), keyed(key).id());
    }
  }

  private static void comesBackLater(HttpDoor.Answer answer) {
    assertEquals("store-unavailable", answer.code());
    assertTrue(answer.raw().headers().firstValue("Retry-After").isPresent());
  }

  @Test
  void drainedSetTakesNothingNew() {
    untilBothTakeMessages();
    door.sets.drain(Set.of(1));
    assertEquals(Set.of(0), setsOfUnkeyed(40));
    door.sets.drain(Set.of());
    untilBothTakeMessages();
  }

  /** One that is slow to answer takes none for a while. */
  private void untilBothTakeMessages() {
    Set<Integer> sets = new HashSet<>();
    Await.until(() -> "both take messages, not " + sets, 30, () -> {
      sets.addAll(setsOfUnkeyed(1));
      return sets.equals(Set.of(0, 1));
    });
  }
}
