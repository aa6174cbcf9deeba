package io.godwit.store;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  /** The two processes have a Vert.x each; that of the first says nothing of loops that are held. */
  @Test
  void aProcessOfWhichOneEventLoopStandsStillIsFoundDeadAndBeginsAnewWhenItGoesOn() {
    String uri = MongoCluster.shared().uri(MongoCluster.shared().freshDatabase(), "loops");
    Timing lively = new Timing(150, 1_000, 150, 20);
    Vertx silent = Vertx.vertx(new VertxOptions().setBlockedThreadCheckInterval(1).setBlockedThreadCheckIntervalUnit(TimeUnit.HOURS));
    MongoSet one = Await.await(MongoSet.open(silent, 0, uri, System::currentTimeMillis, lively));
    MongoSet two = Await.await(MongoSet.open(node.vertx, 0, uri, System::currentTimeMillis, lively));
    CountDownLatch hold = new CountDownLatch(1);
    try {
      Incarnation first = one.incarnation();
      another(silent, one.context()).runOnContext(v -> hold(hold));
      Await.until("it is buried", () -> !alive(two, first.number()));
      hold.countDown();
      Await.until("it has found that, and lives again", () -> first.isDead() && one.incarnation() != first && one.isTrusted());
    } finally {
      hold.countDown();
      Await.await(one.close());
      Await.await(two.close());
      Await.await(silent.close());
    }
  }

  /** A context on another event loop than that one's. */
  private static Context another(Vertx vertx, Context than) {
    ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    return context.nettyEventLoop() == ((ContextInternal) than).nettyEventLoop() ? another(vertx, than) : context;
  }

  static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean alive(MongoSet set, int number) {
    return Await.first(set.db().getCollection(Incarnation.COLLECTION).find(new Document("_id", number))).getBoolean("alive");
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
