package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.not;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.bson.Document;
import org.bson.conversions.Bson;

/** The steps of {@link Draw} for several accounts and one slot: as many writes as for one. One account takes its own way, which is a trip shorter. */
final class Draws {
  /** So many at once. */
  static final int SLICE = 500;
  /** What took longer may have been finished by {@link Treasury} meanwhile, and look as if nothing had been granted. */
  private static final long LONGEST_MS = 30_000;
  private static final BulkWriteOptions ANY_ORDER = new BulkWriteOptions().ordered(false);

  private Draws() {
  }

  /**
   * What stands in an account's balance after the first step.
   *
   * @param open empty when nothing was granted
   * @param isOurs false of an earlier one whose answer was lost
   */
  record Found(Optional<Draw> open, boolean isOurs) { }

  /** The first step of each: by account; without those that have no balance. */
  static Future<Map<String, Found>> prepare(Context context, MongoSet control, int set, String allotment, Map<String, Draw.Wish> wishes, ToLongFunction<String> floor, long now) {
    if (wishes.size() == 1) return one(context, control, set, allotment, wishes.entrySet().iterator().next(), floor);
    String key = Allotments.key(set, allotment);
    List<UpdateOneModel<Document>> writes = new ArrayList<>();
    wishes.forEach((account, wish) -> writes.add(new UpdateOneModel<>(and(eq("_id", account), exists("open." + key, false)),
      Draw.grant(key, floor.applyAsLong(account), set, allotment, wish, now))));
    return Mongo.first(context, Balances.in(control).bulkWrite(writes, ANY_ORDER))
      .compose(v -> Mongo.all(context, Balances.in(control).withReadConcern(ReadConcern.MAJORITY).find(in("_id", wishes.keySet())).projection(Projections.include("open." + key))))
      .map(balances -> {
        if (control.clock().getAsLong() - now > LONGEST_MS) throw new IllegalStateException("it took too long to say what was drawn");
        Map<String, Found> found = new HashMap<>();
        for (Document balance : balances) {
          Optional<Draw> open = Optional.ofNullable(Draw.found(balance, key, null));
          found.put(balance.getString("_id"), new Found(open, open.isEmpty() || open.get().at() == now));
        }
        return found;
      });
  }

  private static Future<Map<String, Found>> one(Context context, MongoSet control, int set, String allotment, Map.Entry<String, Draw.Wish> wish, ToLongFunction<String> floor) {
    String account = wish.getKey();
    return Draw.prepare(context, control, account, floor.applyAsLong(account), set, allotment, wish.getValue()).compose(draw -> {
      if (draw != null) return Future.succeededFuture(Map.of(account, new Found(draw.amount() == 0 ? Optional.empty() : Optional.of(draw), true)));
      return Balances.read(context, control, account)
        .map(balance -> balance == null ? Map.of() : Map.of(account, new Found(Optional.ofNullable(Draw.found(balance, Allotments.key(set, allotment), null)), false)));
    });
  }

  /** The second and third steps, of draws of one slot. */
  static Map<Draw, Future<Draw.Outcome>> finish(Context context, Sets sets, List<Draw> draws) {
    Map<Draw, Future<Draw.Outcome>> outcomes = new LinkedHashMap<>();
    Future<Map<Draw, Draw.Outcome>> known = draws.size() < 2 ? Future.succeededFuture(Map.of())
      : apply(context, sets, draws).compose(all -> all ? Future.succeededFuture(applied(draws)) : look(context, sets, draws)).compose(found -> close(context, sets.control(), found).map(found));
    for (Draw draw : draws) outcomes.put(draw, known.compose(found -> found.containsKey(draw) ? Future.succeededFuture(found.get(draw)) : draw.finish(context, sets)));
    return outcomes;
  }

  /** Finishes those to a slot that it has lost sight of, from whatever account: those that no election or crash undoes, or money would come from nothing. */
  static Future<Void> finishAll(Context context, Sets sets, int set, String allotment) {
    String key = Allotments.key(set, allotment);
    return Mongo.all(context, Balances.in(sets.control()).withReadConcern(ReadConcern.MAJORITY).find(exists("open." + key)).projection(Projections.include("open." + key)))
      .compose(balances -> finishAll(context, sets, balances.stream().map(balance -> Draw.found(balance, key, null)).toList()));
  }

  /** Of one slot. Fails when one of them could not be finished. */
  static Future<Void> finishAll(Context context, Sets sets, List<Draw> draws) {
    return inSlices(draws, slice -> Future.join(List.copyOf(finish(context, sets, slice).values())).mapEmpty());
  }

  /** One slice after the other, until one fails. */
  static <T> Future<Void> inSlices(List<T> all, Function<List<T>, Future<Void>> action) {
    Future<Void> done = Future.succeededFuture();
    for (int i = 0; i < all.size(); i += SLICE) {
      List<T> slice = all.subList(i, Math.min(all.size(), i + SLICE));
      done = done.compose(v -> action.apply(slice));
    }
    return done;
  }

  private static Map<Draw, Draw.Outcome> applied(List<Draw> draws) {
    Map<Draw, Draw.Outcome> outcomes = new HashMap<>();
    for (Draw draw : draws) outcomes.put(draw, Draw.Outcome.APPLIED);
    return outcomes;
  }

  /** All at once or none: not where one was applied before, or the allotment is closed. */
  private static Future<Boolean> apply(Context context, Sets sets, List<Draw> draws) {
    Draw first = draws.get(0);
    List<Bson> filters = new ArrayList<>(List.of(eq("_id", first.allotment()), eq("open", true)));
    List<Bson> changes = new ArrayList<>();
    for (Draw draw : draws) {
      filters.add(not(gte("in." + draw.account(), draw.seq())));
      changes.add(Updates.inc("a." + draw.account(), draw.amount()));
      changes.add(Updates.set("in." + draw.account(), draw.seq()));
    }
    return Mongo.first(context, Allotments.in(sets.get(first.set())).updateOne(and(filters), Updates.combine(changes))).map(result -> result.getMatchedCount() == 1);
  }

  /** What is known of each by one look at the allotment; see {@link Draw#apply}. */
  private static Future<Map<Draw, Draw.Outcome>> look(Context context, Sets sets, List<Draw> draws) {
    Draw first = draws.get(0);
    return Allotments.read(context, sets.get(first.set()), first.allotment()).map(allotted -> {
      Map<Draw, Draw.Outcome> known = new HashMap<>();
      if (allotted == null) return known;
      for (Draw draw : draws) {
        if (Allotments.number(allotted, "in", draw.account()) >= draw.seq()) known.put(draw, Draw.Outcome.APPLIED);
        else if (!allotted.getBoolean("open")) known.put(draw, Draw.Outcome.TURNED);
      }
      return known;
    });
  }

  private static Future<Void> close(Context context, MongoSet control, Map<Draw, Draw.Outcome> outcomes) {
    if (outcomes.isEmpty()) return Future.succeededFuture();
    List<UpdateOneModel<Document>> writes = new ArrayList<>();
    outcomes.forEach((draw, outcome) -> {
      String open = "open." + Allotments.key(draw.set(), draw.allotment());
      Bson forget = Updates.unset(open);
      writes.add(new UpdateOneModel<>(and(eq("_id", draw.account()), eq(open + ".seq", draw.seq())),
        outcome == Draw.Outcome.APPLIED ? forget : Updates.combine(forget, Updates.inc("free", draw.amount()))));
    });
    return Mongo.first(context, Balances.in(control).bulkWrite(writes, ANY_ORDER)).mapEmpty();
  }
}
