package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;

import io.godwit.events.EventStream;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs beside the stages so that no parcel is forgotten: the poll (what is due becomes ready, what is ready wakes its
 * stage), and the sweep (what the dead held is freed; what was leased to us by an answer that got lost is returned). One of
 * each a process and set, on the set's context.
 */
final class Rescue {
  private static final Logger log = LoggerFactory.getLogger(Rescue.class);
  private static final long PREPARE_DAYS_EVERY = 3_600_000;

  private final MongoSet set;
  private final Parcels parcels;
  private final Consumers consumers;
  private final Holdings holdings;
  private final Fronts fronts;
  private final List<Long> timers = new ArrayList<>();
  private Set<Document> strangers = Set.of();
  private volatile List<String> ready = List.of();

  Rescue(MongoSet set, Parcels parcels, Consumers consumers, Holdings holdings, Fronts fronts) {
    this.set = set;
    this.parcels = parcels;
    this.consumers = consumers;
    this.holdings = holdings;
    this.fronts = fronts;
  }

  void start(EventStream events, DeadLetterGauge deadLetters) {
    every(set.timing().poll(), this::poll);
    every(set.timing().sweep(), this::sweep);
    every(PREPARE_DAYS_EVERY, events::prepareDays);
    every(DeadLetterGauge.EVERY, deadLetters::count);
    set.onRebirth(this::drop);
  }

  /** Runs it again and again, never twice at once; a failure is logged and the next turn tries again. */
  private void every(long millis, Supplier<Future<Void>> task) {
    Vertx vertx = set.vertx();
    boolean[] running = {false};
    timers.add(vertx.setPeriodic(millis, t -> set.context().runOnContext(v -> {
      if (running[0] || set.isClosed()) return;
      running[0] = true;
      task.get().onComplete(done -> {
        running[0] = false;
        if (done.failed() && !set.isClosed()) log.warn("upkeep of the queue in {}: {}", set, done.cause().toString());
      });
    })));
  }

  /** Ends the upkeep and frees what is leased to this process. */
  Future<Void> stop() {
    timers.forEach(set.vertx()::cancelTimer);
    consumers.close();
    holdings.clear();
    return free(List.of(set.incarnation().number())).recover(e -> {
      log.warn("what is leased to us in {} is freed by others: {}", set, e.toString());
      return Future.succeededFuture();
    });
  }

  /** See {@link MessageQueue#ready}. Thread-safe. */
  List<String> ready(String prefix) {
    return ready.stream().filter(name -> name.startsWith(prefix)).map(name -> name.substring(prefix.length())).toList();
  }

  private void drop() {
    holdings.clear();
    consumers.dropAll();
  }

  private Future<Void> poll() {
    return ripen().recover(e -> {
      log.warn("not everything that is due in {} becomes ready: {}", set, e.toString());
      return Future.succeededFuture();
    }).compose(v -> Mongo.all(set.context(), parcels.all().distinct("q", eq("s", "ready"), String.class)))
      .compose(found -> {
        ready = found;
        found.forEach(consumers::wake);
        return fronts.look(found);
      });
  }

  /** What waits for its time and has reached it becomes ready. */
  private Future<Void> ripen() {
    Document due = new Document("s", "later").append("at", new Document("$lte", new Date(set.clock().getAsLong())));
    return Mongo.first(set.context(), parcels.all().find(due).projection(new Document("_id", 1)).limit(1))
      .compose(any -> any == null ? Future.succeededFuture()
        : parcels.update(set.context(), Parcels.UPKEEP_MAX_MS, List.of(Parcels.each(due, new Document("s", "ready")))).mapEmpty());
  }

  private Future<Void> sweep() {
    return freeTheDeads().compose(v -> returnTheUnknown());
  }

  /** Again and again, for a unit of work in flight may insert after a sweep has passed. */
  private Future<Void> freeTheDeads() {
    return Mongo.all(set.context(), parcels.all().distinct("by", eq("s", "leased"), Integer.class))
      .compose(holders -> Mongo.all(set.context(), set.db().getCollection("incarnations").find(and(in("_id", holders), eq("alive", true))).projection(new Document("_id", 1)))
        .compose(living -> {
          Set<Integer> dead = new HashSet<>(holders);
          living.forEach(d -> dead.remove(d.getInteger("_id")));
          return dead.isEmpty() ? Future.succeededFuture() : free(dead);
        }));
  }

  private Future<Void> free(Collection<Integer> holders) {
    Document theirs = new Document("s", "leased").append("by", new Document("$in", holders));
    return parcels.update(set.context(), Parcels.UPKEEP_MAX_MS, List.of(Parcels.each(theirs, parcels.freed()))).map(freed -> {
      if (freed > 0) log.info("freed {} parcels of {} in {}", freed, holders, set);
      return null;
    });
  }

  /** Leased to us, but by nobody here known in two rounds: a claim or a commit whose answer was lost. */
  private Future<Void> returnTheUnknown() {
    int self = set.incarnation().number();
    return Mongo.all(set.context(), parcels.all().find(and(eq("s", "leased"), eq("by", self))).projection(new Document("token", 1)))
      .compose(mine -> {
        Set<Document> unknown = new HashSet<>(mine);
        unknown.removeIf(d -> holdings.knows(d.getLong("token")));
        Set<Document> twice = new HashSet<>(unknown);
        twice.retainAll(strangers);
        strangers = unknown;
        if (twice.isEmpty()) return Future.succeededFuture();
        log.warn("returning {} parcels in {} that were leased to us without our knowing", twice.size(), set);
        return parcels.update(set.context(), Parcels.UPKEEP_MAX_MS, twice.stream().map(d -> Parcels.each(d, parcels.freed())).toList()).mapEmpty();
      });
  }
}
