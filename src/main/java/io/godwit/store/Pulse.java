package io.godwit.store;

import java.util.concurrent.TimeUnit;

/**
 * Whether new work should go to a set, as far as its signs of life tell: any sign of trouble speaks against it until a beat that was
 * asked for later has been answered, and so does a beat that is long unanswered. Thread-safe; times are {@link System#nanoTime}.
 */
final class Pulse {
  /** A beat that takes longer comes from a set that hangs, or is so slow that others should be asked. */
  private static final long LATE = TimeUnit.MILLISECONDS.toNanos(1_000);

  private boolean doubted = true;
  private long doubtedAt = System.nanoTime();
  private boolean asking;
  private long askedAt;

  /** Something failed as it does when a primary is gone. Says whether that is news. */
  synchronized boolean doubt(long now) {
    boolean news = !doubted;
    doubted = true;
    doubtedAt = now;
    return news;
  }

  synchronized void asked(long now) {
    asking = true;
    askedAt = now;
  }

  /** The beat that was asked for last has its answer. */
  synchronized void answered(boolean acknowledged, long now) {
    asking = false;
    if (!acknowledged) doubt(now);
    else if (askedAt - doubtedAt >= 0) doubted = false;
  }

  synchronized boolean isDoubted() {
    return doubted;
  }

  synchronized boolean isGood(long now) {
    return !doubted && !(asking && now - askedAt > LATE);
  }
}
