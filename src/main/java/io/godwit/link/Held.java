package io.godwit.link;

import io.godwit.queue.Lanes;
import io.godwit.queue.Parcel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A parcel in an outbox's hands: what was submitted of it, and where the next message is taken. */
final class Held {
  final Parcel parcel;
  /** Everything before it was submitted, had left, or is unknown from an earlier holder. */
  int cursor;
  /** The stored watermark: nothing at or above it may be submitted. */
  int covered;

  Held(Parcel parcel) {
    this.parcel = parcel;
    this.covered = parcel.tried();
  }

  static Lanes<Held> lanes() {
    return new Lanes<>(held -> held.parcel);
  }

  /** The positions that leave each parcel: those that were settled, and what nobody knows of the unknown ones. */
  static Map<Held, Set<Integer>> leaving(Map<Parcel, Held> held, List<Submission> settled, List<Held> unknown) {
    Map<Held, Set<Integer>> leaving = new HashMap<>();
    for (Submission submission : settled) leaving.computeIfAbsent(held.get(submission.parcel), h -> new HashSet<>()).add(submission.position);
    for (Held parcel : unknown) leaving.computeIfAbsent(parcel, h -> new HashSet<>()).addAll(parcel.unknown());
    return leaving;
  }

  /** The position of the next message to submit; the parcel's size when there is none. */
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

  /** The positions of what an earlier holder may have submitted. */
  Set<Integer> unknown() {
    Set<Integer> positions = new HashSet<>();
    parcel.each(i -> {
      if (i < parcel.triedBefore()) positions.add(i);
    });
    return positions;
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
