package io.godwit.queue;

import java.util.Set;

/** Parcels that a step stood on belong to somebody else, or were changed by somebody else; the step had no effect. */
public final class LeaseLost extends RuntimeException {
  private final transient Set<Parcel> parcels;
  private final transient Set<Parcel> changed;

  LeaseLost(Set<Parcel> parcels, Set<Parcel> changed) {
    super("no longer ours: " + parcels + ", changed under us: " + changed, null, false, false);
    this.parcels = parcels;
    this.changed = changed;
  }

  /** Those that are to be dropped, or read again by whoever wanted to amend them. */
  public Set<Parcel> parcels() {
    return parcels;
  }

  /** Those that are still held: they now show what was changed, with positions as before, and the next step may stand on them. */
  public Set<Parcel> changed() {
    return changed;
  }
}
