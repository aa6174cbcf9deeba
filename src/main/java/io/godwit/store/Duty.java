package io.godwit.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.combine;

import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Date;
import org.bson.Document;

/**
 * Something that one process at a time does every now and then for all: a document {@code {_id, holder, doneAt}} in a set, held by a living
 * incarnation there. A hint, not a fence: a holder that was taken for dead may still be at work, so the work must bear being done twice.
 * Confined to one context.
 */
public final class Duty {
  private static final String COLLECTION = "duties";
  private static final int NOBODY = 0;

  private final Context context;
  private final MongoSet set;
  private final String name;

  public Duty(Context context, MongoSet set, String name) {
    this.context = context;
    this.set = set;
    this.name = name;
  }

  private MongoCollection<Document> duties() {
    return set.db().getCollection(COLLECTION);
  }

  /** Takes it unless it was done less than so many milliseconds ago, or another living process is at it; whether it was taken. */
  public Future<Boolean> take(long period) {
    return read().compose(duty -> {
      int holder = duty.getInteger("holder");
      if (doneAt(duty) > set.clock().getAsLong() - period) return Future.succeededFuture(false);
      return isFree(holder).compose(free -> free ? swap(holder, self()) : Future.succeededFuture(false));
    });
  }

  private int self() {
    return set.incarnation().number();
  }

  private Future<Boolean> isFree(int holder) {
    if (holder == NOBODY) return Future.succeededFuture(true);
    return Mongo.first(context, set.db().getCollection(Incarnation.COLLECTION).find(and(eq("_id", holder), eq("alive", true)))).map(living -> living == null);
  }

  private Future<Boolean> swap(int from, int to) {
    return Mongo.first(context, duties().updateOne(and(eq("_id", name), eq("holder", from)), Updates.set("holder", to))).map(done -> done.getModifiedCount() == 1);
  }

  /** When it was last done, milliseconds since 1970; 0 = never. */
  public Future<Long> doneAt() {
    return read().map(Duty::doneAt);
  }

  private static long doneAt(Document duty) {
    return duty.getDate("doneAt").getTime();
  }

  private Future<Document> read() {
    return Mongo.first(context, duties().updateOne(eq("_id", name), combine(Updates.setOnInsert("holder", NOBODY), Updates.setOnInsert("doneAt", new Date(0))),
      new UpdateOptions().upsert(true))).compose(v -> Mongo.first(context, duties().find(eq("_id", name))));
  }

  /** It is done, and free for others. */
  public Future<Void> done() {
    return Mongo.first(context, duties().updateOne(and(eq("_id", name), eq("holder", self())), combine(Updates.set("holder", NOBODY),
      Updates.set("doneAt", new Date(set.clock().getAsLong()))))).mapEmpty();
  }

  /** It is not done, and free for others. */
  public Future<Void> leave() {
    return swap(self(), NOBODY).mapEmpty();
  }
}
