package io.godwit.billing;

import io.vertx.core.Future;

/** One account's part of a purse, and how fast it is spent. */
final class Pocket {
  /** So many ticks' spending is worth keeping, and is fetched ahead. */
  private static final long AHEAD = 2;

  long available;
  /** The number of the last draw that was counted. */
  long arrived;
  Future<Void> drawing;
  int returning;
  private long spent;
  private long rate;
  private boolean used;

  void spend(long amount) {
    available -= amount;
    spent += amount;
    used = true;
  }

  void refund(long amount) {
    available += amount;
    spent = Math.max(0, spent - amount);
  }

  /** Ends a second: the rate follows what was spent in it, half the way. */
  void tick() {
    rate = used ? (rate + spent + 1) / 2 : 0;
    spent = 0;
    used = false;
  }

  /** What is worth having, by recent spending. */
  long appetite() {
    return AHEAD * Math.max(rate, spent);
  }

  /** What should go home; asked once a tick. A little more than the appetite may stay: it would be fetched again at once. */
  long surplus() {
    return returning > 0 || available <= 2 * appetite() ? 0 : available - appetite();
  }

  boolean isForgettable() {
    return available == 0 && rate == 0 && drawing == null && returning == 0 && !used;
  }
}
