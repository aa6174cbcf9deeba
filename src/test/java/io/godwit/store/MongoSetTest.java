package io.godwit.store;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one replica set does for its process, on a real one. */
class MongoSetTest {
  private final TestNode node = TestNode.start(1);

  @AfterEach
  void close() {
    node.close();
  }

  /** A door that was started once more listened where this ended: all its instances on the event loop of the set's upkeep. */
  @Test
  void aCollectionThatIsMadeOrWasThereIsToldWhereItWasAskedFor() {
    Context asker = ((VertxInternal) node.vertx).createEventLoopContext();
    for (int i = 0; i < 2; i++) assertSame(asker, Await.on(asker, () -> node.sets.control().ensureCollection("some").map(v -> Vertx.currentContext())));
  }

  private static void transactionsLast(int seconds) {
    MongoCluster.shared().command("admin", new Document("setParameter", 1).append("transactionLifetimeLimitSeconds", seconds));
  }

  /** An abandoned transaction would hold up whoever meets its documents for so long. */
  @Test
  void aMemberWhereTransactionsOutliveATakeOverIsNamedAndNothingStarts() {
    transactionsLast(60);
    try {
      RuntimeException refused = assertThrows(IllegalStateException.class, () -> Await.await(Sets.open(node.vertx, List.of(MongoCluster.shared().uri(MongoCluster.shared().freshDatabase(), "slow")), System::currentTimeMillis)));
      assertTrue(refused.getMessage().matches("MongoDB set 0: [\\w.]+:\\d+ runs with transactionLifetimeLimitSeconds=60; start every member .*"), refused.getMessage());
    } finally {
      transactionsLast(5);
    }
  }
}
