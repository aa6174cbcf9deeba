package io.godwit.queue;

import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * How parcels are leased to this process: three trips for any number of them — their ids, a lease on those that are still
 * ready, each under a token of its own, and their content. Stages of one process that claim from one queue at the same time pass over
 * what the others are about to lease. Thread-safe.
 *
 * <p>A lease under which nothing is submitted need not be on a majority: if an election undoes it, the parcel is ready under the
 * token that it had, and whatever we decide about it finds no parcel under ours, and has no effect. Where something may be submitted, the watermark
 * goes with the lease, and must be durable before that.
 */
final class Claims {
  /** How often a claim looks again when others were faster or a parcel was held up. */
  private static final int ROUNDS = 3;
  /** Nothing but what the index has: MongoDB need not look at the parcels themselves. */
  private static final Bson SIZES = Projections.include("_id", "weight");
  /** Of a parcel that an earlier release has put. */
  private static final int UNKNOWN_WEIGHT = Limits.PARCEL_BYTES;
  /** For so long a parcel that a transaction holds up is passed over. */
  private static final long SHUN_NS = TimeUnit.SECONDS.toNanos(2);

  private final MongoSet set;
  private final Parcels parcels;
  private final Holdings holdings;
  private final Map<String, Long> shunned = new ConcurrentHashMap<>();
  /** Ids of what claims of this process, on their way, have found. */
  private final Set<String> wooed = ConcurrentHashMap.newKeySet();

  Claims(MongoSet set, Parcels parcels, Holdings holdings) {
    this.set = set;
    this.parcels = parcels;
    this.holdings = holdings;
  }

  /** Ready parcels of a queue, in order of lane and rank. */
  Future<List<Parcel>> claim(Context context, String queue, Lane last, int most, int tryable) {
    Bson which = last == Lane.BULK ? Filters.eq("q", queue) : Filters.and(Filters.eq("q", queue), Filters.lte("lane", last.number()));
    return claim(context, new Wanted(which, Indexes.ascending("lane", "rank"), most, tryable), ROUNDS);
  }

  /** Ready parcels before the carrier, or for customers, in which an item's validity has ended. */
  Future<List<Parcel>> claimExpired(Context context, long now, int most) {
    Bson forCustomers = Filters.and(Filters.gte("q", Parcel.deliver("")), Filters.lt("q", "deliver/"));
    Bson which = Filters.and(Filters.lte("exp", new Date(now)), Filters.or(beforeTheCarrier(), forCustomers));
    return claim(context, new Wanted(which, Indexes.ascending("exp"), most, 0), ROUNDS);
  }

  static Bson beforeTheCarrier() {
    return Filters.or(Filters.in("q", Parcel.ROUTE, Parcel.DETOUR), Filters.and(Filters.gte("q", Parcel.link("")), Filters.lt("q", "link/")));
  }

  /** Ready parcels of a lane from a rank on, without a lease. */
  Future<List<Parcel>> waiting(Context context, String queue, Lane lane, long from, Collection<String> except, int most) {
    Bson which = Filters.and(Filters.eq("s", "ready"), Filters.eq("q", queue), Filters.eq("lane", lane.number()), Filters.gte("rank", from));
    return parcels.readable(context, parcels.whole().find(except.isEmpty() ? which : Filters.and(which, Filters.nin("_id", except))).sort(Indexes.ascending("rank")).limit(most));
  }

  /** Which ready parcels, in what order, how many, and how many messages of each may be submitted then. */
  private record Wanted(Bson which, Bson order, int most, int tryable) { }

  private Future<List<Parcel>> claim(Context context, Wanted wanted, int rounds) {
    return Mongo.all(context, parcels.all().find(candidates(wanted.which)).sort(wanted.order).limit(wanted.most).projection(SIZES))
      .compose(found -> {
        if (found.isEmpty()) return Future.succeededFuture(List.of());
        List<String> ids = notTooLarge(found).stream().filter(wooed::add).toList();
        if (ids.isEmpty()) return rounds > 1 ? claim(context, wanted, rounds - 1) : Future.succeededFuture(List.of());
        return lease(context, ids, wanted).compose(mine -> mine.isEmpty() && rounds > 1 ? claim(context, wanted, rounds - 1) : Future.succeededFuture(mine))
          .andThen(done -> ids.forEach(wooed::remove));
      });
  }

