package io.godwit.link;

import io.godwit.queue.Parcel;

/** A parcel in an {@link Outbox}'s hands: what was submitted, and where the next message is taken. */
final class Held {
  final Parcel parcel;
  int cursor;
  int covered;

  Held(Parcel parcel) {
    this.parcel = parcel;
    this.covered = parcel.tried();
  }

  /** Where the next message is; the parcel's size when none is left. */
  int next() {
    int position = cursor;
    while (position < parcel.size() && parcel.isGone(position)) position++;
    return position;
  }

  /** How much of the budget it takes: covered by us, and not settled. */
  int used() {
    return here(parcel.triedBefore(), covered);
  }

  /** How many messages are still here between two positions. */
  int here(int from, int to) {
    int here = 0;
    for (int i = from; i < to; i++) if (!parcel.isGone(i)) here++;
    return here;
  }

  /** The watermark that covers so many more messages. */
  int watermark(int more) {
    int position = covered;
    for (int left = more; position < parcel.size() && (left > 0 || parcel.isGone(position)); position++) if (!parcel.isGone(position)) left--;
    return position;
  }

  /** Whether something before the cursor is neither settled nor gone. */
  boolean hasInFlight() {
    return here(parcel.triedBefore(), cursor) > 0;
  }
}
