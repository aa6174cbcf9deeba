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
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/**
 * Hears whatever is logged as an error while it is open: exceptions that nobody caught, failed handlers, and buffers that were not released, of
 * which Netty's detector misses none meanwhile. Warnings of ours, of which mutated PDUs make many, are left out.
 */
public final class Alarm implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.godwit");
  private final Level oursBefore = ours.getLevel();
  private final ResourceLeakDetector.Level leaksBefore = ResourceLeakDetector.getLevel();
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
    @Override
    protected void append(ILoggingEvent event) {
      if (!event.getLevel().isGreaterOrEqual(Level.ERROR)) return;
      String trace = event.getThrowableProxy() == null ? "" : "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
      heard.add(event.getLoggerName() + ": " + event.getFormattedMessage() + trace);
    }
  };

  public Alarm() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ours.setLevel(Level.ERROR);
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
  }

  /** Buffers that nobody refers to are told of by the next that is allocated. */
  public void assertSilent() {
    for (int i = 0; i < 5; i++) {
      System.gc();
      for (int k = 0; k < 100; k++) PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
    }
    assertEquals(List.of(), heard.stream().limit(3).toList());
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    appender.stop();
    ours.setLevel(oursBefore);
    ResourceLeakDetector.setLevel(leaksBefore);
  }
}
