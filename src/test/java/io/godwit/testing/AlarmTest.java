package io.godwit.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The alarm hears what it is there for. */
class AlarmTest {
  @Test
  void aBufferThatIsNotReleasedIsHeardWhateverVertxDid() {
    try (Alarm alarm = new Alarm()) {
      Await.await(Vertx.vertx().close());
      alarm.assertSilent();
      PooledByteBufAllocator.DEFAULT.directBuffer(16).touch("lost");
      assertTrue(assertThrows(AssertionError.class, alarm::assertSilent).getMessage().contains("LEAK"));
    }
  }

  @Test
  void anEventLoopThatIsBlockedIsHeard() throws Exception {
    VertxOptions hasty = new VertxOptions().setMaxEventLoopExecuteTime(1).setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS).setBlockedThreadCheckInterval(5);
    Vertx vertx = Vertx.vertx(hasty);
    CountDownLatch hold = new CountDownLatch(1);
    try (Alarm alarm = new Alarm()) {
      vertx.runOnContext(v -> await(hold));
      Await.until("it is heard", () -> isHeard(alarm));
    } finally {
      hold.countDown();
      Await.await(vertx.close());
    }
  }

  @Test
  void aStandstillOfAMomentIsNotHeard() {
    Logger checker = LoggerFactory.getLogger("io.vertx.core.impl.BlockedThreadChecker");
    String warning = "Thread Thread[vert.x-eventloop-thread-0,5,main] has been blocked for {} ms, time limit is 2000 ms";
    try (Alarm alarm = new Alarm()) {
      checker.warn(warning, 9_999);
      alarm.assertSilent();
      checker.warn(warning, 10_000);
      assertTrue(isHeard(alarm));
    }
  }

  private static boolean isHeard(Alarm alarm) {
    try {
      alarm.assertSilent();
      return false;
    } catch (AssertionError e) {
      return e.getMessage().contains("has been blocked for");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
