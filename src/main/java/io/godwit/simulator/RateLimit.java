package io.godwit.simulator;

/** A token bucket that holds a tenth of a second's worth, at least one. Monotonic time in nanoseconds. */
final class RateLimit {
  private double tokens = 1;
  private long filledAt;

  /** Takes one token; false if there is none. A rate of 0 is no limit. */
  boolean take(int perSecond, long nowNanos) {
    if (perSecond == 0) {
      return true;
    }
    double earned = (nowNanos - filledAt) / 1e9 * perSecond;
    tokens = Math.min(Math.max(1, perSecond / 10.0), tokens + earned);
    filledAt = nowNanos;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
