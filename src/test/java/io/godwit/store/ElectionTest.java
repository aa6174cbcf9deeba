package io.godwit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.MongoSecurityException;
import com.mongodb.MongoTimeoutException;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the start of a process waits for, and for how long. */
class ElectionTest {
  private final TestNode node = TestNode.start(1);
  private final AtomicInteger tries = new AtomicInteger();

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void whatASetWithoutAPrimaryDoesNotDoIsTriedAgainUntilItDoes() {
    assertEquals(3, node.await(() -> Election.outwait(node.sets.control(), () -> tries.incrementAndGet() < 3 ? Future.failedFuture(new MongoTimeoutException("no primary")) : Future.succeededFuture(tries.get()))));
  }

  @Test
  void aSetThatHasNoPrimaryForTooLongIsGivenUpByItsName() {
    RuntimeException failure = assertThrows(IllegalStateException.class, () -> node.await(() -> Election.outwait(node.sets.control(), 0, () -> Future.failedFuture(new MongoTimeoutException("it hides")))));
    assertEquals("MongoDB set 0 had no primary that answers for 0 s: it hides", failure.getMessage());
  }

  @Test
  void aSetThatIsClosedInThePauseIsNotAskedAgain() {
    MongoSet set = MongoSet.connect(node.vertx, 0, MongoCluster.shared().uri(), node.clock::get);
    assertThrows(MongoTimeoutException.class, () -> node.await(() -> Election.outwait(set, () -> {
      tries.incrementAndGet();
      Vertx.currentContext().runOnContext(v -> set.close());
      return Future.failedFuture(new MongoTimeoutException("no primary"));
    })));
    assertEquals(1, tries.get());
  }

  @Test
  void whatIsNoOutageFailsAtOnce() {
    assertThrows(MongoSecurityException.class, () -> node.await(() -> Election.outwait(node.sets.control(), () -> {
      tries.incrementAndGet();
      return Future.failedFuture(new MongoSecurityException(null, "wrong password"));
    })));
    assertEquals(1, tries.get());
  }
}
