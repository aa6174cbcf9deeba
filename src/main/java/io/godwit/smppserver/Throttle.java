package io.godwit.smppserver;

/** How many segments an account may still hand in: a bucket that fills at its rate and holds a second's worth. Event loop only. */
final class Throttle {
  private double perSecond;
  private double tokens;
  private long filledAt;

  /** @param perSecond segments; 0 = no limit */
  Throttle(double perSecond, long nowNanos) {
    this.perSecond = perSecond;
    this.tokens = capacity();
    this.filledAt = nowNanos;
  }

  private double capacity() {
    return Math.max(1, perSecond);
  }

  /** The account's terms have changed, or this node's part of them. What was saved up stays. */
  void become(double rate, long nowNanos) {
    fill(nowNanos);
    if (perSecond == 0) tokens = Math.max(1, rate);
    perSecond = rate;
    tokens = Math.min(tokens, capacity());
  }

  /** A message goes through when any token is there, and its other segments are owed: long ones are not shut out by a low rate. */
  boolean take(int segments, long nowNanos) {
    if (perSecond == 0) return true;
    fill(nowNanos);
    if (tokens < 1) return false;
    tokens -= segments;
    return true;
  }

  private void fill(long nowNanos) {
    tokens = Math.min(capacity(), tokens + (nowNanos - filledAt) * perSecond / 1e9);
    filledAt = nowNanos;
  }
}
