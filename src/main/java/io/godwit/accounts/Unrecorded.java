package io.godwit.accounts;

import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.TransactionOptions;
import com.mongodb.WriteConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.reactivestreams.Publisher;

/**
 * Writes one entry of the directory that nobody changes by API: a command does, or the start of a process. The entry and the number of changes are one transaction: nothing but the
 * number tells of it. Needs no life in the control set, as a commit slot would.
 */
final class Unrecorded {
  private static final TransactionOptions DURABLE = TransactionOptions.builder()
    .readConcern(ReadConcern.LOCAL).readPreference(ReadPreference.primary())
    .writeConcern(WriteConcern.MAJORITY.withJournal(true)).build();
  /** An election, and what others change at the same time, is over within it. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(15);
  private static final int LONGEST_PAUSE_MS = 100;
  private static final int DUPLICATE_KEY = 11_000;

  private final MongoSet control;

  Unrecorded(MongoSet control) {
    this.control = control;
  }

  Future<Void> put(Context context, String kind, String id, JsonObject body) {
    Document entry = new Document("kind", kind).append("id", id).append("body", Document.parse(body.encode()));
    return upsert(context, kind, id, new Document("$set", entry).append("$inc", new Document("version", 1)));
  }

  Future<Void> putIfAbsent(Context context, String kind, String id, JsonObject body) {
    Document entry = new Document("kind", kind).append("id", id).append("version", 1).append("body", Document.parse(body.encode()));
    return upsert(context, kind, id, new Document("$setOnInsert", entry));
  }

  private Future<Void> upsert(Context context, String kind, String id, Document change) {
    return write(context, session -> directory().updateOne(session, named(kind, id), change, new UpdateOptions().upsert(true)));
  }

  Future<Void> remove(Context context, String kind, String id) {
    return write(context, session -> directory().deleteOne(session, named(kind, id)));
  }

  private MongoCollection<Document> directory() {
    return control.db().getCollection(Directory.COLLECTION);
  }

  private static Bson named(String kind, String id) {
    return Filters.eq("_id", kind + "/" + id);
  }

  /** @param entry changes the entry in the session's transaction; may be asked several times */
  private <T> Future<Void> write(Context context, Function<ClientSession, Publisher<T>> entry) {
    long until = System.nanoTime() + PATIENCE;
    return Mongo.first(context, control.client().startSession()).compose(session -> attempt(context, session, entry, until).andThen(done -> session.close()));
  }

  private <T> Future<Void> attempt(Context context, ClientSession session, Function<ClientSession, Publisher<T>> entry, long until) {
    session.startTransaction(DURABLE);
    return Mongo.first(context, entry.apply(session))
      .compose(v -> Mongo.first(context, control.db().getCollection("counters").updateOne(session, Readings.counter(), Updates.inc("value", 1L), new UpdateOptions().upsert(true))))
      .compose(v -> commit(context, session, until))
      .recover(failure -> abort(context, session).compose(v -> isPassing(failure) && System.nanoTime() < until
        ? pause(context).compose(rested -> attempt(context, session, entry, until)) : Future.failedFuture(failure)));
  }

  /** Asked for again while nobody knows whether it was done. */
  private Future<Void> commit(Context context, ClientSession session, long until) {
    return Mongo.first(context, session.commitTransaction()).recover(failure -> has(failure, MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL) && System.nanoTime() < until
      ? pause(context).compose(rested -> commit(context, session, until)) : Future.failedFuture(failure));
  }

  private static Future<Void> abort(Context context, ClientSession session) {
    return session.hasActiveTransaction() ? Mongo.first(context, session.abortTransaction()).otherwiseEmpty() : Future.succeededFuture();
  }

  /** Somebody else has just written the same, or the primary is gone: nothing of it took effect. */
  private static boolean isPassing(Throwable failure) {
    return has(failure, MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL) || failure instanceof MongoException e && e.getCode() == DUPLICATE_KEY;
  }

  private static boolean has(Throwable failure, String label) {
    return failure instanceof MongoException e && e.hasErrorLabel(label);
  }

  private static Future<Void> pause(Context context) {
    Promise<Void> rested = Promise.promise();
    context.owner().setTimer(1 + ThreadLocalRandom.current().nextInt(LONGEST_PAUSE_MS), t -> rested.complete());
    return rested.future();
  }
}
