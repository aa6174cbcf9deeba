package io.godwit.link;

import java.util.concurrent.TimeUnit;

/**
 * How a link meets a carrier that throttles it: a pause after each refusal; and when nothing got through for its {@code failoverAfter}, a rest, in
 * which it gives back what it holds, so that others can send that. Then it tries again. Moments are {@link System#nanoTime}.
 */
final class Throttling {
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);
  /** Longer than the patience, by which the rescue waits as well: it has to find the link resting. */
  private static final long LONGER = TimeUnit.SECONDS.toNanos(10);

  private final long patience;
  private boolean refused;
  private boolean resting;
  private long since;
  private long pausedUntil = System.nanoTime();
  private long restsUntil;

  /** @param patience milliseconds; 0 = it never rests */
  Throttling(long patience) {
    this.patience = TimeUnit.MILLISECONDS.toNanos(patience);
  }

  void refused(long now) {
    pausedUntil = now + PAUSE;
    if (!refused) since = now;
    refused = true;
  }

  void accepted() {
    refused = false;
  }

  /** Nanoseconds; not positive when there is no pause. */
  long pauseLeft(long now) {
    return pausedUntil - now;
  }

  /** Whether nothing was accepted since the carrier refused, or it rests for that. */
  boolean isBlocked() {
    return refused || resting;
  }

  boolean isResting() {
    return resting;
  }

  /** Whether a rest began or ended just now. */
  boolean changes(long now) {
    if (resting && now - restsUntil >= 0) {
      resting = false;
      refused = false;
      return true;
    }
    if (resting || !refused || patience == 0 || now - since < patience) return false;
    resting = true;
    restsUntil = now + patience + LONGER;
    return true;
  }
}
