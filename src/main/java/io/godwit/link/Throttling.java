package io.godwit.link;

import java.util.concurrent.TimeUnit;

/**
 * How a link meets a carrier that throttles it: a pause after each refusal, after which it comes back gradually, one request at a time first and one
 * more with each that is accepted (twice as many by round trip), and so after an answer that did not come; and when nothing got through for its {@code failoverAfter}, a rest,
 * in which it gives back what it holds, so that others can send that. Then it tries again. Moments are {@link System#nanoTime}.
 */
final class Throttling {
  /** Longer than the patience, by which the rescue waits as well: it has to find the link resting. */
  private static final long LONGER = TimeUnit.SECONDS.toNanos(10);

  /** More in flight than any window. */
  private static final int ENOUGH = 1 << 14;

  private long patience;
  private boolean refused;
  private boolean resting;
  private long since;
  private long pausedUntil = System.nanoTime();
  private long restsUntil;
  private int atATime = Integer.MAX_VALUE;

  /** @param patience milliseconds; 0 = it never rests */
  Throttling(long patience) {
    patience(patience);
  }

  final void patience(long millis) {
    patience = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** @param pause milliseconds */
  void refused(int pause, long now) {
    pausedUntil = now + TimeUnit.MILLISECONDS.toNanos(pause);
    atATime = 1;
    if (!refused) since = now;
    refused = true;
  }

  void accepted() {
    refused = false;
    if (atATime < ENOUGH) atATime++;
    else atATime = Integer.MAX_VALUE;
  }

  /** An answer did not come: a carrier that flaps does not get a whole window again and again. */
  void unanswered() {
    atATime = 1;
  }

  /** Whether the window is not all that holds. */
  boolean isCareful() {
    return atATime < Integer.MAX_VALUE;
  }

  /** How many requests may be in flight, whatever the window. */
  int atATime() {
    return atATime;
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
