package io.godwit.link;

import io.godwit.message.Lane;
import io.godwit.queue.Parcel;
import io.godwit.queue.Room;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;

/** The parcels of an outbox of which something is left to submit, alerts first, and the room that they take. */
final class Lanes {
  private final Room room = new Room();
  private final Map<Lane, Deque<Held>> lanes = new EnumMap<>(Lane.class);

  Lanes() {
    for (Lane lane : Lane.values()) lanes.put(lane, new ArrayDeque<>());
  }

  /** From any thread, before the parcel is stored: whether there will be room for it. Followed by {@link #add} or {@link #leave}. */
  boolean offer(Parcel parcel) {
    return room.offer(parcel);
  }

  /** What was claimed takes room in any case. */
  void enter(Parcel parcel) {
    room.enter(parcel);
  }

  /** It entered, but is not going to be added. */
  void leave(Parcel parcel) {
    room.leave(parcel);
  }

  void add(Held held) {
    lanes.get(held.parcel.lane()).add(held);
  }

  int size() {
    return lanes.values().stream().mapToInt(Deque::size).sum();
  }

  /** In the order in which they are to be submitted; for looking only. */
  Collection<Deque<Held>> inOrder() {
    return lanes.values();
  }

  Held removeFirst(Deque<Held> lane) {
    Held first = lane.poll();
    room.leave(first.parcel);
    return first;
  }

  void removeIf(Predicate<Held> gone) {
    for (Deque<Held> lane : lanes.values()) {
      lane.removeIf(held -> {
        boolean leaves = gone.test(held);
        if (leaves) room.leave(held.parcel);
        return leaves;
      });
    }
  }
}
