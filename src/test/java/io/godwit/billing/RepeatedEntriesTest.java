package io.godwit.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Filters;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A top-up that is asked for again while MongoDB has made it and no majority has written it down. */
class RepeatedEntriesTest {
  private static final String JOURNAL = "pauseJournalFlusherBeforeFlush";
  private final TestNode node = TestNode.start(1);

  @AfterEach
  void close() {
    node.close();
  }

  /** MongoDB writes nothing down from when this returns. */
  private static void stopTheJournal() {
    int before = MongoCluster.shared().command("admin", new Document("configureFailPoint", JOURNAL).append("mode", "alwaysOn")).get("count", Number.class).intValue();
    MongoCluster.shared().command("admin", new Document("waitForFailPoint", JOURNAL).append("timesEntered", before + 1).append("maxTimeMS", 15_000));
  }

  private static void goOn() {
    MongoCluster.shared().command("admin", new Document("configureFailPoint", JOURNAL).append("mode", "off"));
  }

  private Future<Boolean> topUp(TestNode asked) {
    return asked.begin(() -> new Ledger(asked.sets, new Pricing(asked.directory)).topUp("key", "demo", 5, "test"));
  }

  private boolean isThere(ReadConcern asKnownTo) {
    return node.await(() -> Mongo.first(node.vertx.getOrCreateContext(),
      node.sets.control().db().getCollection(CreditEntry.TOP_UPS).withReadConcern(asKnownTo).find(Filters.eq("_id", "key")))) != null;
  }

  @Test
  void whoAsksAgainIsAnsweredWhenTheFirstOneIs() {
    node.put("account", "demo", new JsonObject());
    node.await(() -> new Ledger(node.sets, new Pricing(node.directory)).open());
    try (Gate gate = new Gate(); TestNode one = node.another(gate); TestNode other = node.another(gate)) {
      Gate.Stop first = gate.before("insert", CreditEntry.TOP_UPS);
      Future<Boolean> made = topUp(one);
      first.reached();
      Gate.Stop second = gate.before("insert", CreditEntry.TOP_UPS);
      Future<Boolean> again = topUp(other);
      second.reached();
      int barriers = gate.seen("update", "counters");
      stopTheJournal();
      try {
        first.pass();
        Await.until("it is made", () -> isThere(ReadConcern.LOCAL));
        assertFalse(isThere(ReadConcern.MAJORITY));
        second.pass();
        Await.until("whoever asked again has his answer, or waits for a majority", () -> again.isComplete() || gate.seen("update", "counters") > barriers);
      } finally {
        goOn();
      }
      assertTrue(Await.await(made));
      assertFalse(Await.await(again));
    }
    assertEquals(5, node.await(() -> new Ledger(node.sets, new Pricing(node.directory)).balance("demo")).free());
  }
}
