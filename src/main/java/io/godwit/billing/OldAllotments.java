package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Updates;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * Forgets allotments that were drained long ago, and the marks of their returns in the balances. The marks keep a return from
 * arriving twice: they may go only when no process can be left that slept in the middle of one.
 */
final class OldAllotments {
  static final long KEPT_MS = TimeUnit.DAYS.toMillis(7);
  private static final int AT_ONCE = 100;

  private OldAllotments() {
  }

  static Future<Void> forget(Context context, MongoSet control, MongoSet set) {
    Date before = new Date(set.clock().getAsLong() - KEPT_MS);
    return Mongo.all(context, Allotments.in(set).find(and(eq("drained", true), lt("closedAt", before))).projection(Projections.include("_id")).limit(AT_ONCE))
      .compose(old -> {
        Future<Void> done = Future.succeededFuture();
        for (Document allotment : old) done = done.compose(v -> forget(context, control, set, allotment.getString("_id")));
        return done;
      });
  }

  /** Marks first: what dies in between is found again by the allotment. */
  private static Future<Void> forget(Context context, MongoSet control, MongoSet set, String allotment) {
    String key = Allotments.key(set.index(), allotment);
    return Mongo.first(context, Balances.in(control).countDocuments(exists("open." + key))).compose(open -> {
      if (open > 0) return Future.succeededFuture();
      return Mongo.first(context, Balances.in(control).updateMany(exists("in." + key), Updates.unset("in." + key)))
        .compose(v -> Mongo.first(context, Allotments.in(set).deleteOne(and(eq("_id", allotment), eq("drained", true))))).mapEmpty();
    });
  }
}
