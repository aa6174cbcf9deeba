package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.mongodb.ConnectionString;
import io.godwit.intake.Buckets;
import io.godwit.intake.KeptAnswers;
import io.godwit.events.EventStream;
import io.godwit.message.MessageId;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.MongoCluster;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two doors, processes of their own, over the same two sets: one of them is stopped at a named command and cut off from MongoDB, as if it had died
 * there; its customer asks the other one again under the same key.
 */
@Tag("slow")
class IdempotencyTest {
  private final List<String> uris = Stream.generate(() -> MongoCluster.shared().uri().replace("/?", "/" + MongoCluster.shared().freshDatabase() + "?")).limit(2).toList();
  private final Gate gate = new Gate();
  private final HttpDoor dies = door(uris.stream().map(uri -> gate.uri(new ConnectionString(uri).getDatabase())).toList());
  private final HttpDoor lives = door(uris);

  @AfterEach
  void close() {
    gate.heal();
    dies.close();
    lives.close();
    gate.close();
  }

  /** More patient than others: what a dead process has begun holds up the living one for seconds. */
  private static HttpDoor door(List<String> uris) {
    return new HttpDoor(new JsonObject().put("answerTimeout", 30_000), 1, uris, HttpDoor.FROM_NOON);
  }

  private static String body(String text) {
    return HttpDoor.sms().put("text", text).encode();
  }

  private static CompletableFuture<HttpDoor.Answer> ask(HttpDoor door, String key, String text) {
    return door.sending("/v1/messages", body(text), "Idempotency-Key", key);
  }

  /** Keys that live in that set. */
  private static List<String> keysOf(int set, int count) {
    Buckets buckets = Buckets.of(Map.of(Buckets.ID, Buckets.even(2)));
    return IntStream.iterate(0, i -> i + 1).mapToObj(i -> "key-" + i).filter(key -> buckets.home(Buckets.of(KeptAnswers.hash("demo", key)), 0) == set)
      .limit(count).toList();
  }

  private static Stream<Arguments> points() {
    List<Arguments> points = new ArrayList<>();
    for (int set : new int[] {0, 1}) {
      for (String command : List.of("insert idempotency", "insert parcels", "insert events", "commitTransaction")) {
        points.add(Arguments.of(set, "before", command));
        points.add(Arguments.of(set, "after", command));
      }
    }
    return points.stream();
  }

  @ParameterizedTest(name = "set {0}, {1} {2}")
  @MethodSource("points")
  void keyAndBodyAreAnsweredTheSameIdWhereverTheFirstProcessDied(int set, String side, String command) {
    String key = keysOf(set, 1).get(0);
    String[] words = command.split(" ");
    String on = words.length == 1 ? null : words[1].equals("events") ? EventStream.collection(EventStream.day(HttpDoor.FROM_NOON.getAsLong())) : words[1];
    Gate.Stop stop = side.equals("before") ? gate.before(words[0], on) : gate.after(words[0], on);
    CompletableFuture<HttpDoor.Answer> first = ask(dies, key, "Hello");
    stop.reached();
    gate.cut();

    HttpDoor.Answer answer = ask(lives, key, "Hello").join();
    assertEquals(202, answer.status(), answer.raw().body());
    assertEquals(set, MessageId.set(answer.id()), "the set of the key");
    assertEquals(answer.id(), ask(lives, key, "Hello").join().id());
    HttpDoor.Answer another = ask(lives, key, "Another").join();
    assertEquals(409, another.status());
    assertEquals("idempotency-conflict", another.code());
    assertEquals(1, lives.eventsInAllSets());

    gate.heal(); // it was cut off only, and goes on
    HttpDoor.Answer late = first.join();
    if (late.status() == 202) assertEquals(answer.id(), late.id());
    else assertEquals(503, late.status(), late.raw().body());
    assertEquals(1, lives.eventsInAllSets());
  }

  @Test
  void sameKeyInTwoProcessesAtOnceIsDoneOnce() {
    String key = keysOf(1, 1).get(0);
    Gate.Stop commit = gate.before("commitTransaction", null);
    CompletableFuture<HttpDoor.Answer> first = ask(dies, key, "Hello");
    commit.reached();
    CompletableFuture<HttpDoor.Answer> second = ask(lives, key, "Hello");
    Await.until("the second wants to write, too", () -> lives.waiting() == 1);
    commit.pass();
    assertEquals(202, first.join().status(), first.join().raw().body());
    assertEquals(first.join().id(), second.join().id());
    assertEquals(1, lives.eventsInAllSets());
  }

  @Test
  void oneDuplicateNeverFailsTheOtherRequestsOfItsBatch() {
    List<String> keys = keysOf(0, 6);
    Gate.Stop commit = gate.before("commitTransaction", null);
    List<CompletableFuture<HttpDoor.Answer>> asked = new ArrayList<>(List.of(ask(dies, keys.get(0), "Hello")));
    commit.reached();
    keys.subList(1, 6).forEach(key -> asked.add(ask(dies, key, "Hello")));
    Await.until("the others wait for one unit of work", () -> dies.waiting() == 6);
    String taken = ask(lives, keys.get(3), "Hello").join().id();
    commit.pass();
    List<HttpDoor.Answer> answers = asked.stream().map(CompletableFuture::join).toList();
    answers.forEach(answer -> assertEquals(202, answer.status(), answer.raw().body()));
    assertEquals(6, answers.stream().map(HttpDoor.Answer::id).distinct().count());
    assertEquals(taken, answers.get(3).id());
    assertEquals(6, lives.eventsInAllSets());
  }

  @Test
  void answersAreKeptForFortyEightHoursInEachSet() {
    for (MongoSet set : lives.sets.all()) {
      List<Document> indexes = Await.on(lives.context, () -> Mongo.all(lives.context, set.db().getCollection("idempotency").listIndexes()));
      Document byAge = indexes.stream().filter(index -> index.getString("name").equals("by-age")).findFirst().orElseThrow();
      assertEquals(TimeUnit.HOURS.toSeconds(48), byAge.get("expireAfterSeconds", Number.class).longValue());
      assertEquals(new Document("at", 1), byAge.get("key"));
    }
  }
}
