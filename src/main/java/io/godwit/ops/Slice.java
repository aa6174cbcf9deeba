package io.godwit.ops;

import io.godwit.events.Pages;
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
  /** By so much the clocks of those who write events may differ. */
  private static final long CLOCKS_APART = 3_600_000;

  private final Context context;
  private final MongoSet set;
  private final Pages pages;
  private final long from;
  private final Map<String, Chain> chains = new HashMap<>();
  private long archivedBefore;

  private Slice(Context context, MongoSet set, Pages pages, long from) {
    this.context = context;
    this.set = set;
    this.pages = pages;
    this.from = from;
  }

  /** The next one that holds anything, from that millisecond on; null when there is none. */
  static Future<Slice> next(Context context, MongoSet set, Pages pages, long from) {
    return Snapshot.open(context, set).compose(now -> pages.at(now).compose(then -> {
      Future<Long> event = then.next(now, from);
      Future<Long> parcel = Inventory.next(now, from);
      return Future.all(event, parcel).map(v -> Math.min(event.result(), parcel.result()))
        .compose(start -> start == Long.MAX_VALUE ? Future.<Slice>succeededFuture() : new Slice(context, set, pages, start).fill(now, then));
    }).andThen(done -> now.close()));
  }

  /** The same messages as they stand now, and perhaps some more. */
  Future<Slice> again() {
    return Snapshot.open(context, set).compose(now -> pages.at(now).compose(then -> new Slice(context, set, pages, from).fill(now, then)).andThen(done -> now.close()));
  }

  private Future<Slice> fill(Snapshot now, Pages then) {
    archivedBefore = then.archivedBefore();
    return then.each(now, from, to(), event -> chain(event.id()).add(event)).compose(v -> then.eachCopy(now, from, to(), event -> chain(event.id()).addCopy(event)))
      .compose(v -> Inventory.each(now, from, to(), this::add)).map(this);
  }

  /** A parcel's other messages belong to other slices. */
  private void add(Inventory.Place place) {
    long accepted = MessageId.millis(place.id());
    if (accepted >= from && accepted < to()) chain(place.id()).add(place);
  }

  private Chain chain(String id) {
    return chains.computeIfAbsent(id, i -> new Chain(mayBeArchived(MessageId.millis(id), archivedBefore)));
  }

  /** Whether an event of that moment may be in the archive. */
  static boolean mayBeArchived(long at, long archivedBefore) {
    return archivedBefore > 0 && at < archivedBefore + CLOCKS_APART;
  }

  /** See {@link Pages#archivedBefore}. */
  long archivedBefore() {
    return archivedBefore;
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
