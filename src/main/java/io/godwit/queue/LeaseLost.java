package io.godwit.queue;

import java.util.Set;

/** Parcels that a step stood on belong to somebody else, or were changed by somebody else; the step had no effect. */
public final class LeaseLost extends RuntimeException {
  private final transient Set<Parcel> parcels;

  LeaseLost(Set<Parcel> parcels) {
    super("no longer ours: " + parcels, null, false, false);
    this.parcels = parcels;
  }

  public Set<Parcel> parcels() {
    return parcels;
  }
}
