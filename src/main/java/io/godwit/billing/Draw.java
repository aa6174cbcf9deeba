package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.not;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Money on its way from an account's balance to a slot's allotment, as it stands in the balance.
 *
 * @param seq its number among the account's draws
 * @param amount micro-units
 * @param set where the allotment is
 * @param at when it was prepared, milliseconds since 1970
 */
record Draw(String account, long seq, long amount, int set, String allotment, long at) {
  /** A draw takes at most this part of what is free when it wants more than it needs: near zero everyone takes just that. */
  private static final long PART = 8;

  /**
   * How much is asked for. The grant is {@code need}, or all that there is if that is less, or up to {@code want} while there is
   * plenty; nothing when there is less than {@code least}. Micro-units, 0 &lt; least ≤ need ≤ want.
   */
  record Wish(long least, long need, long want) { }

  /** Whether the money is in the allotment, or back in the balance because that is closed. */
  enum Outcome { APPLIED, TURNED }

  /**
   * The first step: one write that computes the grant and takes it.
   *
   * @param floor how low the balance may go
   * @return the draw; with amount 0 when nothing was granted; null when an earlier draw of this slot is still open, or there is no
   *     balance
   */
  static Future<Draw> prepare(Context context, MongoSet control, String account, long floor, int set, String allotment, Wish wish) {
    String key = Allotments.key(set, allotment);
    return Mongo.first(context, Balances.in(control).findOneAndUpdate(and(eq("_id", account), exists("open." + key, false)),
        grant(key, floor, set, allotment, wish, control.clock().getAsLong()), new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
      .map(after -> after == null ? null : found(after, key, new Draw(account, 0, 0, set, allotment, 0)));
  }

  static List<Bson> grant(String key, long floor, int set, String allotment, Wish wish, long now) {
    Document there = new Document("$subtract", List.of("$free", floor));
    Document plenty = new Document("$toLong", new Document("$floor", new Document("$divide", List.of(there, PART))));
    Document wanted = new Document("$max", List.of(wish.need, new Document("$min", List.of(wish.want, plenty))));
    Document granted = new Document("$cond", List.of(new Document("$gte", List.of(there, wish.least)), new Document("$min", List.of(there, wanted)), 0L));
    Document seq = new Document("$add", List.of("$seq", 1L));
    Document draw = new Document("seq", seq).append("amount", "$grant").append("set", set).append("slot", new Document("$literal", allotment)).append("at", new Date(now));
    Document some = new Document("$gt", List.of("$grant", 0L));
    return List.of(
      new Document("$set", new Document("grant", granted)),
      new Document("$set", new Document("free", new Document("$subtract", List.of("$free", "$grant")))
        .append("seq", new Document("$cond", List.of(some, seq, "$seq")))
        .append("open." + key, new Document("$cond", List.of(some, draw, "$$REMOVE")))),
      new Document("$unset", "grant"));
  }

  static Draw found(Document balance, String key, Draw otherwise) {
    Document open = balance.get("open", Document.class).get(key, Document.class);
    return open == null ? otherwise : of(balance.getString("_id"), open);
  }

  /** A transfer as it stands in {@code open} of a balance. */
  static Draw of(String account, Document open) {
    return new Draw(account, open.getLong("seq"), open.getLong("amount"), open.getInteger("set"), open.getString("slot"), open.getDate("at").getTime());
  }

  /** The second step. May be repeated by anybody; the money arrives once. */
  Future<Outcome> apply(Context context, Sets sets) {
    MongoSet target = sets.get(set);
    return Mongo.first(context, Allotments.in(target).updateOne(
        and(eq("_id", allotment), eq("open", true), not(gte("in." + account, seq))),
        Updates.combine(Updates.inc("a." + account, amount), Updates.set("in." + account, seq))))
      .compose(result -> result.getMatchedCount() == 1 ? Future.succeededFuture(Outcome.APPLIED)
        : Allotments.read(context, target, allotment).compose(this::judge));
  }

  private Future<Outcome> judge(Document allotted) {
    if (allotted != null && Allotments.number(allotted, "in", account) >= seq) return Future.succeededFuture(Outcome.APPLIED);
    if (allotted != null && !allotted.getBoolean("open")) return Future.succeededFuture(Outcome.TURNED);
    return Future.failedFuture(new IllegalStateException("the outcome of " + this + " is not on a majority yet"));
  }

  /** The third step. May be repeated by anybody: it matches the draw's number. */
  Future<Outcome> close(Context context, MongoSet control, Outcome outcome) {
    String open = "open." + Allotments.key(set, allotment);
    Bson forget = Updates.unset(open);
    return Mongo.first(context, Balances.in(control).updateOne(and(eq("_id", account), eq(open + ".seq", seq)),
        outcome == Outcome.APPLIED ? forget : Updates.combine(forget, Updates.inc("free", amount))))
      .map(outcome);
  }

  /** The second and third steps. */
  Future<Outcome> finish(Context context, Sets sets) {
    return apply(context, sets).compose(outcome -> close(context, sets.control(), outcome));
  }
}
