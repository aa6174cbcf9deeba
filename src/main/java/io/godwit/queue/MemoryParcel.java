package io.godwit.queue;

import io.godwit.message.Item;
import io.godwit.message.Lane;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/** A parcel as {@link MemoryQueue} stores it: what is a document in MongoDB. */
final class MemoryParcel {
  static final Comparator<MemoryParcel> ORDER = Comparator.<MemoryParcel>comparingInt(p -> p.made.lane.number()).thenComparingLong(p -> p.made.rank);

  enum State { READY, LEASED, LATER }

  private final Parcel made;
  private List<Item> items;
  private BitSet gone = new BitSet();
  private int tried;
  private int was;
  long at;
  State state;
  long token;
  /** Whether somebody else has changed it since it was leased. */
  private boolean amended;

  MemoryParcel(Parcel parcel, State state) {
    this.made = parcel;
    this.items = List.copyOf(parcel.items);
    this.tried = parcel.tried;
    this.at = parcel.at;
    this.state = state;
    this.token = parcel.token;
  }

  /** A view of it as it is now. */
  Parcel read() {
    Parcel view = Parcel.of(made.id, made.queue, made.lane, made.rank, at, items);
    view.gone.or(gone);
    view.tried = tried;
    view.triedBefore = was;
    view.token = token;
    return view;
  }

  String queue() {
    return made.queue;
  }

  Lane lane() {
    return made.lane;
  }

  String id() {
    return made.id;
  }

  Parcel lease(long fresh, int tryable) {
    state = State.LEASED;
    token = fresh;
    amended = false;
    was = tried;
    if (tried == 0) tried = Math.min(items.size(), tryable);
    return read();
  }

  void release(long fresh, int watermark) {
    state = State.READY;
    token = fresh;
    tried = watermark;
  }

  int tried() {
    return tried;
  }

  void settle(Step.Settlement settlement, long fresh) {
    settlement.positions().forEach(gone::set);
    tried = settlement.tried();
    token = fresh;
  }

  void amend(Step.Amendment amendment, long fresh) {
    List<Item> changed = new ArrayList<>(items);
    amendment.changed().forEach(changed::set);
    items = changed;
    amendment.positions().forEach(gone::set);
    token = fresh;
    amended = true;
    if (state != State.LEASED && (items.size() - gone.cardinality()) * 2 <= items.size()) rewrite();
  }

  private void rewrite() {
    List<Item> left = new ArrayList<>();
    int below = 0;
    for (int i = gone.nextClearBit(0); i < items.size(); i = gone.nextClearBit(i + 1)) {
      left.add(items.get(i));
      if (i < tried) below++;
    }
    items = left;
    tried = below;
    gone = new BitSet();
  }

  /** Lets its holder see what was changed. */
  void show(Parcel holders, long fresh) {
    token = fresh;
    amended = false;
    holders.see(items, gone, fresh);
  }

  /** Lets whoever amended it see what it has become. */
  void become(Parcel amenders) {
    amenders.become(items, gone, tried, token);
  }

  boolean isAmended() {
    return amended;
  }

  boolean isEmpty() {
    return gone.cardinality() == items.size();
  }
}
