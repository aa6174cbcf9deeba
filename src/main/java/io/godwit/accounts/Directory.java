package io.godwit.accounts;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is configured at run time: accounts, keys, rates, routes, links, numbers, … Every entry is a document
 * {@code {_id: "kind/id", kind, id, version, body}} of the control set, cached whole in every process and read again within half a second of a
 * change. While the control set is down the cache goes on. Reads are thread-safe and never wait.
 */
public final class Directory {
  private static final Logger log = LoggerFactory.getLogger(Directory.class);
  private static final String COLLECTION = "directory";
  private static final long CHECK_EVERY_MS = 500;

  private final MongoSet control;
  private final List<View<?>> views = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<Class<?>, Object> kept = new ConcurrentHashMap<>();
  private volatile Map<String, Map<String, JsonObject>> entries = Map.of();
  private volatile long version = -1;
  private long timer;
  private boolean reading;

  private Directory(MongoSet control) {
    this.control = control;
  }

  public static Future<Directory> open(MongoSet control) {
    Directory directory = new Directory(control);
    return control.ensureCollection(COLLECTION).compose(v -> directory.read(control.context())).map(v -> {
      directory.timer = control.vertx().setPeriodic(CHECK_EVERY_MS, t -> control.context().runOnContext(x -> directory.check()));
      return directory;
    });
  }

  /** The entries of a kind by their id; empty when there are none. */
  public Map<String, JsonObject> entries(String kind) {
    return entries.getOrDefault(kind, Map.of());
  }

  /** The entry, or null. */
  public JsonObject entry(String kind, String id) {
    return entries(kind).get(id);
  }

  /** What a room makes of the entries of one kind; made anew at each change, and kept as it was when the making fails. */
  public <T> View<T> view(String kind, Function<Map<String, JsonObject>, T> parse) {
    View<T> view = new View<>(kind, parse);
    view.refresh(entries);
    if (view.value == null) throw new IllegalStateException("the " + kind + " entries of the directory cannot be read: see the log");
    views.add(view);
    return view;
  }

  /** A parsed, always present picture of the entries of one kind. */
  public static final class View<T> {
    private final String kind;
    private final Function<Map<String, JsonObject>, T> parse;
    private volatile T value;

    private View(String kind, Function<Map<String, JsonObject>, T> parse) {
      this.kind = kind;
      this.parse = parse;
    }

    public T get() {
      return value;
    }

    private void refresh(Map<String, Map<String, JsonObject>> entries) {
      try {
        value = parse.apply(entries.getOrDefault(kind, Map.of()));
      } catch (RuntimeException e) {
        log.error("the {} entries of the directory cannot be used, the earlier ones stay: {}", kind, e.getMessage());
      }
    }
  }

  /** What a room keeps once for the whole process; made when it is first asked for. */
  public <T> T once(Class<T> what, Supplier<T> make) {
    return what.cast(kept.computeIfAbsent(what, w -> make.get()));
  }

  /** Runs the action after each change, on the control set's context. */
  public void onChange(Runnable action) {
    listeners.add(action);
  }

  /** Writes or replaces an entry; effective here when the future completes, elsewhere within a second. */
  public Future<Void> put(Context context, String kind, String id, JsonObject body) {
    Document entry = new Document("kind", kind).append("id", id).append("body", Document.parse(body.encode()));
    return Mongo.first(context, control.db().getCollection(COLLECTION).updateOne(Filters.eq("_id", kind + "/" + id),
        new Document("$set", entry).append("$inc", new Document("version", 1)), new com.mongodb.client.model.UpdateOptions().upsert(true)))
      .compose(v -> changed(context));
  }

  /** Writes the entry only if there is none with that id; for imports that must not undo later changes. */
  public Future<Void> putIfAbsent(Context context, String kind, String id, JsonObject body) {
    Document entry = new Document("kind", kind).append("id", id).append("version", 1).append("body", Document.parse(body.encode()));
    return Mongo.first(context, control.db().getCollection(COLLECTION).updateOne(Filters.eq("_id", kind + "/" + id),
        new Document("$setOnInsert", entry), new com.mongodb.client.model.UpdateOptions().upsert(true)))
      .compose(v -> changed(context));
  }

  public Future<Void> remove(Context context, String kind, String id) {
    return Mongo.first(context, control.db().getCollection(COLLECTION).deleteOne(Filters.eq("_id", kind + "/" + id))).compose(v -> changed(context));
  }

  private Future<Void> changed(Context context) {
    return Mongo.first(context, control.db().getCollection("counters").findOneAndUpdate(Filters.eq("_id", "directory"), Updates.inc("value", 1L),
        new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)))
      .compose(v -> read(context));
  }

  private void check() {
    if (reading || control.isClosed()) return;
    reading = true;
    storedVersion(control.context())
      .compose(stored -> stored == version ? Future.succeededFuture() : read(control.context()))
      .onFailure(e -> log.warn("cannot look for changes of the directory: {}", e.toString()))
      .onComplete(done -> reading = false);
  }

  private Future<Long> storedVersion(Context context) {
    return Mongo.first(context, control.db().getCollection("counters").find(Filters.eq("_id", "directory")))
      .map(d -> d == null ? 0L : d.get("value", Number.class).longValue());
  }

  /** The version is read first: what is written in between is read again at the next check. */
  private Future<Void> read(Context context) {
    return storedVersion(context).compose(stored -> Mongo.all(context, control.db().getCollection(COLLECTION).find()).map(found -> {
      use(stored, found);
      return null;
    }));
  }

  private synchronized void use(long stored, List<Document> found) {
    if (stored < version) return;
    Map<String, Map<String, JsonObject>> fresh = new HashMap<>();
    for (Document d : found) {
      fresh.computeIfAbsent(d.getString("kind"), k -> new HashMap<>()).put(d.getString("id"), new JsonObject(d.get("body", Document.class).toJson()));
    }
    entries = fresh;
    version = stored;
    views.forEach(view -> view.refresh(fresh));
    listeners.forEach(listener -> control.context().runOnContext(v -> listener.run()));
  }

  public void close() {
    control.vertx().cancelTimer(timer);
  }
}
