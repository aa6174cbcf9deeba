package io.godwit.queue;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What this process knows that it holds: a parcel leased to it that is not here was leased by an answer that got lost. */
final class Holdings {
  private final Set<String> parcels = ConcurrentHashMap.newKeySet();
  private final Set<Long> claims = ConcurrentHashMap.newKeySet();

  /** A claim with this token is under way: what it leases is about to be known. */
  void expect(long token) {
    claims.add(token);
  }

  void forget(long token) {
    claims.remove(token);
  }

  void add(Collection<Parcel> held) {
    held.forEach(parcel -> parcels.add(parcel.id));
  }

  void remove(Collection<Parcel> held) {
    held.forEach(parcel -> parcels.remove(parcel.id));
  }

  boolean knows(String parcel, long token) {
    return parcels.contains(parcel) || claims.contains(token);
  }

  void clear() {
    parcels.clear();
    claims.clear();
  }
}
