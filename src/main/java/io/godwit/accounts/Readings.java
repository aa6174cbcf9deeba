package io.godwit.accounts;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Deadline;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.function.Consumer;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/**
 * How the directory comes into a process: of what was changed by API only the entries that its records name ({@link Changes#named}), else the whole. One reading at a time, on the control
 * set's context: whoever asks while one runs waits for the next one, which all who wait share.
 *
 * <p>A reading holds what a majority holds, and nothing older than its number: each of its steps follows the one before in one causal session. What only this process ever saw, before its
 * primary was voted out, would stay: no record names it.
 */
final class Readings {
  private static final String COUNTER = "directory";
  /** Where more was changed the whole is read: by so many changes, of so many entries. */
  private static final long MOST_CHANGES = 100;
  private static final int MOST_ENTRIES = 2_000;

  private final MongoSet control;
  private final Consumer<Directory.Picture> user;
  private final Entries entries = new Entries();
  /** The number of the last picture that was used. */
  private volatile long used = -1;
  /** Who is told when the reading after the one that runs ends; null = nobody. */
  private Promise<Void> waiting;
  private boolean running;

  /** @param user is given each picture, on no event loop, the next one when it is through */
  Readings(MongoSet control, Consumer<Directory.Picture> user) {
    this.control = control;
    this.user = user;
  }

  private MongoCollection<Document> counters() {
    return control.db().getCollection("counters");
  }

  /** Where it stands how often the directory has been changed. */
  static Bson counter() {
    return Filters.eq("_id", COUNTER);
  }

  private static long value(Document counter) {
    return counter == null ? 0L : counter.get("value", Number.class).longValue();
  }

  /** How often the directory has been changed. */
  Future<Long> number(Context context) {
    return Mongo.first(context, counters().find(counter())).map(Readings::value);
  }

  /** Completes when all that was changed until now has been read and used. Any thread; on that context. */
  Future<Void> read(Context context) {
    return Deadline.told(context, next());
  }

  private synchronized Future<Void> next() {
    if (waiting == null) waiting = Promise.promise();
    Future<Void> told = waiting.future();
    if (!running) begin();
    return told;
  }

  private synchronized void begin() {
    running = waiting != null;
    if (!running) return;
    Promise<Void> told = waiting;
    waiting = null;
    control.context().runOnContext(v -> once(control.context()).onComplete(told).onComplete(done -> begin()));
  }

  private Future<Void> once(Context context) {
    return Future.succeededFuture().compose(v -> Mongo.first(context, control.client().startSession()))
      .compose(session -> find(context, session).andThen(done -> session.close()))
      .compose(found -> found == null ? Future.succeededFuture() : context.executeBlocking(() -> use(found), false));
  }

  /** Null when nothing was changed. */
  private Future<Entries.Found> find(Context context, ClientSession session) {
    long known = used;
    return Mongo.first(context, counters().find(session, counter())).map(Readings::value).compose(stored -> {
      if (stored <= known) return Future.succeededFuture();
      if (known < 0 || stored - known > MOST_CHANGES) return whole(context, session);
      return new Changes(control).named(context, session, known, stored, MOST_ENTRIES).compose(ids -> ids == null ? whole(context, session) : some(context, session, stored, ids));
    });
  }

  /** The number is read before: what is written in between is read again with the next one. */
  private Future<Entries.Found> whole(Context context, ClientSession session) {
    return Mongo.first(context, counters().withReadConcern(ReadConcern.MAJORITY).find(session, counter())).map(Readings::value)
      .compose(stored -> Mongo.all(context, directory().find(session)).map(found -> new Entries.Found(stored, null, found)));
  }

  /** That a majority holds the number the records say, which are read so. */
  private Future<Entries.Found> some(Context context, ClientSession session, long stored, Set<String> ids) {
    return Mongo.all(context, directory().find(session, Filters.in("_id", ids))).map(found -> new Entries.Found(stored, ids, found));
  }

  private MongoCollection<RawBsonDocument> directory() {
    return control.db().getCollection(Directory.COLLECTION, RawBsonDocument.class).withReadConcern(ReadConcern.MAJORITY);
  }

  /** Thousands of entries take a while. */
  private Void use(Entries.Found found) {
    Directory.Picture picture = entries.take(found);
    user.accept(picture);
    used = picture.number();
    return null;
  }
}
