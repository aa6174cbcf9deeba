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
   * @param others what other slots hold and what is on its way, which may come back; never less than it is
   * @param own what is stored in the asking slot's own allotment
   * @param moving whether some was drawn meanwhile, so that it may have been seen nowhere
   */
  record Reach(long free, long others, long own, boolean moving) {
    static final Reach NONE = new Reach(0, 0, 0, false);

    /** Whether so much may still come together, for a slot that may have so much and does not know it. */
    boolean covers(long missing, long unknown) {
      return moving || Math.max(0, free) + others + unknown >= missing;
    }
  }

  /**
   * What the account can still get. Fails when a set does not answer, at once where that is known: then nobody can say.
   *
   * <p>Read along the money's way home, allotments before the balance, so that what moves meanwhile is seen at least once. What moves
   * the other way, from the balance to an allotment that was read before, was on its way already when the balance was read first, or is
   * seen by the number of the account's draws.
   */
  Future<Reach> reachable(Context context, String account, long floor, int ownSet, String ownAllotment) {
    MongoSet down = sets.all().stream().filter(set -> !set.isTrusted()).findFirst().orElse(null);
    if (down != null) return Future.failedFuture(new IllegalStateException(down + " does not answer, and may hold some of the account's money"));
    return Balances.read(context, sets.control(), account).compose(before -> {
      if (before == null) return Future.succeededFuture(Reach.NONE);
      List<Future<List<Document>>> asked = sets.all().stream().map(set -> held(context, set, account)).toList();
      return Future.all(asked).compose(all -> Balances.read(context, sets.control(), account)).map(now -> {
        Document own = asked.get(ownSet).result().stream().filter(d -> d.getString("_id").equals(ownAllotment)).findFirst().orElse(new Document());
        long everywhere = asked.stream().flatMap(of -> of.result().stream()).mapToLong(d -> Allotments.number(d, "a", account) + returning(d, account)).sum();
        long there = Allotments.number(own, "a", account);
        return new Reach(now.getLong("free") - floor, everywhere - there + drawn(before), there, hasGiven(before, now));
      });
    });
  }

  private static boolean hasGiven(Document before, Document now) {
    return !now.getLong("seq").equals(before.getLong("seq"));
  }

  private static long drawn(Document balance) {
    return balance.get("open", Document.class).values().stream().mapToLong(open -> ((Document) open).getLong("amount")).sum();
  }

  /** The allotments that hold some of it, or have some on its way home. */
  private static Future<List<Document>> held(Context context, MongoSet set, String account) {
    var some = or(exists("home." + account), gt("a." + account, 0L));
    return Mongo.all(context, Allotments.in(set).find(and(ne("drained", true), some)).projection(Projections.include("a." + account, "home." + account)));
  }

  private static long returning(Document allotment, String account) {
    Document home = allotment.get("home", new Document()).get(account, Document.class);
    return home == null ? 0 : home.getLong("amount");
  }
}
