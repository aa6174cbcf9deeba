package io.godwit.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replica sets that are configured; the first is the control set. A message lives its whole life in one of them. A process joins the
 * control set, for which it waits a while, or does not start; another one that cannot be reached then is joined when it can. Thread-safe.
 */
public final class Sets {
  /** What the directory says of a set, by its number: {@code {drain: true}}. */
  public static final String KIND = "set";
  private static final Logger log = LoggerFactory.getLogger(Sets.class);
  /** For so long a start waits for sets other than the control set. */
  private static final long PATIENCE_MS = 3_000;
  private static final long TRY_AGAIN_MS = 2_000;

  private final Vertx vertx;
  private final List<MongoSet> all;
  private final List<MongoSet> joined = new ArrayList<>();
  private final List<Consumer<MongoSet>> onJoin = new ArrayList<>();
  private volatile Set<Integer> draining = Set.of();
  private volatile boolean closed;

  private Sets(Vertx vertx, List<MongoSet> all) {
    this.vertx = vertx;
    this.all = List.copyOf(all);
  }

  /**
   * Joins all sets but those that cannot be reached now. The place in the list is the set's number for ever: it is part of every id.
   * Fails when the control set cannot be joined in a minute ({@link Election}), or one answers and is not fit: then at once.
   */
  public static Future<Sets> open(Vertx vertx, List<String> uris, LongSupplier clock) {
    List<MongoSet> all = new ArrayList<>();
    for (String uri : uris) all.add(MongoSet.connect(vertx, all.size(), uri, clock));
    Sets sets = new Sets(vertx, all);
    Future<Void> control = Election.outwait(sets.control(), () -> sets.join(sets.control()));
    return Future.all(all.stream().map(set -> set == sets.control() ? control : sets.atStart(set)).toList()).transform(done ->
      done.succeeded() ? Future.succeededFuture(sets) : sets.close().transform(gone -> Future.failedFuture(done.cause())));
  }

  private Future<Void> join(MongoSet set) {
    return set.join().onSuccess(v -> {
      List<Consumer<MongoSet>> listeners;
      synchronized (joined) {
        joined.add(set);
        listeners = List.copyOf(onJoin);
      }
      listeners.forEach(listener -> listener.accept(set));
    });
  }

  /** Completes when the set is joined, or is left to be joined later. */
  private Future<Void> atStart(MongoSet set) {
    Future<Void> joining = join(set);
    return Deadline.within(PATIENCE_MS, joining).recover(failure -> {
      if (joining.failed() && !CommitSlot.isOutage(joining.cause())) return Future.failedFuture(joining.cause());
      log.warn("{} cannot be reached: the start goes on without it, and joins it later", set);
      joining.onComplete(done -> later(set, done.cause()));
      return Future.succeededFuture();
    });
  }

  private void later(MongoSet set, Throwable failure) {
    if (failure == null) log.info("{} is joined", set);
    if (failure == null || closed) return;
    log.warn("{} cannot be joined yet: {}", set, failure.getMessage());
    vertx.setTimer(TRY_AGAIN_MS, t -> {
      if (!closed) join(set).onComplete(done -> later(set, done.cause()));
    });
  }

  /** Shows the listener every set that is joined, now and when it is; each once, on any thread. */
  public void onJoin(Consumer<MongoSet> listener) {
    List<MongoSet> known;
    synchronized (joined) {
      known = List.copyOf(joined);
      onJoin.add(listener);
    }
    known.forEach(listener);
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

  /** From now on these take no new messages. */
  public void drain(Set<Integer> numbers) {
    draining = Set.copyOf(numbers);
  }

  public boolean isDraining(MongoSet set) {
    return draining.contains(set.index());
  }

  /** A random healthy one for a new message; where none is, one that may be in the midst of an election; null when there is none at all. */
  public MongoSet pick() {
    MongoSet healthy = pick(MongoSet::isHealthy);
    return healthy != null ? healthy : pick(MongoSet::isTrusted);
  }

  private MongoSet pick(Predicate<MongoSet> fit) {
    List<MongoSet> choice = all.stream().filter(fit).filter(set -> !isDraining(set)).toList();
    return choice.isEmpty() ? null : choice.get(ThreadLocalRandom.current().nextInt(choice.size()));
  }

  public Future<Void> close() {
    closed = true;
    return Future.join(all.stream().map(MongoSet::close).toList()).transform(done -> Future.succeededFuture());
  }
}
