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
  private boolean counting;

  void spend(long amount) {
    move(-amount);
    spent += amount;
    idle = 0;
  }

  void refund(long amount) {
    move(amount);
    spent = Math.max(0, spent - amount);
  }

  /** Ends a second: the rate follows what was spent in it, half the way. */
  void tick() {
    rate = idle >= IDLE_TICKS ? 0 : (rate + spent + 1) / 2;
    spent = 0;
    idle++;
  }

  /** What came in by a step of the slot, or is to go home, when negative. */
  void move(long amount) {
    available += amount;
    counting = false;
  }

  /** So much of it is on its way home from now on. */
  Pocket give(long amount) {
    move(-amount);
    returning++;
    return this;
  }

  void arrive(Draw draw) {
    if (draw.seq() <= arrived) return;
    arrived = draw.seq();
    move(draw.amount());
  }

  /** The store is asked from now on how much there is. */
  void count() {
    counting = drawing == null && returning == 0;
  }

  /** What the store has answered; of no use when anything moved meanwhile, or might have. Whether it was of use. */
  boolean counted(long held, long lastDraw) {
    if (!counting || drawing != null || returning > 0) return false;
    available = held;
    arrived = Math.max(arrived, lastDraw);
    return true;
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
