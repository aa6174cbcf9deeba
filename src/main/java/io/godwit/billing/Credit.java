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
   * Micro-units.
   *
   * @param free what the account's balance could give when it was read
   * @param most the same with what other slots hold and what is on its way, which may come back; never less than it is, {@link Long#MAX_VALUE} when that cannot be said
   */
  record Reach(long free, long most) { }

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
      if (before == null) return Future.succeededFuture(new Reach(0, 0));
      List<Future<Long>> asked = sets.all().stream().map(set -> held(context, set, account, set.index() == ownSet ? ownAllotment : "")).toList();
      return Future.all(asked).compose(all -> Balances.read(context, sets.control(), account)).map(now -> {
        long free = now.getLong("free") - floor;
        return new Reach(free, hasGiven(before, now) ? Long.MAX_VALUE : free + drawn(now) + asked.stream().mapToLong(Future::result).sum());
      });
    });
  }

  private static boolean hasGiven(Document before, Document now) {
    return !now.getLong("seq").equals(before.getLong("seq"));
  }

  private static long drawn(Document balance) {
    return balance.get("open", Document.class).values().stream().mapToLong(open -> ((Document) open).getLong("amount")).sum();
  }

  /** What other slots of the set may spend, and what is on its way home from any. */
  private static Future<Long> held(Context context, MongoSet set, String account, String own) {
    var some = or(exists("home." + account), and(ne("_id", own), gt("a." + account, 0L)));
    return Mongo.all(context, Allotments.in(set).find(and(ne("drained", true), some)).projection(Projections.include("a." + account, "home." + account)))
      .map(found -> found.stream().mapToLong(d -> (d.getString("_id").equals(own) ? 0 : Allotments.number(d, "a", account)) + returning(d, account)).sum());
  }

  private static long returning(Document allotment, String account) {
    Document home = allotment.get("home", new Document()).get(account, Document.class);
    return home == null ? 0 : home.getLong("amount");
  }
}
