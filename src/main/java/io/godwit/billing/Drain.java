package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.expr;

import com.mongodb.client.model.Updates;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Empties a closed allotment: open returns are finished, the rest is returned, and then it is marked as drained. */
final class Drain {
  private static final Bson NOTHING_LEFT = expr(new Document("$eq", List.of(0, new Document("$size",
    new Document("$filter", new Document("input", new Document("$objectToArray", "$a")).append("cond", new Document("$ne", List.of("$$this.v", 0))))))));

  private Drain() {
  }

  /** May be repeated, and be run by several at once. */
  static Future<Void> of(Context context, Sets sets, MongoSet set, String allotment) {
    return Allotments.read(context, set, allotment).compose(stored -> {
      if (stored == null || stored.getBoolean("open")) return Future.failedFuture(new IllegalStateException("allotment " + allotment + " is not known to be closed"));
      List<Return> open = Return.of(set.index(), stored);
      return Returns.finish(context, sets, open).compose(v -> returnRest(context, sets, set, stored)).compose(v -> mark(context, set, allotment));
    });
  }

  private static Future<Void> returnRest(Context context, Sets sets, MongoSet set, Document stored) {
    List<String> accounts = stored.get("a", Document.class).keySet().stream().filter(account -> Allotments.number(stored, "a", account) > 0).toList();
    return Draws.inSlices(accounts, slice -> {
      Map<String, Long> rest = new HashMap<>();
      for (String account : slice) rest.put(account, Allotments.number(stored, "a", account));
      return Returns.prepare(context, set, stored.getString("_id"), rest).compose(prepared -> Returns.finish(context, sets, prepared));
    });
  }

  /**
   * Only what is empty matches: whatever somebody else is still returning is left to the next sweep. What is empty stays so, and need not name its accounts any more; the marks of
   * draws it keeps.
   */
  private static Future<Void> mark(Context context, MongoSet set, String allotment) {
    return Mongo.first(context, Allotments.in(set).updateOne(and(eq("_id", allotment), eq("open", false), eq("home", new Document()), NOTHING_LEFT),
      Updates.combine(Updates.set("drained", true), Updates.set("a", new Document())))).mapEmpty();
  }
}
