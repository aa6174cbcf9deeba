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
import java.util.Set;
import java.util.TreeSet;
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
import org.junit.jupiter.params.provider.ValueSource;

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

  /** What may be posted under a key, and how many messages it is. */
  private enum Post {
    MESSAGE("/v1/messages", 1), BATCH("/v1/batches", 2);

    final String path;
    final int messages;

    Post(String path, int messages) {
      this.path = path;
      this.messages = messages;
    }

    String body(String text) {
      JsonObject body = this == MESSAGE ? HttpDoor.sms() : new JsonObject().put("from", "Godwit").put("recipients", HttpDoor.recipients(messages));
      return body.put("text", text).encode();
    }
  }

  private static CompletableFuture<HttpDoor.Answer> ask(HttpDoor door, String key, String text) {
    return ask(door, Post.MESSAGE, key, text);
  }

  private static CompletableFuture<HttpDoor.Answer> ask(HttpDoor door, Post post, String key, String text) {
    return door.sending(post.path, post.body(text), "Idempotency-Key", key);
  }

  /** As a customer asks who comes back as long as he is told to. */
  private static HttpDoor.Answer insist(HttpDoor door, String key) {
    HttpDoor.Answer[] last = {null};
    Await.until(() -> key + " is answered; the last was " + last[0], 60, () -> (last[0] = ask(door, key, "Hello").join()).status() != 503);
    return last[0];
  }

  /** Keys that live in that set. */
  private static List<String> keysOf(int set, int count) {
    Buckets buckets = Buckets.of(Map.of(Buckets.ID, Buckets.even(2)));
    return IntStream.iterate(0, i -> i + 1).mapToObj(i -> "key-" + i).filter(key -> buckets.home(Buckets.of(KeptAnswers.hash("demo", key)), 0) == set)
      .limit(count).toList();
  }

  private Gate.Stop stop(String side, String command) {
    String[] words = command.split(" ");
    String on = words.length == 2 ? words[1] : null;
    return side.equals("before") ? gate.before(words[0], on) : gate.after(words[0], on);
  }

  private static Stream<Arguments> points() {
    List<Arguments> points = new ArrayList<>();
    for (Post post : Post.values()) {
      for (int set : post == Post.MESSAGE ? new int[] {0, 1} : new int[] {1}) {
        for (String command : List.of("insert idempotency", "insert parcels", "insert " + EventStream.collection(EventStream.day(HttpDoor.FROM_NOON.getAsLong())), "commitTransaction")) {
          points.add(Arguments.of(post, set, "before", command));
          points.add(Arguments.of(post, set, "after", command));
        }
      }
    }
    return points.stream();
  }

  @ParameterizedTest(name = "{0} in set {1}, {2} {3}")
  @MethodSource("points")
  void keyAndBodyAreAnsweredTheSameIdWhereverTheFirstProcessDied(Post post, int set, String side, String command) {
    String key = keysOf(set, 1).get(0);
    Gate.Stop stop = stop(side, command);
    CompletableFuture<HttpDoor.Answer> first = ask(dies, post, key, "Hello");
    stop.reached();
    gate.cut();
    HttpDoor.Answer answer = ask(lives, post, key, "Hello").join();
    assertEquals(202, answer.status(), answer.raw().body());
    assertEquals(set, MessageId.set(answer.id()), "the set of the key");
    isTheAnswer(answer, post, key, first);
  }

  /** The other process was cut off only, and goes on; what it does is what the customer was told already, or nothing. */
  private void isTheAnswer(HttpDoor.Answer answer, Post post, String key, CompletableFuture<HttpDoor.Answer> first) {
    assertEquals(answer.json(), ask(lives, post, key, "Hello").join().json());
    HttpDoor.Answer another = ask(lives, post, key, "Another").join();
    assertEquals(409, another.status());
    assertEquals("idempotency-conflict", another.code());
    assertEquals(post.messages, lives.eventsInAllSets());

    gate.heal();
    HttpDoor.Answer late = first.join();
    if (late.status() == 202) assertEquals(answer.json(), late.json());
    else assertEquals(503, late.status(), late.raw().body());
    Await.until("its commit has ended", () -> dies.waiting() == 0);
    assertEquals(post.messages, lives.eventsInAllSets());
  }

  /** All keys live in the second set from now on, and both processes know it. */
  private void drainTheFirstSet() {
    long announced = HttpDoor.FROM_NOON.getAsLong() - Buckets.NOTICE - Buckets.QUIET - 1_000;
    JsonObject table = Buckets.of(Map.of(Buckets.ID, Buckets.even(2))).spread(new TreeSet<>(Set.of(1)), announced);
    for (HttpDoor door : List.of(lives, dies)) door.entry(Buckets.KIND, Buckets.ID, table);
  }

  @ParameterizedTest(name = "before {0}")
  @ValueSource(strings = {"insert idempotency", "commitTransaction"})
  void commitThatComesLateAtTheEarlierHomeOfItsKeyHasNoEffect(String command) {
    String key = keysOf(0, 1).get(0);
    Gate.Stop stop = stop("before", command);
    CompletableFuture<HttpDoor.Answer> first = ask(dies, key, "Hello");
    stop.reached();
    drainTheFirstSet();
    gate.cut();
    HttpDoor.Answer answer = insist(lives, key);
    assertEquals(202, answer.status(), answer.raw().body());
    assertEquals(1, MessageId.set(answer.id()), "the set where the key lives by now");
    isTheAnswer(answer, Post.MESSAGE, key, first);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"after findAndModify idempotency", "before insert idempotency", "after commitTransaction"})
  void retryThatDiesOnItsWayToTheNewHomeOfItsKeyIsFollowedByTheNext(String point) {
    String key = keysOf(0, 1).get(0);
    drainTheFirstSet();
    Gate.Stop stop = stop(point.substring(0, point.indexOf(' ')), point.substring(point.indexOf(' ') + 1));
    CompletableFuture<HttpDoor.Answer> first = ask(dies, key, "Hello");
    stop.reached();
    gate.cut();
    HttpDoor.Answer answer = ask(lives, key, "Hello").join();
    assertEquals(202, answer.status(), answer.raw().body());
    assertEquals(1, MessageId.set(answer.id()), "the set where the key lives by now");
    isTheAnswer(answer, Post.MESSAGE, key, first);
  }

  @Test
  void lateCommitNeverFailsTheOtherRequestsOfItsBatch() {
    List<String> keys = keysOf(0, 6);
    Gate.Stop alone = gate.before("insert", "idempotency");
    List<CompletableFuture<HttpDoor.Answer>> asked = new ArrayList<>(List.of(ask(dies, keys.get(0), "Hello")));
    alone.reached();
    keys.subList(1, 6).forEach(key -> asked.add(ask(dies, key, "Hello")));
    Await.until("the others wait for one unit of work", () -> dies.waiting() == 6);
    Gate.Stop together = gate.before("insert", "idempotency");
    alone.pass();
    together.reached();
    drainTheFirstSet();
    gate.cut();
    String taken = insist(lives, keys.get(3)).id();
    gate.heal();
    for (int i = 0; i < 6; i++) {
      HttpDoor.Answer answer = asked.get(i).join();
      if (i == 3 && answer.status() == 503) answer = insist(dies, keys.get(i));
      assertEquals(202, answer.status(), answer.raw().body());
      assertEquals(i == 3 ? 1 : 0, MessageId.set(answer.id()), keys.get(i));
      assertEquals(answer.id(), ask(lives, keys.get(i), "Hello").join().id());
    }
    assertEquals(taken, ask(lives, keys.get(3), "Hello").join().id());
    assertEquals(6, lives.eventsInAllSets());
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
