package io.godwit.queue;

import io.vertx.core.Future;

/** A sequence of steps, committed one at a time; confined to the context that opened it. */
public interface Slot {
  /** The id of the allotment that {@link Step#money} changes. */
  String allotment();

  /** Between two steps: the id of another one that {@link Step#money} changes from now on, until the slot begins a new life. It begins with the id of the first one. */
  default void changeAllotment(String id) {
    throw new UnsupportedOperationException("a slot without a stored allotment");
  }

  boolean isBusy();

  /** Completes when no step is under way: at once, or when the present one has ended, before another can begin. */
  Future<Void> idle();

  /** How many commits have ended, whether they took effect or not. */
  long commits();

  /**
   * Makes the step durable as a whole. What it put is delivered to stages of this process, or waits in its queue, by the time
   * that the future completes. Fails with {@link LeaseLost} when a parcel that it takes or changes is no longer as we knew it:
   * then nothing of the step took effect.
   */
  Future<Void> commit(Step step);

  /** After its last step. Completes when nothing of the slot is left to be done. */
  Future<Void> close();
}
