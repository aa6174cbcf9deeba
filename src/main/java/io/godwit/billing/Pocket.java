package io.godwit.billing;

import io.vertx.core.Future;

/** One account's part of a purse, and how fast it is spent. */
final class Pocket {
  /** So many ticks' spending is worth having. */
  private static final long AHEAD = 2;
  /** After so many ticks without spending nothing is worth having: well within the time that others wait for credit. */
  private static final int IDLE_TICKS = 3;

  long available;
  /** The number of the last draw that was counted. */
  long arrived;
  Future<Void> drawing;
  int returning;
  private long spent;
  private long rate;
  private int idle = IDLE_TICKS;

  void spend(long amount) {
    available -= amount;
    spent += amount;
    idle = 0;
  }

  void refund(long amount) {
    available += amount;
    spent = Math.max(0, spent - amount);
  }

  /** Ends a second: the rate follows what was spent in it, half the way. */
  void tick() {
    rate = idle >= IDLE_TICKS ? 0 : (rate + spent + 1) / 2;
    spent = 0;
    idle++;
  }

  /** What is worth having, by recent spending. */
  long appetite() {
    return AHEAD * Math.max(rate, spent);
  }

  /** Whether what is there may not last until the next tick. */
  boolean isLow() {
    return rate > 0 && available < rate;
  }

  /** What should go home; asked once a tick. A little more than the appetite may stay: it would be fetched again at once. */
  long surplus() {
    return returning > 0 || available <= 2 * appetite() ? 0 : available - appetite();
  }

  boolean isForgettable() {
    return available == 0 && rate == 0 && drawing == null && returning == 0 && spent == 0;
  }
}
