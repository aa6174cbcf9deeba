package io.godwit.ops;

import io.godwit.events.Pages;
import io.godwit.message.MessageId;
import io.godwit.queue.Inventory;
import io.godwit.store.MongoSet;
import io.godwit.store.Snapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads all events and parcels and says what is wrong with them, message by message: each is final or in exactly one parcel, its
 * events are numbered from 1 without gap or repetition, and what was reserved for it was billed or released once.
 *
 * <p>It goes through the messages in slices of the time in which they were accepted, each as of one moment ({@link Snapshot}), so it
 * needs little memory and messages on their way are no findings. It only reads, but it reads everything: not for rush hours.
 * Days whose collections were dropped are unknown to it: a message of theirs that still waits is found FROM_NOWHERE or with a GAP.
 */
public final class Audit {
  /** Some ten thousand messages at full load. */
  private static final long SLICE = 5_000;

  private final Context context;
  private final Consumer<Finding> findings;
  private final Totals totals = new Totals();

  /** @param findings hears of each on the context */
  public Audit(Context context, Consumer<Finding> findings) {
    this.context = context;
    this.findings = findings;
  }

  /** Audits one set after the other; completes with the sums over all of them. */
  public Future<Totals> run(List<MongoSet> sets) {
    Future<Void> done = Future.succeededFuture();
    for (MongoSet set : sets) done = done.compose(v -> Pages.open(context, set)).compose(pages -> slices(set, pages, 0));
    return done.map(totals);
  }

  private Future<Void> slices(MongoSet set, Pages pages, long from) {
    return Snapshot.open(context, set)
      .compose(snapshot -> slice(snapshot, pages, from).andThen(done -> snapshot.close()))
      .compose(next -> next == Long.MAX_VALUE ? Future.succeededFuture() : slices(set, pages, next));
  }

  /** Audits the next slice that holds anything, and says from where to go on. */
  private Future<Long> slice(Snapshot snapshot, Pages pages, long from) {
    Future<Long> event = pages.next(snapshot, from);
    Future<Long> parcel = Inventory.next(snapshot, from);
    return Future.all(event, parcel).compose(v -> {
      long start = Math.min(event.result(), parcel.result());
      if (start == Long.MAX_VALUE) return Future.succeededFuture(start);
      Slice slice = new Slice(start, start + SLICE);
      return pages.each(snapshot, slice.from, slice.to, slice::add)
        .compose(all -> Inventory.each(snapshot, slice.from, slice.to, slice::add))
        .map(all -> slice.close());
    });
  }

  /** The messages that were accepted in one stretch of time. */
  private final class Slice {
    private final long from;
    private final long to;
    private final Map<String, Chain> chains = new HashMap<>();

    Slice(long from, long to) {
      this.from = from;
      this.to = to;
    }

    void add(io.godwit.message.Event event) {
      totals.count(event);
      chain(event.id()).add(event);
    }

    /** A parcel's other messages belong to other slices. */
    void add(Inventory.Place place) {
      long accepted = MessageId.millis(place.id());
      if (accepted < from || accepted >= to) return;
      totals.waits(place.queue());
      chain(place.id()).add(place);
    }

    private Chain chain(String id) {
      return chains.computeIfAbsent(id, i -> new Chain());
    }

    long close() {
      chains.forEach((id, chain) -> {
        chain.check((kind, detail) -> {
          totals.found();
          findings.accept(new Finding(id, kind, detail));
        });
        totals.stands(chain.last());
      });
      return to;
    }
  }
}
