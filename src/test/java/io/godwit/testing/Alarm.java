package io.godwit.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/**
 * Hears whatever is logged as an error while it is open: exceptions that nobody caught, failed handlers, and buffers that were not released, of
 * which Netty's detector misses none meanwhile; and threads that were blocked for long. Warnings of ours, of which mutated PDUs make many, are left out.
 */
public final class Alarm implements AutoCloseable {
  private static final Pattern BLOCKED = Pattern.compile(" has been blocked for (\\d+) ms, time limit is (\\d+) ms");
  /** By so many times its limit, ten seconds for an event loop: for a few seconds all threads of a busy machine may stand still. */
  private static final int STANDSTILL = 5;
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.godwit");
  private final Level oursBefore = ours.getLevel();
  private final ResourceLeakDetector.Level leaksBefore = ResourceLeakDetector.getLevel();
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
    @Override
    protected void append(ILoggingEvent event) {
      if (!event.getLevel().isGreaterOrEqual(Level.ERROR) && !(event.getLoggerName().endsWith(".BlockedThreadChecker") && isBlocked(event.getFormattedMessage()))) return;
      String trace = event.getThrowableProxy() == null ? "" : "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
      heard.add(event.getLoggerName() + ": " + event.getFormattedMessage() + trace);
    }
  };

  public Alarm() {
    initialiseVertx();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ours.setLevel(Level.ERROR);
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
  }

  /** What is not understood counts. */
  private static boolean isBlocked(String warning) {
    Matcher times = BLOCKED.matcher(warning);
    return !times.find() || Long.parseLong(times.group(1)) >= STANDSTILL * Long.parseLong(times.group(2));
  }

  /** The first Vert.x of a JVM turns the detector off, and would do so after us. */
  private static void initialiseVertx() {
    try {
      Class.forName("io.vertx.core.impl.VertxImpl");
    } catch (ClassNotFoundException e) {
      throw new AssertionError("Vert.x has changed: who turns the leak detector off now?", e);
    }
  }

  /** Buffers that nobody refers to are told of by the next that is allocated. One of ours shows that they are. */
  public void assertSilent() {
    String canary = "canary " + UUID.randomUUID();
    leak(canary);
    Await.until("a lost buffer is told", () -> {
      System.gc();
      for (int k = 0; k < 100; k++) PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
      return heard.removeIf(said -> said.contains(canary));
    });
    assertEquals(List.of(), heard.stream().limit(3).toList());
  }

  private static void leak(String hint) {
    PooledByteBufAllocator.DEFAULT.directBuffer(16).touch(hint);
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    appender.stop();
    ours.setLevel(oursBefore);
    ResourceLeakDetector.setLevel(leaksBefore);
  }
}
