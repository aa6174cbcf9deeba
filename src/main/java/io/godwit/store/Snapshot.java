package io.godwit.store;

import com.mongodb.ClientSessionOptions;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.FindPublisher;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * One set as it was at one moment, majority-committed, over all its collections: what is moved from one to another meanwhile is seen in
 * exactly one of them. MongoDB keeps the past for five minutes, or for one (minSnapshotHistoryWindowInSeconds), so a snapshot is for something short. Confined to the context that
 * opened it; reads that are asked for at the same time run one after the other, since a session serves one at a time.
 */
public final class Snapshot implements AutoCloseable {
  /** A read that takes longer is ended by the server. */
  private static final int LONGEST_SECONDS = 60;

  private final Context context;
  private final MongoSet set;
  private final ClientSession session;
  private Future<?> busy = Future.succeededFuture();

  private Snapshot(Context context, MongoSet set, ClientSession session) {
    this.context = context;
    this.set = set;
    this.session = session;
  }

  public static Future<Snapshot> open(Context context, MongoSet set) {
    return Mongo.first(context, set.client().startSession(ClientSessionOptions.builder().snapshot(true).build()))
      .map(session -> new Snapshot(context, set, session));
  }

  /** Visits the documents that match, as they come from the server: never more than a few hundred are in memory. */
  public Future<Void> each(String collection, Bson filter, Consumer<Document> visitor) {
    return next(() -> Mongo.each(context, find(collection, filter), visitor));
  }

  /** The first document on the way of the index, null when none matches. */
  public Future<Document> first(String collection, Bson filter, Bson index) {
    return next(() -> Mongo.first(context, find(collection, filter).hint(index).limit(1)));
  }

  private <T> Future<T> next(Supplier<Future<T>> read) {
    Future<T> result = busy.transform(done -> read.get());
    busy = result;
    return result;
  }

  private FindPublisher<Document> find(String collection, Bson filter) {
    return set.db().getCollection(collection).find(session, filter).maxTime(LONGEST_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    session.close();
  }
}