  /** As many of the first as fit into the memory that a claim may take. */
  private static List<String> notTooLarge(List<Document> found) {
    List<String> ids = new ArrayList<>();
    long bytes = 0;
    for (Document d : found) {
      bytes += d.getInteger("weight", UNKNOWN_WEIGHT);
      if (!ids.isEmpty() && bytes > Limits.CLAIM_BYTES) break;
      ids.add(d.getString("_id"));
    }
    return ids;
  }

  private Bson candidates(Bson which) {
    Bson ready = Filters.and(Filters.eq("s", "ready"), which);
    shunned.values().removeIf(until -> System.nanoTime() - until > 0);
    List<String> others = new ArrayList<>(shunned.keySet());
    others.addAll(wooed);
    return others.isEmpty() ? ready : Filters.and(ready, Filters.nin("_id", others));
  }

  private Future<List<Parcel>> lease(Context context, List<String> ids, Wanted wanted) {
    Map<String, Long> tokens = ids.stream().collect(Collectors.toMap(id -> id, id -> set.incarnation().nextToken()));
    tokens.values().forEach(holdings::expect);
    return parcels.update(context, Parcels.CLAIM_MAX_MS, wanted.tryable > 0, ids.stream().map(id -> leased(id, tokens.get(id), wanted.tryable)).toList())
      .transform(done -> done.succeeded() ? read(context, ids, tokens, wanted)
        : set.barrier(context).compose(v -> read(context, ids, tokens, wanted)).onSuccess(mine -> shun(done, ids, mine)))
      .andThen(done -> {
        if (done.succeeded()) done.result().forEach(parcel -> tokens.remove(parcel.id));
        tokens.values().forEach(holdings::forget);
      });
  }

  private Document leased(String id, long token, int tryable) {
    Document change = new Document("s", "leased").append("by", set.incarnation().number()).append("token", token);
    Document update = Parcels.each(new Document("_id", id).append("s", "ready"), change).append("multi", false);
    return tryable > 0 ? update.append("u", List.of(new Document("$set", raised(change, tryable)))) : update;
  }

  /** An expression costs MongoDB twice what plain values do, so that only those pay for it who submit. */
  private static Document raised(Document change, int tryable) {
    Document all = new Document("$min", List.of(new Document("$size", "$m"), tryable));
    return change.append("was", "$tried").append("tried", new Document("$cond", List.of(new Document("$gt", List.of("$tried", 0)), "$tried", all)));
  }

  /** What the lease reached, in order; without what was lost to a new life meanwhile. */
  private Future<List<Parcel>> read(Context context, List<String> ids, Map<String, Long> tokens, Wanted wanted) {
    return parcels.readable(context, parcels.whole().find(Filters.and(Filters.in("_id", ids), Filters.in("token", tokens.values())))).map(mine -> {
      Map<String, Parcel> byId = new HashMap<>();
      for (Parcel parcel : mine) {
        if (wanted.tryable == 0) parcel.triedBefore = parcel.tried;
        if (holdings.knows(parcel.token)) byId.put(parcel.id, parcel);
      }
      return ids.stream().map(byId::get).filter(Objects::nonNull).toList();
    });
  }

  /** The lease was held up by the first parcel that it did not reach. */
  private void shun(AsyncResult<?> lease, List<String> ids, List<Parcel> mine) {
    if (!(lease.cause() instanceof MongoExecutionTimeoutException)) return;
    ids.stream().filter(id -> mine.stream().noneMatch(p -> p.id.equals(id))).findFirst().ifPresent(id -> shunned.put(id, System.nanoTime() + SHUN_NS));
  }
}
