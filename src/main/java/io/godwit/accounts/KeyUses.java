package io.godwit.accounts;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When each API key was last used: {@code {_id: key, at}} in the control set, written together twice a minute, so that what is read there is
 * at most half a minute old. Thread-safe.
 */
public final class KeyUses {
  private static final Logger log = LoggerFactory.getLogger(KeyUses.class);
  private static final String COLLECTION = "key_uses";
  private static final long WRITE_EVERY_MS = 30_000;

  private final MongoSet control;
  private final Map<String, Long> unwritten = new ConcurrentHashMap<>();
  private final long timer;

  public KeyUses(MongoSet control) {
    this.control = control;
    this.timer = control.vertx().setPeriodic(WRITE_EVERY_MS, t -> write(control.context()).onFailure(e -> log.warn("uses of API keys are written later: {}", e.toString())));
  }

  /** @param now milliseconds since 1970 */
  public void used(String key, long now) {
    unwritten.put(key, now);
  }

  private MongoCollection<Document> uses() {
    return control.db().getCollection(COLLECTION);
  }

  private Future<Void> write(Context context) {
    Map<String, Long> taken = new HashMap<>(unwritten);
    if (taken.isEmpty()) return Future.succeededFuture();
    return Mongo.first(context, uses().bulkWrite(taken.entrySet().stream()
      .map(use -> new UpdateOneModel<Document>(eq("_id", use.getKey()), Updates.max("at", new Date(use.getValue())), new UpdateOptions().upsert(true))).toList()))
      .map(v -> {
        taken.forEach(unwritten::remove);
        return null;
      });
  }

  /** Milliseconds since 1970, by key; what was never used is not in it. What this process knows is written first. */
  public Future<Map<String, Long>> of(Context context, Collection<String> keys) {
    return write(context).compose(v -> Mongo.all(context, uses().find(in("_id", keys)))).map(found -> {
      Map<String, Long> at = new HashMap<>();
      found.forEach(use -> at.put(use.getString("_id"), use.getDate("at").getTime()));
      return at;
    });
  }

  public Future<Void> close() {
    control.vertx().cancelTimer(timer);
    return write(control.vertx().getOrCreateContext()).recover(e -> Future.succeededFuture());
  }
}
