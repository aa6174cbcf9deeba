package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.client.model.Projections;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import org.bson.Document;

/** Whether an account that seems to have no credit may still get some back from other slots. */
final class Credit {
  private final Sets sets;

  Credit(Sets sets) {
    this.sets = sets;
  }

  /**
   * @param free what the account's balance could give when it was read, in micro-units
   * @param more whether another slot holds some of the account's money, or some is on its way
   */
  record Reach(long free, boolean more) { }

  /**
   * What the account can still get. Fails when a set does not answer, at once where that is known: then nobody can say.
   *
   * <p>Read along the money's way home, allotments before the balance, so that what moves meanwhile is seen at least once. What moves
   * the other way, from the balance to an allotment that was read before, is seen by the number of the account's draws.
   */
  Future<Reach> reachable(Context context, String account, long floor, int ownSet, String ownAllotment) {
    MongoSet down = sets.all().stream().filter(set -> !set.isTrusted()).findFirst().orElse(null);
    if (down != null) return Future.failedFuture(new IllegalStateException(down + " does not answer, and may hold some of the account's money"));
    return Balances.read(context, sets.control(), account).compose(before -> {
      if (before == null) return Future.succeededFuture(new Reach(0, false));
      List<Future<Boolean>> asked = sets.all().stream().map(set -> isHeld(context, set, account, set.index() == ownSet ? ownAllotment : "")).toList();
      return Future.all(asked).compose(all -> Balances.read(context, sets.control(), account))
        .map(now -> new Reach(now.getLong("free") - floor, asked.stream().anyMatch(Future::result) || isMoving(before, now)));
    });
  }

  private static boolean isMoving(Document before, Document now) {
    return !now.get("open", Document.class).isEmpty() || !now.getLong("seq").equals(before.getLong("seq"));
  }

  private static Future<Boolean> isHeld(Context context, MongoSet set, String account, String own) {
    var held = or(exists("home." + account), and(ne("_id", own), gt("a." + account, 0L)));
    return Mongo.first(context, Allotments.in(set).find(and(ne("drained", true), held)).projection(Projections.include("_id")).limit(1)).map(found -> found != null);
  }
}
