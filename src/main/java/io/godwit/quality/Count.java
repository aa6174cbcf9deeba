package io.godwit.quality;

/** Messages that ended, and how many of them were delivered. */
record Count(long delivered, long ended) {
  private static final int WHOLE = 1_000;

  static final Count NONE = new Count(0, 0);

  Count plus(Count other) {
    return new Count(delivered + other.delivered, ended + other.ended);
  }

  /** -1 when there are too few to mean anything. */
  int permille() {
    return ended < Qualities.FEWEST ? -1 : (int) (delivered * WHOLE / ended);
  }
}
