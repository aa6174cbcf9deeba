package io.godwit.link;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a bind that was refused or lost waits before it is tried again: each pause is twice the one before, until a bind has lived for a while. A
 * carrier that accepts a bind and hangs up is no better than one that refuses it.
 *
 * @param first milliseconds, as the others
 * @param longest none grows beyond it
 * @param lived what lived for so long begins with the first pause again when it is lost
 */
record Pauses(long first, long longest, long lived) {
  static final Pauses DEFAULT = new Pauses(500, 30_000, 30_000);

  /** The pause after the next refusal. */
  long after(long pause) {
    return Math.min(longest, pause * 2);
  }

  /**
   * The pause after a loss.
   *
   * @param due what it would be if the bind had been refused instead
   * @param life how long it was bound
   */
  long afterLoss(long due, long life) {
    return life >= lived ? first : due;
  }

  /** Longer than any pause and the try after it: who has not bound for so long, though there was something to bind to, cannot. */
  long vain() {
    return 2 * longest;
  }

  /** From half of it to half as much again: binds that were lost together do not come back together. */
  static long jittered(long pause) {
    return pause / 2 + ThreadLocalRandom.current().nextLong(pause);
  }
}
