package io.godwit.billing;

import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * The draws of one purse. What is asked for in one turn of the event loop goes together: with a thousand accounts whose messages come in one batch, three writes an account, each
 * of which waits for a majority, would take seconds, and those to the one allotment would stand in each other's way. Confined to the purse's context.
 */
final class Fetches {
  private final Sets sets;
  private final MongoSet set;
  private final Context context;
  private final ToLongFunction<String> floor;
  /** Of this turn, by account: there is one open draw of a purse and an account at most. */
  private Map<String, Asked> asked = new LinkedHashMap<>();

  /** What is asked for, for which allotment; {@code arrive} is shown each draw that arrived there. */
  private record Asked(String allotment, Draw.Wish wish, Consumer<Draw> arrive, Promise<Void> done) { }

  Fetches(Sets sets, MongoSet set, Context context, ToLongFunction<String> floor) {
    this.sets = sets;
    this.set = set;
    this.context = context;
    this.floor = floor;
  }

  /**
   * Completes when what was granted, perhaps nothing, has arrived. Fails when a store does not answer, or a draw turned round since the slot's life is over: then nothing
   * is known about the account's credit.
   */
  Future<Void> fetch(String account, String allotment, Draw.Wish wish, Consumer<Draw> arrive) {
    Asked one = new Asked(allotment, wish, arrive, Promise.promise());
    ask(account, one);
    return one.done.future();
  }

  private void ask(String account, Asked one) {
    if (asked.isEmpty()) context.runOnContext(v -> goTogether());
    Asked before = asked.put(account, one);
    if (before != null) before.done.tryFail(new IllegalStateException("the slot began a new life while it fetched credit"));
  }

  private void goTogether() {
    Map<String, Map<String, Asked>> byAllotment = new LinkedHashMap<>();
    asked.forEach((account, one) -> byAllotment.computeIfAbsent(one.allotment, a -> new LinkedHashMap<>()).put(account, one));
    asked = new LinkedHashMap<>();
    byAllotment.forEach((allotment, of) -> next(allotment, of.entrySet().iterator()));
  }

  /** Slice after slice: an update of ten thousand fields would hold up the allotment for a second. */
  private void next(String allotment, Iterator<Map.Entry<String, Asked>> left) {
    Map<String, Asked> slice = new LinkedHashMap<>();
    while (left.hasNext() && slice.size() < Draws.SLICE) {
      Map.Entry<String, Asked> one = left.next();
      slice.put(one.getKey(), one.getValue());
    }
    if (slice.isEmpty()) return;
    Future.succeededFuture().compose(v -> transfer(allotment, slice)).onFailure(e -> slice.values().forEach(one -> one.done.tryFail(e)))
      .onComplete(done -> next(allotment, left));
  }

  private Future<Void> transfer(String allotment, Map<String, Asked> all) {
    Map<String, Draw.Wish> wishes = new LinkedHashMap<>();
    all.forEach((account, one) -> wishes.put(account, one.wish));
    long now = sets.control().clock().getAsLong();
    return Draws.prepare(context, sets.control(), set.index(), allotment, wishes, floor, now).compose(found -> {
      List<Draw> open = new ArrayList<>();
      found.values().forEach(of -> of.open().ifPresent(open::add));
      Map<Draw, Future<Draw.Outcome>> outcomes = Draws.finish(context, sets, open);
      all.forEach((account, one) -> conclude(account, one, found.get(account), outcomes));
      return Future.join(List.copyOf(outcomes.values())).transform(done -> Future.succeededFuture());
    });
  }

  private void conclude(String account, Asked one, Draws.Found found, Map<Draw, Future<Draw.Outcome>> outcomes) {
    if (found == null) Balances.open(context, sets.control(), account).onSuccess(v -> ask(account, one)).onFailure(one.done::tryFail);
    else if (found.open().isEmpty()) one.done.tryComplete();
    else outcomes.get(found.open().get()).onFailure(one.done::tryFail).onSuccess(outcome -> arrived(account, one, found, outcome));
  }

  /** Whoever applied it, us or a sweeper after an answer was lost, it is counted once: draws of a pocket come in order. */
  private void arrived(String account, Asked one, Draws.Found found, Draw.Outcome outcome) {
    if (outcome == Draw.Outcome.TURNED) {
      one.done.tryFail(new IllegalStateException("the slot was declared dead while it fetched credit"));
      return;
    }
    one.arrive.accept(found.open().get());
    if (found.isOurs()) one.done.tryComplete();
    else ask(account, one);
  }
}
