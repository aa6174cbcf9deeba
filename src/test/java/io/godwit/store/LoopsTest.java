package io.godwit.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopsTest {
  /** It says nothing of loops that are held. */
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3).setBlockedThreadCheckInterval(1).setBlockedThreadCheckIntervalUnit(TimeUnit.HOURS));
  private final CountDownLatch hold = new CountDownLatch(1);

  @AfterEach
  void close() {
    hold.countDown();
    Await.await(vertx.close());
  }

  /** What was asked of the loops before is done then, but for the one that is held. */
  private void letTheOthersTurn(EventExecutor held) throws Exception {
    for (EventExecutor executor : ((VertxInternal) vertx).nettyEventLoopGroup()) if (executor != held) executor.submit(() -> { }).get(30, TimeUnit.SECONDS);
  }

  @Test
  void oneThatStandsStillIsEnoughUntilItGoesOn() throws Exception {
    Loops loops = new Loops(vertx);
    assertTrue(loops.turn(0), "nothing was asked of them yet");
    letTheOthersTurn(null);
    assertTrue(loops.turn(0));
    letTheOthersTurn(null);
    EventExecutor held = ((VertxInternal) vertx).nettyEventLoopGroup().next();
    held.execute(() -> MongoSetTest.hold(hold));
    assertTrue(loops.turn(0), "they are asked now");
    letTheOthersTurn(held);
    assertTrue(loops.turn(TimeUnit.HOURS.toNanos(1)), "not for long");
    letTheOthersTurn(held);
    assertTrue(loops.turn(0), "perhaps all of us stood still");
    letTheOthersTurn(held);
    assertFalse(loops.turn(0));
    hold.countDown();
    letTheOthersTurn(null);
    assertTrue(loops.turn(0), "it goes on");
  }
}
