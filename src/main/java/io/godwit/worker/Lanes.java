package io.godwit.worker;

import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.queue.Parcel;
import io.godwit.queue.Room;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What waits in memory for one stage, alerts first. Confined to the stage's context, but for its {@link Room}. */
final class Lanes {
  private final Map<Lane, Deque<Parcel>> parcels = new EnumMap<>(Lane.class);
  final Room room = new Room();

  Lanes() {
    for (Lane lane : Lane.values()) parcels.put(lane, new ArrayDeque<>());
  }

  /** It has its place in the room already. */
  void handed(Parcel parcel) {
    parcels.get(parcel.lane()).add(parcel);
  }

  void claimed(Parcel parcel) {
    room.enter(parcel);
    parcels.get(parcel.lane()).add(parcel);
  }

  /** It was taken, and comes first again. */
  void again(Parcel parcel) {
    room.enter(parcel);
    parcels.get(parcel.lane()).addFirst(parcel);
  }

  /** As much as one unit of work takes. */
  List<Parcel> take() {
    List<Parcel> batch = new ArrayList<>();
    int messages = 0;
    for (Deque<Parcel> lane : parcels.values()) {
      while (!lane.isEmpty() && (batch.isEmpty() || messages + lane.peek().left() <= Limits.PARCEL_MESSAGES)) {
        messages += lane.peek().left();
        batch.add(lane.poll());
      }
    }
    batch.forEach(room::leave);
    return batch;
  }

  List<Parcel> takeAll() {
    List<Parcel> all = new ArrayList<>();
    parcels.values().forEach(all::addAll);
    parcels.values().forEach(Deque::clear);
    all.forEach(room::leave);
    return all;
  }

  int messages() {
    int messages = 0;
    for (Deque<Parcel> lane : parcels.values()) for (Parcel parcel : lane) messages += parcel.left();
    return messages;
  }
}
