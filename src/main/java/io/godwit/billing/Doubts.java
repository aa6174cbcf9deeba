package io.godwit.billing;

import java.util.function.LongSupplier;

/**
 * Whether what memory says of an allotment may differ from what is stored, because an answer was lost. Such a write may still take effect late, by the store or by
 * {@link Treasury}: doubts are settled only by a count that began when that can no longer be.
 */
final class Doubts {
  private static final long EVERY_MS = 5_000;
  /** As long as the treasury takes to finish what a living slot forgot, twice. */
  private static final long LATE_MS = 150_000;

  private final LongSupplier clock;
  private long risen;
  private long counted;

  Doubts(LongSupplier clock) {
    this.clock = clock;
  }

  void rise() {
    risen = clock.getAsLong();
  }

  boolean areOpen() {
    return risen > 0;
  }

  /** Whether it is time for a count. */
  boolean areDue() {
    return areOpen() && clock.getAsLong() - counted >= EVERY_MS;
  }

  /** When a count begins. */
  long begin() {
    counted = clock.getAsLong();
    return counted;
  }

  /** All was counted from that moment on. */
  void settled(long began) {
    if (began - risen >= LATE_MS) risen = 0;
  }
}
