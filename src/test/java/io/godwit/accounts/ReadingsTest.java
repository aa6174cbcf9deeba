package io.godwit.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What processes read of the directory when it was changed, on a real replica set. */
class ReadingsTest {
  private static final String KIND = "word";
  private final TestNode node = TestNode.start(1);
  private final Gate gate = new Gate();
  private final TestNode other = node.another(gate);

  @AfterEach
  void close() {
    other.close();
    gate.close();
    node.close();
  }

  /** By API: with records. */
  private static void change(TestNode at, Function<Directory.Picture, List<Change>> changes) {
    at.await(() -> {
      Context context = at.vertx.getOrCreateContext();
      return at.directory.current(context).compose(v -> at.directory.change(context, at.directory.picture(), changes.apply(at.directory.picture())));
    });
  }

  /** @param after null = it goes */
  private static Change one(Directory.Picture seen, String id, JsonObject after) {
    return new Change(KIND, id, seen.version(KIND, id), seen.entries(KIND).get(id), after, "operator", new Change.By("operator", "key"));
  }

  private static void write(TestNode at, String id, JsonObject after) {
    change(at, seen -> List.of(one(seen, id, after)));
  }

  private static JsonObject text(String text) {
    return new JsonObject().put("text", text);
  }

  private void isKnown() {
    Await.until("the other node knows it", () -> other.directory.picture().number() == node.directory.picture().number());
    assertEquals(node.directory.picture(), other.directory.picture());
  }

  /** Bytes of the entries that the other node has read until now; of many entries those of the first hundred. */
  private long read() {
    return gate.answered("find", Directory.COLLECTION);
  }

  @Test
  void ofTwoThousandEntriesOnlyTheOneIsReadThatWasChangedHereOrElsewhere() {
    change(node, seen -> IntStream.range(0, 2_000).mapToObj(i -> one(seen, "w" + i, text("a word"))).toList());
    node.put("another", "kind", new JsonObject());
    isKnown();
    Map<String, JsonObject> anotherKind = other.directory.entries("another");
    long before = read();
    assertTrue(before > 5_000, "all of them were read once");
    write(other, "w1", text("changed here"));
    assertEquals(text("changed here"), other.directory.entry(KIND, "w1"));
    assertTrue(read() - before < 1_000, () -> read() - before + " bytes");
    assertSame(anotherKind, other.directory.entries("another"));

    long between = read();
    write(node, "w2", text("changed elsewhere"));
    isKnown();
    assertEquals(text("changed elsewhere"), other.directory.entry(KIND, "w2"));
    assertTrue(read() - between < 1_000, () -> read() - between + " bytes");
    assertSame(anotherKind, other.directory.entries("another"));
  }

  @Test
  void aChangeOfMoreEntriesThanOneReadsByTheirNamesIsKnownWhole() {
    change(node, seen -> IntStream.range(0, 2_001).mapToObj(i -> one(seen, "w" + i, text("a word"))).toList());
    isKnown();
    assertEquals(2_001, other.directory.entries(KIND).size());
  }

  @Test
  void whatIsWrittenWithoutARecordBetweenChangesIsKnownWithThem() {
    write(node, "first", text("a"));
    isKnown();
    Gate.Stop look = gate.before("find", "counters").reached();
    write(node, "second", text("b"));
    node.put(KIND, "third", text("c"));
    write(node, "fourth", text("d"));
    look.pass();
    isKnown();
    assertEquals(Set.of("first", "second", "third", "fourth"), other.directory.entries(KIND).keySet());
  }

  /** Else an entry would be there of which no number tells, and that nobody reads before he starts anew. */
  @Test
  void whoDiesInTheMidstOfAChangeWithoutARecordLeavesNothingOfIt() {
    Gate.Stop commit = gate.before("commitTransaction", null);
    Future<Void> lost = other.begin(() -> other.directory.put(other.vertx.getOrCreateContext(), KIND, "lost", text("a")));
    commit.reached();
    gate.cut();
    write(node, "later", text("b"));
    assertEquals(Set.of("later"), node.directory.entries(KIND).keySet());
    assertEquals(Set.of("later"), stored());
    gate.heal();
    Await.until("whoever was cut off has his answer", lost::isComplete);
  }

  /** Ids of what is there. */
  private Set<String> stored() {
    return node.await(() -> Mongo.all(node.vertx.getOrCreateContext(), node.sets.control().db().getCollection(Directory.COLLECTION).find(Filters.eq("kind", KIND))))
      .stream().map(entry -> entry.getString("id")).collect(Collectors.toSet());
  }

  @Test
  void whatIsRemovedIsKnownToBeNoMore() {
    write(node, "one", text("a"));
    write(node, "two", text("b"));
    isKnown();
    write(node, "one", null);
    isKnown();
    assertEquals(Set.of("two"), other.directory.entries(KIND).keySet());
    assertEquals(0, other.directory.picture().version(KIND, "one"));
    change(node, seen -> List.of(one(seen, "two", null), one(seen, "three", text("c"))));
    isKnown();
    assertEquals(Map.of("three", text("c")), other.directory.entries(KIND));
    write(node, "three", null);
    isKnown();
    assertFalse(other.directory.picture().entries().containsKey(KIND));
  }

  @Test
  void whoAsksWhileAReadingRunsIsToldOfAllThatWasChangedUntilThenAndSharesTheNextOne() {
    write(node, "w", text("a"));
    isKnown();
    Gate.Stop reading = gate.before("find", Directory.COLLECTION);
    write(node, "w", text("b"));
    reading.reached();
    write(node, "x", text("c"));
    int looks = gate.seen("find", "counters");
    int readings = gate.seen("find", Directory.COLLECTION);
    List<Future<Void>> asking = IntStream.range(0, 10).mapToObj(i -> other.begin(() -> other.directory.current(other.vertx.getOrCreateContext()))).toList();
    Await.until("all have looked", () -> gate.seen("find", "counters") >= looks + 10);
    reading.pass();
    asking.forEach(Await::await);
    assertEquals(Map.of("w", text("b"), "x", text("c")), other.directory.entries(KIND));
    assertEquals(readings + 1, gate.seen("find", Directory.COLLECTION), "one for all of them");
  }
}
