package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

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

/** Empties a closed allotment: open returns are finished, the rest is returned, and then it is marked as drained. */
final class Drain {
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

  /** Only what is empty matches: whatever somebody else is still returning is left to the next sweep. */
  private static Future<Void> mark(Context context, MongoSet set, String allotment) {
    return Allotments.read(context, set, allotment).compose(stored -> {
      boolean empty = Return.of(set.index(), stored).isEmpty()
        && stored.get("a", Document.class).keySet().stream().allMatch(account -> Allotments.number(stored, "a", account) == 0);
      if (!empty) return Future.succeededFuture();
      return Mongo.first(context, Allotments.in(set).updateOne(and(eq("_id", allotment), eq("open", false)), Updates.set("drained", true))).mapEmpty();
    });
  }
}
