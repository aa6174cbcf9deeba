package io.godwit.queue;

import io.godwit.message.Lane;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What waits in memory for one stage, alerts first, and the room that it takes: parcels, or what a stage knows of them. Confined to
 * the stage's context, but for {@link #offer}, {@link #enter} and {@link #leave}.
 */
public final class Lanes<T> {
  private final Room room = new Room();
  private final Map<Lane, Deque<T>> lanes = new EnumMap<>(Lane.class);
  private final Function<T, Parcel> parcel;

  public Lanes(Function<T, Parcel> parcel) {
    this.parcel = parcel;
    for (Lane lane : Lane.values()) lanes.put(lane, new ArrayDeque<>());
  }

  /** Before the parcel is stored: whether there will be room for it. Followed by {@link #add} or {@link #leave}. */
  public boolean offer(Parcel one) {
    return room.offer(one);
  }

  /** What was claimed takes room in any case. */
  public void enter(Parcel one) {
    room.enter(one);
  }

  /** It entered, but is not going to be added. */
  public void leave(Parcel one) {
    room.leave(one);
  }

  /** It has its place in the room already. */
  public void add(T one) {
    lanes.get(parcel.apply(one).lane()).add(one);
  }

  public void claimed(T one) {
    room.enter(parcel.apply(one));
    add(one);
  }

  /** It was taken, and comes first again. */
  public void again(T one) {
    room.enter(parcel.apply(one));
    lanes.get(parcel.apply(one).lane()).addFirst(one);
  }

  /** In the order in which they are to be taken; for looking only. */
  public Collection<Deque<T>> inOrder() {
    return lanes.values();
  }

  public T removeFirst(Deque<T> lane) {
    T first = lane.poll();
    room.leave(parcel.apply(first));
    return first;
  }

  public void removeIf(Predicate<T> gone) {
    for (Deque<T> lane : lanes.values()) {
      lane.removeIf(one -> {
        boolean leaves = gone.test(one);
        if (leaves) room.leave(parcel.apply(one));
        return leaves;
      });
    }
  }

  /** As many, from the front, as hold so many messages together; at least one. */
  public List<T> take(int messages) {
    List<T> batch = new ArrayList<>();
    int taken = 0;
    for (Deque<T> lane : lanes.values()) {
      while (!lane.isEmpty() && (batch.isEmpty() || taken + parcel.apply(lane.peek()).left() <= messages)) {
        taken += parcel.apply(lane.peek()).left();
        batch.add(removeFirst(lane));
      }
    }
    return batch;
  }

  public List<T> takeAll() {
    return take(Integer.MAX_VALUE);
  }

  /** How many parcels wait in this lane and those before it. */
  public int parcels(Lane last) {
    return lanes.values().stream().limit(last.number() + 1).mapToInt(Deque::size).sum();
  }

  /** How many messages wait in this lane and those before it. */
  public int messages(Lane last) {
    return lanes.values().stream().limit(last.number() + 1).flatMap(Deque::stream).mapToInt(one -> parcel.apply(one).left()).sum();
  }
}
