package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.not;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.conversions.Bson;

/** The steps of {@link Return} for several accounts of one allotment: as many writes as for one. */
final class Returns {
  private static final BulkWriteOptions ANY_ORDER = new BulkWriteOptions().ordered(false);

  private Returns() {
  }

  /** The first step, of all or none: empty when there is not so much of one in the allotment, or an earlier return of one is still open. */
  static Future<List<Return>> prepare(Context context, MongoSet set, String allotment, Map<String, Long> amounts) {
    List<Bson> filters = new ArrayList<>(List.of(eq("_id", allotment)));
    Document change = new Document("seq", number(amounts.size()));
    Date now = new Date(set.clock().getAsLong());
    int number = 0;
    for (Map.Entry<String, Long> one : amounts.entrySet()) {
      String account = one.getKey();
      filters.add(exists("home." + account, false));
      filters.add(gte("a." + account, one.getValue()));
      change.append("a." + account, new Document("$subtract", List.of("$a." + account, one.getValue())))
        .append("home." + account, new Document("seq", number(++number)).append("amount", one.getValue()).append("at", now));
    }
    FindOneAndUpdateOptions after = new FindOneAndUpdateOptions().projection(Projections.include("home")).returnDocument(ReturnDocument.AFTER);
    return Mongo.first(context, Allotments.in(set).findOneAndUpdate(and(filters), List.of(new Document("$set", change)), after))
      .map(stored -> stored == null ? List.of() : Return.of(set.index(), stored).stream().filter(open -> amounts.containsKey(open.account())).toList());
  }

  private static Document number(int after) {
    return new Document("$add", List.of("$seq", (long) after));
  }

  /** The second and third steps, of returns from one allotment; each by itself where somebody else has applied one before. */
  static Future<Void> finish(Context context, Sets sets, List<Return> prepared) {
    return Draws.inSlices(prepared, slice -> finishTogether(context, sets, slice));
  }

  /** Finishes those that the allotment's slot has lost sight of. */
  static Future<Void> finishAll(Context context, Sets sets, MongoSet set, String allotment) {
    return Allotments.read(context, set, allotment).compose(stored -> stored == null ? Future.succeededFuture() : finish(context, sets, Return.of(set.index(), stored)));
  }

  private static Future<Void> finishTogether(Context context, Sets sets, List<Return> slice) {
    if (slice.size() == 1) return slice.get(0).finish(context, sets);
    return apply(context, sets.control(), slice).compose(all -> all ? close(context, sets.get(slice.get(0).set()), slice)
      : Future.join(slice.stream().map(one -> one.finish(context, sets)).toList()).mapEmpty());
  }

  /** Whether that applied all of them. */
  private static Future<Boolean> apply(Context context, MongoSet control, List<Return> prepared) {
    List<UpdateOneModel<Document>> writes = new ArrayList<>();
    for (Return one : prepared) {
      String mark = "in." + Allotments.key(one.set(), one.allotment());
      writes.add(new UpdateOneModel<>(and(eq("_id", one.account()), not(gte(mark, one.seq()))), Updates.combine(Updates.inc("free", one.amount()), Updates.set(mark, one.seq()))));
    }
    return Mongo.first(context, Balances.in(control).bulkWrite(writes, ANY_ORDER)).map(result -> result.getMatchedCount() == prepared.size());
  }

  private static Future<Void> close(Context context, MongoSet source, List<Return> prepared) {
    List<Bson> filters = new ArrayList<>(List.of(eq("_id", prepared.get(0).allotment())));
    List<Bson> changes = new ArrayList<>();
    for (Return one : prepared) {
      filters.add(eq("home." + one.account() + ".seq", one.seq()));
      changes.add(Updates.unset("home." + one.account()));
    }
    return Mongo.first(context, Allotments.in(source).updateOne(and(filters), Updates.combine(changes))).compose(result -> result.getMatchedCount() == 1 ? Future.succeededFuture()
      : Future.join(prepared.stream().map(one -> one.close(context, source)).toList()).mapEmpty());
  }
}
