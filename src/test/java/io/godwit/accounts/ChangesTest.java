package io.godwit.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Changes of the directory that are not through when their transaction's life ends. */
class ChangesTest {
  private static final String APP = "late-changes";
  private final TestNode node = TestNode.named(APP);

  @AfterEach
  void close() {
    MongoCluster.shared().failNoMore();
    node.close();
  }

  private static Future<Void> add(TestNode at, String id) {
    return at.begin(() -> at.directory.change(at.vertx.getOrCreateContext(), at.directory.picture(),
      List.of(new Change("word", id, 0, null, new JsonObject(), "operator", new Change.By("operator", "key")))));
  }

  @Test
  void aChangeThatIsTooLateEachTimeIsGivenUpAndTheNextOneIsMade() {
    MongoCluster.shared().fail(APP, "alwaysOn", new Document("failCommands", List.of("insert")).append("errorCode", 290));
    Directory.TooSlow failure = assertThrows(Directory.TooSlow.class, () -> Await.await(add(node, "one")));
    assertFalse(failure.mayBeDone());
    MongoCluster.shared().failNoMore();
    Await.await(add(node, "two"));
    assertEquals(List.of("two"), List.copyOf(node.directory.entries("word").keySet()));
  }

  /** Its commit took effect, of which the store told nobody, and knew nothing when it was asked again; then it is too slow to be tried again. */
  @Test
  void aChangeThatIsGivenUpThoughItTookEffectIsFoundToBeMade() {
    try (Gate gate = new Gate(); TestNode gated = node.another(gate)) {
      Gate.Stop commit = gate.after("commitTransaction", null);
      Future<Void> change = add(gated, "one");
      commit.reached();
      MongoCluster.shared().forgetTransactions();
      List<Gate.Stop> late = Stream.generate(() -> gate.before("insert", Changes.COLLECTION)).limit(5).toList();
      commit.lose();
      Await.await(change);
      assertEquals(2, late.stream().filter(Gate.Stop::isReached).count(), "the first of three attempts came to its commit");
      assertEquals(List.of("one"), List.copyOf(gated.directory.entries("word").keySet()));
    }
  }
}
