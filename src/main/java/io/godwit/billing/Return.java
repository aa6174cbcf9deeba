package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.not;

import com.mongodb.client.model.Updates;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/**
 * Money on its way home from a slot's allotment to an account's balance, as it stands in the allotment; {@link Returns} prepares it.
 *
 * @param seq its number among the allotment's returns
 * @param amount micro-units
 * @param set where the allotment is
 */
record Return(String account, long seq, long amount, int set, String allotment) {

  private static Return of(int set, Document allotment, String account) {
    Document home = allotment.get("home", Document.class).get(account, Document.class);
    return new Return(account, home.getLong("seq"), home.getLong("amount"), set, allotment.getString("_id"));
  }

  /** All that are open in the allotment. */
  static List<Return> of(int set, Document allotment) {
    List<Return> open = new ArrayList<>();
    allotment.get("home", new Document()).keySet().forEach(account -> open.add(of(set, allotment, account)));
    return open;
  }

  /** The second step. May be repeated by anybody; the money arrives once. */
  Future<Void> apply(Context context, MongoSet control) {
    String mark = "in." + Allotments.key(set, allotment);
    return Mongo.first(context, Balances.in(control).updateOne(and(eq("_id", account), not(gte(mark, seq))),
        Updates.combine(Updates.inc("free", amount), Updates.set(mark, seq))))
      .compose(result -> result.getMatchedCount() == 1 ? Future.succeededFuture() : Balances.read(context, control, account).compose(this::judge));
  }

  private Future<Void> judge(Document balance) {
    if (balance != null && Allotments.number(balance, "in", Allotments.key(set, allotment)) >= seq) return Future.succeededFuture();
    return Future.failedFuture(new IllegalStateException(balance == null ? "account " + account + " has no balance: " + this + " stays open"
      : "the outcome of " + this + " is not on a majority yet"));
  }

  /** The third step. May be repeated by anybody: it matches the return's number. */
  Future<Void> close(Context context, MongoSet source) {
    String home = "home." + account;
    return Mongo.first(context, Allotments.in(source).updateOne(and(eq("_id", allotment), eq(home + ".seq", seq)), Updates.unset(home))).mapEmpty();
  }

  /** The second and third steps. */
  Future<Void> finish(Context context, Sets sets) {
    return apply(context, sets.control()).compose(v -> close(context, sets.get(set)));
  }
}
