package io.godwit.queue;

import io.godwit.message.Lane;
import io.godwit.message.Limits;

/**
 * How much may wait in memory for one stage: in each lane two parcels, so that alerts overtake, cancellation works and others can
 * take the rest; or any number of small ones that fit into one unit of work. Thread-safe.
 */
public final class Room {
  private final int[] parcels = new int[Lane.values().length];
  private final int[] messages = new int[Lane.values().length];

  /** Enters if there is room. */
  public synchronized boolean offer(Parcel parcel) {
    int lane = parcel.lane().ordinal();
    if (parcels[lane] >= Limits.HANDED_PARCELS && messages[lane] + parcel.size() > Limits.PARCEL_MESSAGES) return false;
    enter(parcel);
    return true;
  }

  /** Enters in any case: what was claimed is here. */
  public synchronized void enter(Parcel parcel) {
    parcels[parcel.lane().ordinal()]++;
    messages[parcel.lane().ordinal()] += parcel.size();
  }

  /** Once for each that entered. */
  public synchronized void leave(Parcel parcel) {
    parcels[parcel.lane().ordinal()]--;
    messages[parcel.lane().ordinal()] -= parcel.size();
  }
}
