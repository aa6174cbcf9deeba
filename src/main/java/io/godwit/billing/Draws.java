package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.not;

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
import java.util.function.ToLongFunction;
import org.bson.Document;
import org.bson.conversions.Bson;

/** The steps of {@link Draw} for several accounts and one slot: as many writes as for one. One account takes its own way, which is a trip shorter. */
final class Draws {
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
      .compose(v -> Mongo.all(context, Balances.in(control).find(in("_id", wishes.keySet())).projection(Projections.include("open." + key))))
      .map(balances -> {
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
    Future<Boolean> applied = draws.size() > 1 ? apply(context, sets, draws) : Future.succeededFuture(false);
    Future<Draw.Outcome> closed = applied.compose(all -> all ? close(context, sets.control(), draws) : Future.succeededFuture(null));
    for (Draw draw : draws) outcomes.put(draw, closed.compose(outcome -> outcome == null ? draw.finish(context, sets) : Future.succeededFuture(outcome)));
    return outcomes;
  }

  /** All at once or none: where one was applied before, or the allotment is closed, each is to be applied alone. */
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

  private static Future<Draw.Outcome> close(Context context, MongoSet control, List<Draw> draws) {
    List<UpdateOneModel<Document>> writes = new ArrayList<>();
    for (Draw draw : draws) {
      String open = "open." + Allotments.key(draw.set(), draw.allotment());
      writes.add(new UpdateOneModel<>(and(eq("_id", draw.account()), eq(open + ".seq", draw.seq())), Updates.unset(open)));
    }
    return Mongo.first(context, Balances.in(control).bulkWrite(writes, ANY_ORDER)).map(Draw.Outcome.APPLIED);
  }
}
