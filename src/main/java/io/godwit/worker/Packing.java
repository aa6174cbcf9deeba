package io.godwit.worker;

import io.godwit.message.Item;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import java.util.ArrayList;
import java.util.List;

/** Packs items for one queue, lane and due time into parcels within the limits, and puts them into a step. */
public final class Packing {
  private final MessageQueue queue;
  private final Step step;
  private final String name;
  private final Lane lane;
  private final long at;
  private final int most;
  private List<Item> items = new ArrayList<>();
  private long rank;
  private int weight;

  public Packing(MessageQueue queue, Step step, String name, Lane lane, long at) {
    this(queue, step, name, lane, at, Limits.PARCEL_MESSAGES);
  }

  public Packing(MessageQueue queue, Step step, String name, Lane lane, long at, int most) {
    this.queue = queue;
    this.step = step;
    this.name = name;
    this.lane = lane;
    this.at = at;
    this.most = most;
  }

  /** The parcel's rank is that of its first item. */
  public void add(long itemRank, Item item) {
    if (items.size() >= most || weight + item.weight() > Limits.PARCEL_BYTES) close();
    if (items.isEmpty()) rank = itemRank;
    items.add(item);
    weight += item.weight();
  }

  public void close() {
    if (items.isEmpty()) return;
    step.put(Parcel.of(queue.newId(), name, lane, rank, at, items));
    items = new ArrayList<>();
    weight = 0;
  }
}
