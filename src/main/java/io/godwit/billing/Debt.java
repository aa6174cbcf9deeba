package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import org.bson.conversions.Bson;

/**
 * What an account has from its seller by transfers and has not sent back: so much the seller may take again, whatever else stands in the buyer's balance. What he has from
 * a top-up, or may owe, the seller has given out of nothing, and would have it as money of his own.
 */
final class Debt {
  /** Of a balance: how many transfers have left it, to anybody. Absent before the first. */
  static final String SENT = "sent";

  private Debt() {
  }

  /** Whether the transfer takes no more than that: a condition on the balance that it leaves, which holds as long as nothing more is sent from there; null when it takes more. */
  static Future<Bson> covers(Context context, MongoSet control, CreditEntry back) {
    return Balances.read(context, control, back.from())
      .compose(balance -> moved(context, control, back.to(), back.from())
        .compose(given -> moved(context, control, back.from(), back.to()).map(returned -> given - returned >= back.amount() ? eq(SENT, balance.get(SENT)) : null)));
  }

  private static Future<Long> moved(Context context, MongoSet control, String from, String to) {
    return Mongo.first(context, control.db().getCollection(CreditEntry.TRANSFERS).withReadConcern(ReadConcern.MAJORITY).aggregate(List.of(
      Aggregates.match(and(eq("from", from), eq("to", to))), Aggregates.group(null, Accumulators.sum("sum", "$amount")))))
      .map(found -> found == null ? 0L : found.get("sum", Number.class).longValue());
  }
}
