package io.godwit.queue;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tokens of the parcels that this process knows that it holds, or is about to hold: a parcel leased to it under another
 * token was leased by an answer that got lost. A token is here before the write that gives it out begins. Thread-safe.
 */
final class Holdings {
  private final Set<Long> tokens = ConcurrentHashMap.newKeySet();

  void expect(long token) {
    tokens.add(token);
  }

  void forget(long token) {
    tokens.remove(token);
  }

  void forget(Collection<Parcel> parcels) {
    parcels.forEach(parcel -> tokens.remove(parcel.token));
  }

  boolean knows(long token) {
    return tokens.contains(token);
  }

  void clear() {
    tokens.clear();
  }

  int size() {
    return tokens.size();
  }
}
