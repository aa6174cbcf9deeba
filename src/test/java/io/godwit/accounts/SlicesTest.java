package io.godwit.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Daily limits of more accounts than are kept, drawn from a real replica set. */
class SlicesTest {
  private static final int MOST = 20;
  private static final long LIMIT = 1_000;

  private final TestNode node = TestNode.start(1);
  private final Context context = node.vertx.getOrCreateContext();
  private final AtomicLong nanos = new AtomicLong();
  private final Slices slices = new Slices(context, node.sets.control(), 20_000, MOST, nanos::get);

  @AfterEach
  void close() {
    node.close();
  }

  private static Slices.Claim one(String key) {
    return new Slices.Claim(key, LIMIT, 1, LIMIT / 100, false, 86_400_000);
  }

  /** As a door does for each message. */
  private Future<Boolean> take(Slices.Claim claim) {
    if (slices.spend(claim)) return Future.succeededFuture(true);
    return slices.draw(claim, used -> { }).compose(again -> again ? take(claim) : Future.succeededFuture(false));
  }

  private boolean pass(String key) {
    return Await.on(context, () -> take(one(key)));
  }

  private long left(String key) {
    return Await.on(context, () -> Future.succeededFuture(slices.left(key)));
  }

  @Test
  void whatIsInUseIsNotUsedUpByForgettingHoweverManyLimitsThereAre() {
    for (int message = 0; message < 100; message++) for (int account = 0; account < 30; account++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      assertTrue(pass("account-" + account), "message " + message + " of account " + account);
    }
    List<Document> used = Await.on(context, () -> Mongo.all(context, node.sets.control().db().getCollection(Slices.COLLECTION).find()));
    assertEquals(30, used.size());
    for (Document of : used) assertTrue(of.getLong("used") <= 110, of::toJson);
  }

  @Test
  void whatNobodyHasAskedForInAWhileIsForgottenWhenThereAreMany() {
    for (int account = 0; account < MOST; account++) pass("account-" + account);
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(9));
    assertEquals(9, left("account-0"));
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
    pass("another");
    assertEquals(9, left("account-0"), "it was asked for a minute ago");
    assertEquals(0, left("account-1"));
  }
}
