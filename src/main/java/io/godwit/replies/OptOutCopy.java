package io.godwit.replies;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Date;
import java.util.List;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one set's copy of the control set's opt-outs, which the set's own messages ask: whoever notes one writes it here, too, and every few seconds the changes
 * are followed, from the copy's mark in the set's {@code counters}. No opt-out can be noted while the control set is down, so that a copy that was followed until then is whole.
 * Any number of processes may do it: a later change is never overwritten by an earlier one.
 */
final class OptOutCopy {
  private static final Logger log = LoggerFactory.getLogger(OptOutCopy.class);
  private static final String MARK = "optouts";
  private static final long EVERY_MS = 5_000;
  /** Changes become visible out of order, by no more than a majority write may take. */
  private static final int OVERLAP_SECONDS = 10;
  private static final int PAGE = 1_000;

  private final Context context;
  private final MongoSet control;
  private final MongoSet set;
  private Future<Void> round = Future.succeededFuture();
  private boolean stopped;

  OptOutCopy(Context context, MongoSet control, MongoSet set) {
    this.context = context;
    this.control = control;
    this.set = set;
  }

  /** When the set's copy was followed last, milliseconds since 1970; 0 = never. */
  static Future<Long> followed(Context context, MongoSet set) {
    return Mongo.first(context, set.db().getCollection("counters").find(eq("_id", MARK))).map(mark -> mark == null ? 0L : mark.getDate("at").getTime());
  }

  void start() {
    turn();
  }

  private void turn() {
    if (stopped) return;
    round = control.isHealthy() && set.isHealthy() ? follow() : Future.succeededFuture();
    round.onFailure(e -> log.warn("the opt-outs in {} are followed later: {}", set, e.toString())).onComplete(done -> context.owner().setTimer(EVERY_MS, t -> turn()));
  }

  /** Copies what has changed since the mark. */
  Future<Void> follow() {
    long now = control.clock().getAsLong();
    return Mongo.first(context, set.db().getCollection("counters").find(eq("_id", MARK))).compose(mark -> {
      BsonTimestamp seen = mark == null ? new BsonTimestamp(0, 0) : mark.get("ts", BsonTimestamp.class);
      return pages(new BsonTimestamp(Math.max(0, seen.getTime() - OVERLAP_SECONDS), 0), seen);
    }).compose(last -> Mongo.first(context, set.db().getCollection("counters").updateOne(eq("_id", MARK),
      Updates.combine(Updates.max("ts", last), Updates.max("at", new Date(now))), new UpdateOptions().upsert(true)))).mapEmpty();
  }

  private Future<BsonTimestamp> pages(BsonTimestamp after, BsonTimestamp highest) {
    return Mongo.all(context, OptOuts.in(control).withReadConcern(ReadConcern.MAJORITY).find(gt("ts", after)).sort(Indexes.ascending("ts")).limit(PAGE)).compose(changed -> {
      if (changed.isEmpty()) return Future.succeededFuture(highest);
      BsonTimestamp last = OptOuts.time(changed.get(changed.size() - 1));
      BsonTimestamp seen = last.compareTo(highest) > 0 ? last : highest;
      return copy(context, set, changed).compose(v -> changed.size() < PAGE ? Future.succeededFuture(seen) : pages(last, seen));
    });
  }

  /** What is there in a later form does not match, and the insert that is tried instead meets it: nothing is done. */
  static Future<Void> copy(Context context, MongoSet set, List<Document> changed) {
    List<ReplaceOneModel<Document>> writes = changed.stream()
      .map(d -> new ReplaceOneModel<>(and(eq("_id", d.getString("_id")), lt("ts", OptOuts.time(d))), d, new ReplaceOptions().upsert(true))).toList();
    return Mongo.first(context, OptOuts.in(set).bulkWrite(writes, new BulkWriteOptions().ordered(false))).<Void>mapEmpty()
      .recover(failure -> Duplicates.isOne(failure) ? Future.succeededFuture() : Future.failedFuture(failure));
  }

  /** Completes when the round under way has ended. */
  Future<Void> stop() {
    stopped = true;
    return round.transform(done -> Future.succeededFuture());
  }
}
