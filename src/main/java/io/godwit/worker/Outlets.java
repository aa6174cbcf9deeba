package io.godwit.worker;

import io.godwit.message.Item;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Collects what one step sends on, and packs it into as few parcels as their limits allow: one queue, lane and due time each. */
public final class Outlets {
  private final MessageQueue queue;
  private final Step step;
  private final ToIntFunction<String> most;
  private final Map<Outlet, Packing> packings = new LinkedHashMap<>();

  private record Outlet(String queue, Lane lane, long at) { }

  public Outlets(MessageQueue queue, Step step) {
    this(queue, step, name -> Limits.PARCEL_MESSAGES);
  }

  /** @param most how many messages a parcel of the named queue may hold */
  public Outlets(MessageQueue queue, Step step, ToIntFunction<String> most) {
    this.queue = queue;
    this.step = step;
    this.most = most;
  }

  /** @param at when it is due, milliseconds since 1970; 0 = at once */
  public void put(String name, Lane lane, long at, long rank, Item item) {
    packings.computeIfAbsent(new Outlet(name, lane, at), o -> new Packing(o)).add(rank, item);
  }

  /** Puts what is still open into the step. */
  public void close() {
    packings.values().forEach(Packing::close);
  }

  private final class Packing {
    private final Outlet outlet;
    private final int limit;
    private List<Item> items = new ArrayList<>();
    private long rank;
    private int weight;

    Packing(Outlet outlet) {
      this.outlet = outlet;
      this.limit = most.applyAsInt(outlet.queue);
    }

    void add(long itemRank, Item item) {
      if (items.size() >= limit || weight + item.weight() > Limits.PARCEL_BYTES) close();
      if (items.isEmpty()) rank = itemRank;
      items.add(item);
      weight += item.weight();
    }

    void close() {
      if (items.isEmpty()) return;
      step.put(Parcel.of(queue.newId(), outlet.queue, outlet.lane, rank, outlet.at, items));
      items = new ArrayList<>();
      weight = 0;
    }
  }
}
