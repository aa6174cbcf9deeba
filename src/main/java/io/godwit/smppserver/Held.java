package io.godwit.smppserver;

import io.godwit.queue.Parcel;
import java.util.ArrayDeque;
import java.util.Deque;

/** A parcel of notices in a mailbag's hands. */
final class Held {
  final Parcel parcel;
  /** Positions that nobody was told of yet. */
  final Deque<Integer> todo = new ArrayDeque<>();
  /** Notices that were taken to be sent, and have not ended. */
  int inFlight;

  Held(Parcel parcel) {
    this.parcel = parcel;
    parcel.each(todo::add);
  }
}
