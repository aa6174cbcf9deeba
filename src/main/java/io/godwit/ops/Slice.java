package io.godwit.ops;

import io.godwit.events.Pages;
import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.godwit.queue.Inventory;
import io.godwit.store.MongoSet;
import io.godwit.store.Snapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;

/** The messages of one set that were accepted in [from, to), milliseconds since 1970, as they stood at one moment. */
final class Slice {
  /** Some ten thousand messages at full load. */
  private static final long LENGTH = 5_000;

  private final Context context;
  private final MongoSet set;
  private final Pages pages;
  private final long from;
  private final Map<String, Chain> chains = new HashMap<>();

  private Slice(Context context, MongoSet set, Pages pages, long from) {
    this.context = context;
    this.set = set;
    this.pages = pages;
    this.from = from;
  }

  /** The next one that holds anything, from that millisecond on; null when there is none. */
  static Future<Slice> next(Context context, MongoSet set, Pages pages, long from) {
    return Snapshot.open(context, set).compose(now -> {
      Future<Long> event = pages.next(now, from);
      Future<Long> parcel = Inventory.next(now, from);
      return Future.all(event, parcel).map(v -> Math.min(event.result(), parcel.result()))
        .compose(start -> start == Long.MAX_VALUE ? Future.<Slice>succeededFuture() : new Slice(context, set, pages, start).fill(now))
        .andThen(done -> now.close());
    });
  }

  /** The same messages as they stand now, and perhaps some more. */
  Future<Slice> again() {
    return Snapshot.open(context, set).compose(now -> new Slice(context, set, pages, from).fill(now).andThen(done -> now.close()));
  }

  private Future<Slice> fill(Snapshot now) {
    return pages.each(now, from, to(), this::add).compose(v -> Inventory.each(now, from, to(), this::add)).map(this);
  }

  private void add(Event event) {
    chain(event.id()).add(event);
  }

  /** A parcel's other messages belong to other slices. */
  private void add(Inventory.Place place) {
    long accepted = MessageId.millis(place.id());
    if (accepted >= from && accepted < to()) chain(place.id()).add(place);
  }

  private Chain chain(String id) {
    return chains.computeIfAbsent(id, i -> new Chain());
  }

  MongoSet set() {
    return set;
  }

  long from() {
    return from;
  }

  long to() {
    return from + LENGTH;
  }

  /** By message id. */
  Map<String, Chain> chains() {
    return chains;
  }
}
