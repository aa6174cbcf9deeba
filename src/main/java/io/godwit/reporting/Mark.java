package io.godwit.reporting;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Below which {@code ts} no page is looked for any more. Pages commit late: mongod fills {@code ts} when a page is inserted, and the
 * transaction may commit seconds afterwards (its lifetime is five seconds), so that a higher {@code ts} is seen before a lower one.
 * The mark therefore stays behind by two measures, and is the lower of them:
 *
 * <ul>
 * <li>the highest {@code ts} seen, less 15 s: covers commits that wait for a majority for any time, as the highest one waits with them;
 * <li>the highest {@code ts} that was seen 15 s before the look began that saw nothing new below it, by our own monotonic clock: covers
 *     a mongod whose clock jumps ahead, and a reader that itself stood still.
 * </ul>
 *
 * Timestamps are MongoDB's: seconds since 1970 in the upper 32 bits, a counter in the lower. Not thread-safe.
 */
final class Mark {
  static final int LATE_SECONDS = 15;
  private static final long LATE_TS = (long) LATE_SECONDS << 32;
  private static final long LATE_NANOS = LATE_SECONDS * 1_000_000_000L;
  /** Sights nearer together are not kept: the mark then stands a little lower, which is always safe. */
  private static final long APART_NANOS = 250_000_000L;

  /** How often one looks from the mark on; in between it is enough to look at what is most recent. */
  private static final long WHOLE_LOOK_NANOS = 1_000_000_000L;
  private static final long RECENT_TS = 2L << 32;

  private final Deque<Sight> sights = new ArrayDeque<>();
  private long value;
  private long highest;
  private long seenLongAgo;
  private long lastWhole;
  private boolean whole;

  /** The highest {@code ts} that was seen at a moment of the monotonic clock. */
  private record Sight(long nanos, long ts) { }

  Mark(long value) {
    this.value = value;
    this.highest = value;
    this.seenLongAgo = value;
  }

  /** Every page with a lower {@code ts} is applied. */
  long value() {
    return value;
  }

  /** The highest {@code ts} that was seen. */
  long highest() {
    return highest;
  }

  /**
   * Where a look that begins now is to begin: at the mark once a second, else near the highest {@code ts}, where late pages mostly
   * are. So the fifteen seconds that the mark is behind are not listed five times a second.
   */
  long lookFrom(long nanos) {
    whole = lastWhole == 0 || nanos - lastWhole >= WHOLE_LOOK_NANOS;
    if (whole) lastWhole = nanos;
    return whole ? value : Math.max(value, highest - RECENT_TS);
  }

  /**
   * Says that every page is applied that the look could see; one that did not begin at the mark leaves the mark as it is.
   *
   * @param began monotonic nanoseconds before the look
   * @param ended the same after it
   * @param seen the highest {@code ts} that it met, below which it left out nothing
   */
  void advance(long began, long ended, long seen) {
    highest = Math.max(highest, seen);
    if (!whole) return;
    while (!sights.isEmpty() && began - sights.peekFirst().nanos >= LATE_NANOS) seenLongAgo = sights.pollFirst().ts;
    value = Math.max(value, Math.min(highest - LATE_TS, seenLongAgo));
    if (sights.isEmpty() || ended - sights.peekLast().nanos >= APART_NANOS) sights.addLast(new Sight(ended, highest));
  }
}
