package io.godwit.smppserver;

import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.intake.Places;
import io.godwit.message.Event;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Finds what a customer asks for by a message_id: a message, or what a submit_multi has made, of his own account. Event loop only. */
final class Finder {
  private static final long A_DAY = 86_400_000L;
  /** Messages of a batch that are read at once. */
  private static final int AT_ONCE = 16;

  private final Context context;
  private final Sets sets;
  /** Those whose answer is not waited for any more, too: each has connections that commits want. */
  private final Places lookUps = new Places(Limits.LOOK_UPS, Limits.LOOK_UPS_OF_ACCOUNT);
  private final Places ofBatches = new Places(Limits.BATCH_LOOK_UPS, Limits.BATCH_LOOK_UPS_OF_ACCOUNT);

  Finder(Context context, Sets sets) {
    this.context = context;
    this.sets = sets;
  }

  /** More is asked at once than the store is to bear. */
  static final class Busy extends RuntimeException {
    private final boolean withBatches;

    private Busy(boolean withBatches) {
      super("too many look-ups at once", null, false, false);
      this.withBatches = withBatches;
    }
  }

  /**
   * @param state null for a batch of which no more is asked than whether it is there
   * @param changedAt when its status last changed, milliseconds since 1970
   */
  record Found(MessageState state, long changedAt) {
    private static final Found A_BATCH = new Found(null, 0);

    /** Null when nothing is known of it. */
    private static Found of(List<Event> events) {
      MessageState state = MessageState.of(events);
      return state == null ? null : new Found(state, events.stream().filter(event -> event.n() > 0).mapToLong(Event::at).max().orElse(0));
    }

    boolean isBatch() {
      return state == null;
    }

    /** How two messages of a batch stand together: as the one that is open, else as the one that failed, else as the one of which no delivery is known. */
    private static Found both(Found one, Found other) {
      if (one == null || other == null) return one == null ? other : one;
      return new Found((other.weight() > one.weight() ? other : one).state, Math.max(one.changedAt, other.changedAt));
    }

    private int weight() {
      if (!state.isFinal()) return 3;
      return switch (state.status()) {
        case DELIVERED -> 0;
        case SENT -> 1;
        default -> 2;
      };
    }
  }

  /**
   * A message, or a batch as a whole; null when there is none, or it is another's. Fails when that cannot be said now. Of what is no message's id it is null, too, when batches are looked
   * for in too many places: whoever asks for ids that we never gave is not to wait for those who ask for batches, or be told that he asks too often.
   */
  Future<Found> standing(String account, String id) {
    return found(account, id, this::together).recover(failure -> failure instanceof Busy busy && busy.withBatches ? Future.succeededFuture() : Future.failedFuture(failure));
  }

  /** A message, or of a batch only that it is there; else as above, but that it fails whenever too much is looked for. */
  Future<Found> find(String account, String id) {
    return found(account, id, (set, batch) -> Future.succeededFuture(Found.A_BATCH));
  }

  private Future<Found> found(String account, String id, BiFunction<MongoSet, String, Future<Found>> ofBatch) {
    MongoSet set = MessageId.isValid(id) ? sets.get(MessageId.set(id)) : null;
    if (set == null || MessageId.millis(id) > set.clock().getAsLong() + A_DAY) return Future.succeededFuture();
    if (!set.isTrusted()) return Future.failedFuture("its set does not answer");
    return Deadline.within(Limits.LOOK_UP, placed(lookUps, account, () -> Trail.of(context, set, id)).compose(events -> {
      if (events.isEmpty()) return placed(ofBatches, account, () -> batch(set, account, id, ofBatch));
      Found found = Found.of(events);
      return Future.succeededFuture(found != null && found.state.message().account().equals(account) ? found : null);
    }));
  }

  private <T> Future<T> placed(Places places, String account, Supplier<Future<T>> look) {
    if (!places.hasRoom(account)) return Future.failedFuture(new Busy(places == ofBatches));
    places.take(account);
    return look.get().andThen(done -> places.leave(account));
  }

  // ---- batches

  private Future<Found> batch(MongoSet set, String account, String id, BiFunction<MongoSet, String, Future<Found>> ofBatch) {
    return Trail.accountOfBatch(context, set, id).compose(owner -> account.equals(owner) ? ofBatch.apply(set, id) : Future.succeededFuture());
  }

  /** Null for a batch of more messages than a submit_multi has. */
  private Future<Found> together(MongoSet set, String batch) {
    return Trail.idsOfBatch(context, set, batch)
      .compose(ids -> ids.size() > Submits.MOST_DESTINATIONS ? Future.succeededFuture() : soFar(set, ids, null));
  }

  /** A few at a time, until one is open. */
  private Future<Found> soFar(MongoSet set, List<String> ids, Found before) {
    if (ids.isEmpty() || before != null && !before.state.isFinal()) return Future.succeededFuture(before);
    List<String> some = ids.subList(0, Math.min(AT_ONCE, ids.size()));
    return Trail.of(context, set, some).compose(trails -> {
      Found now = before;
      for (String id : some) now = Found.both(now, Found.of(trails.getOrDefault(id, List.of())));
      return soFar(set, ids.subList(some.size(), ids.size()), now);
    });
  }
}
