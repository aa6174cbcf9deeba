package io.godwit.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/** The replica sets that this process knows; the first is the control set. A message lives its whole life in one of them. */
public final class Sets {
  private final List<MongoSet> all;

  private Sets(List<MongoSet> all) {
    this.all = List.copyOf(all);
  }

  /** Opens all or none. The place in the list is the set's number for ever: it is part of every id. */
  public static Future<Sets> open(Vertx vertx, List<String> uris, LongSupplier clock) {
    List<Future<MongoSet>> opening = new ArrayList<>();
    for (int i = 0; i < uris.size(); i++) opening.add(MongoSet.open(vertx, i, uris.get(i), clock));
    return Future.join(opening).transform(done -> {
      List<MongoSet> opened = opening.stream().filter(Future::succeeded).map(Future::result).toList();
      Sets sets = new Sets(opened);
      return done.succeeded() ? Future.succeededFuture(sets) : sets.close().transform(closed -> Future.failedFuture(done.cause()));
    });
  }

  /** Where accounts, rates, routes, links and balances live. */
  public MongoSet control() {
    return all.get(0);
  }

  public List<MongoSet> all() {
    return all;
  }

  /** The set of that number, or null when there is none. */
  public MongoSet get(int index) {
    return index >= 0 && index < all.size() ? all.get(index) : null;
  }

  /** A random healthy one for a new message; null when none is. */
  public MongoSet pick() {
    List<MongoSet> healthy = all.size() == 1 ? all : all.stream().filter(MongoSet::isHealthy).toList();
    return healthy.isEmpty() ? null : healthy.get(ThreadLocalRandom.current().nextInt(healthy.size()));
  }

  public Future<Void> close() {
    return Future.join(all.stream().map(MongoSet::close).toList()).transform(done -> Future.succeededFuture());
  }
}
