package io.godwit.link;

import io.godwit.queue.Lanes;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A parcel's new watermark, to be stored with the next settlement.
 *
 * @param tried so many from its front may be submitted then
 * @param taken what that takes from the budget
 */
record Raise(int tried, int taken) {
  /** What the budget allows, in order of the waiting parcels; those whose messages leave are named in any case. */
  static Map<Held, Raise> all(Set<Held> leaving, Lanes<Held> waiting, Budget budget) {
    Map<Held, Raise> raised = new HashMap<>();
    leaving.forEach(parcel -> raised.put(parcel, new Raise(parcel.covered, 0)));
    for (Deque<Held> lane : waiting.inOrder()) {
      for (Held parcel : lane) {
        int taken = budget.take(parcel.here(parcel.covered, parcel.parcel.size()), parcel.parcel.lane());
        if (taken > 0) raised.put(parcel, new Raise(parcel.watermark(taken), taken));
      }
    }
    return raised;
  }
}
