package io.godwit.smppserver;

/**
 * What a receiver gets that says that it is sent too much: nothing for a second, each time twice as long up to half a minute, then one deliver_sm at a time, and with
 * each that it takes one more. Event loop only.
 */
final class Respite {
  private static final long FIRST_MS = 1_000;
  private static final long LONGEST_MS = 30_000;

  private long pause = FIRST_MS;
  private boolean isPausing;
  private int most;

  boolean isPausing() {
    return isPausing;
  }

  /** @return milliseconds until {@link #end} is due */
  long begin() {
    long now = pause;
    isPausing = true;
    most = 1;
    pause = Math.min(LONGEST_MS, 2 * pause);
    return now;
  }

  void end() {
    isPausing = false;
  }

  /** It has taken one. What it was sent before the pause says nothing. */
  void taken() {
    if (isPausing) return;
    pause = FIRST_MS;
    most++;
  }

  /** How many may wait for its answer. */
  int most() {
    return isPausing ? 0 : most;
  }
}
