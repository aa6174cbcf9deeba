package io.godwit.queue;

import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * How parcels are leased to this process: three trips for any number of them — their ids, a lease on those that are still
 * ready, each under a token of its own, and their content. Thread-safe.
 */
final class Claims {
  /** How often a claim looks again when others were faster or a parcel was held up. */
  private static final int ROUNDS = 3;
  /** For so long a parcel that a transaction holds up is passed over. */
  private static final long SHUN_NS = TimeUnit.SECONDS.toNanos(2);

  private final MongoSet set;
  private final Parcels parcels;
  private final Holdings holdings;
  private final Map<String, Long> shunned = new ConcurrentHashMap<>();

  Claims(MongoSet set, Parcels parcels, Holdings holdings) {
    this.set = set;
    this.parcels = parcels;
    this.holdings = holdings;
  }

  Future<List<Parcel>> claim(Context context, String queue, int most, int tryable) {
    return claim(context, queue, most, tryable, ROUNDS);
  }

  private Future<List<Parcel>> claim(Context context, String queue, int most, int tryable, int rounds) {
    return Mongo.all(context, parcels.all().find(candidates(queue)).sort(Indexes.ascending("lane", "rank")).limit(most).projection(new Document("_id", 1)))
      .compose(found -> {
        if (found.isEmpty()) return Future.succeededFuture(List.of());
        List<String> ids = found.stream().map(d -> d.getString("_id")).toList();
        return lease(context, ids, tryable).compose(mine -> mine.isEmpty() && rounds > 1 ? claim(context, queue, most, tryable, rounds - 1) : Future.succeededFuture(mine));
      });
  }

  private Bson candidates(String queue) {
    Bson ready = Filters.and(Filters.eq("s", "ready"), Filters.eq("q", queue));
    if (shunned.isEmpty()) return ready;
    shunned.values().removeIf(until -> System.nanoTime() - until > 0);
    return Filters.and(ready, Filters.nin("_id", shunned.keySet()));
  }

  private Future<List<Parcel>> lease(Context context, List<String> ids, int tryable) {
    Map<String, Long> tokens = ids.stream().collect(Collectors.toMap(id -> id, id -> set.incarnation().nextToken()));
    tokens.values().forEach(holdings::expect);
    return parcels.update(context, Parcels.CLAIM_MAX_MS, ids.stream().map(id -> leased(id, tokens.get(id), tryable)).toList())
      .transform(done -> done.succeeded() ? read(context, tokens)
        : set.barrier(context).compose(v -> read(context, tokens)).onSuccess(mine -> shun(done, ids, mine)))
      .andThen(done -> {
        if (done.succeeded()) done.result().forEach(parcel -> tokens.remove(parcel.id));
        tokens.values().forEach(holdings::forget);
      });
  }

  private Document leased(String id, long token, int tryable) {
    Document change = new Document("s", "leased").append("by", set.incarnation().number()).append("token", token).append("was", "$tried");
    if (tryable > 0) {
      Document all = new Document("$min", List.of(new Document("$size", "$m"), tryable));
      change.append("tried", new Document("$cond", List.of(new Document("$gt", List.of("$tried", 0)), "$tried", all)));
    }
    Document update = Parcels.each(new Document("_id", id).append("s", "ready"), change);
    update.remove("multi");
    return update;
  }

  /** What the lease reached; without what was lost to a new life meanwhile. */
  private Future<List<Parcel>> read(Context context, Map<String, Long> tokens) {
    return Mongo.all(context, parcels.all().find(Filters.and(Filters.in("_id", tokens.keySet()), Filters.in("token", tokens.values()))).sort(Indexes.ascending("lane", "rank")))
      .map(mine -> mine.stream().map(Parcel::read).filter(parcel -> holdings.knows(parcel.token)).toList());
  }

  /** The lease was held up by the first parcel that it did not reach. */
  private void shun(AsyncResult<?> lease, List<String> ids, List<Parcel> mine) {
    if (!(lease.cause() instanceof MongoExecutionTimeoutException)) return;
    ids.stream().filter(id -> mine.stream().noneMatch(p -> p.id.equals(id))).findFirst().ifPresent(id -> shunned.put(id, System.nanoTime() + SHUN_NS));
  }
}
