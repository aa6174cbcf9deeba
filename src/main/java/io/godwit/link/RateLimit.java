package io.godwit.link;

/** How many segments may go out now: a bucket that fills at the link's rate and holds a tenth of a second's worth. */
final class RateLimit {
  private final double perNano;
  private final double capacity;
  private double tokens;
  private long filledAt;

  /** @param perSecond segments a second; 0 = unlimited */
  RateLimit(double perSecond, long nowNanos) {
    perNano = perSecond / 1e9;
    capacity = Math.max(1, perSecond / 10);
    tokens = capacity;
    filledAt = nowNanos;
  }

  /** This one, or one of another rate that begins full. */
  RateLimit at(double perSecond, long nowNanos) {
    return perSecond / 1e9 == perNano ? this : new RateLimit(perSecond, nowNanos);
  }

  boolean isUnlimited() {
    return perNano == 0;
  }

  /** @param segments as many as one request makes; more than one may be taken in advance */
  boolean take(int segments, long nowNanos) {
    if (isUnlimited()) return true;
    tokens = Math.min(capacity, tokens + (nowNanos - filledAt) * perNano);
    filledAt = nowNanos;
    if (tokens < 1) return false;
    tokens -= segments;
    return true;
  }

  /** Milliseconds until there is a token again, at least 1. */
  long waitMillis() {
    return Math.max(1, (long) Math.ceil((1 - tokens) / perNano / 1e6));
  }
}
