package io.godwit.accounts;

import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
  static final String COLLECTION = "directory";
  /** Kinds that belong to this installation and not to its business: they are in no export. */
  public static final Set<String> MACHINERY = Set.of("buckets", "set");
  private static final String UNREADABLE = "invalid-entry";
  private static final long CHECK_EVERY_MS = 500;

  private final MongoSet control;
  private final CopyOnWriteArrayList<View<?>> views = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<Class<?>, Object> kept = new ConcurrentHashMap<>();
  private final Readings readings;
  private volatile Picture picture = Picture.NONE;
  private long timer;
  private boolean checking;

  /**
   * The whole directory at one moment, as it was read. Never changes.
   *
   * @param number how often the whole had been changed
   * @param entries by kind and id
   * @param versions of each entry, greater with each change, by {@code kind/id}
   */
  public record Picture(long number, Map<String, Map<String, JsonObject>> entries, Map<String, Long> versions) {
    /** Before it was read. */
    static final Picture NONE = new Picture(-1, Map.of(), Map.of());

    public Map<String, JsonObject> entries(String kind) {
      return entries.getOrDefault(kind, Map.of());
    }

    /** 0 when there is no such entry. */
    public long version(String kind, String id) {
      return versions.getOrDefault(kind + "/" + id, 0L);
    }

    /** The version after a change. A new entry's is the number of that change, which never comes again: nobody takes it for one that was removed. */
    public long next(String kind, String id) {
      long version = version(kind, id);
      return version == 0 ? number + 1 : version + 1;
    }
  }

  /** Something was changed since it was looked at; nothing of this change took effect. */
  public static final class Outdated extends RuntimeException {
    Outdated() {
      super("the directory has changed meanwhile", null, false, false);
    }
  }

  /** A change took longer than a transaction may, each time it was tried: too much at once, or the store is too busy. */
  public static final class TooSlow extends RuntimeException {
    private final boolean mayBeDone;

    TooSlow(boolean mayBeDone) {
      super("a change of the directory takes longer than a transaction may", null, false, false);
      this.mayBeDone = mayBeDone;
    }

    /** Whether the store did not say if it took effect all the same; else nothing of it did. */
    public boolean mayBeDone() {
      return mayBeDone;
    }
  }

  private Directory(MongoSet control) {
    this.control = control;
    this.readings = new Readings(control, this::use);
  }

  public static Future<Directory> open(MongoSet control) {
    Directory directory = new Directory(control);
    return control.ensureCollection(COLLECTION).compose(v -> control.ensureCollection(Changes.COLLECTION)).compose(v -> directory.count())
      .compose(v -> directory.readings.read(control.context())).map(v -> {
      directory.timer = control.vertx().setPeriodic(CHECK_EVERY_MS, t -> control.context().runOnContext(x -> directory.check()));
      return directory;
    });
  }

  /** A change matches the number: there must be one. */
  private Future<Void> count() {
    return Mongo.first(control.here(), counters().updateOne(Readings.counter(), Updates.setOnInsert("value", 0L), new UpdateOptions().upsert(true))).mapEmpty();
  }

  private MongoCollection<Document> counters() {
    return control.db().getCollection("counters");
  }

  /** The entries of a kind by their id; empty when there are none. */
  public Map<String, JsonObject> entries(String kind) {
    return picture.entries(kind);
  }

  /** What is known here now. */
  public Picture picture() {
    return picture;
  }

  /** Completes when all that was changed anywhere until now is known here. */
  public Future<Void> current(Context context) {
    return readings.number(context).compose(stored -> stored == picture.number ? Future.succeededFuture() : readings.read(context));
  }

  /**
   * Writes entries and who changed them, all or nothing. What the changes were judged by is what is known here: fails with {@link Outdated} when
   * something was changed meanwhile that is not, and with {@link TooSlow}.
   *
   * @param seen by what they were judged
   */
  public Future<Void> change(Context context, Picture seen, List<Change> changes) {
    if (changes.isEmpty()) return Future.succeededFuture();
    return new Changes(control).make(context, seen, changes).compose(v -> readings.read(context));
  }

  /** The kinds that somebody in this process reads, or of which there are entries. */
  public Set<String> kinds() {
    Set<String> kinds = new TreeSet<>(picture.entries.keySet());
    views.forEach(view -> kinds.add(view.kind));
    return kinds;
  }

  /** What those who read a kind in this process say against such entries: a JSON pointer and a sentence each. */
  public List<Form.Wrong> judge(String kind, Map<String, JsonObject> entries) {
    List<Form.Wrong> wrongs = new ArrayList<>();
    Set<String> told = new HashSet<>();
    for (View<?> view : views) {
      if (view.kind.equals(kind)) for (Form.Wrong wrong : view.judge(entries)) if (told.add(wrong.toString())) wrongs.add(wrong);
    }
    return wrongs;
  }

  /** The entry, or null. */
  public JsonObject entry(String kind, String id) {
    return entries(kind).get(id);
  }

  /**
   * What a room makes of the entries of one kind; made anew when one of them was changed, and kept as it was when the making fails. Whoever asks with the same function
   * is given the same view, so what is made must be immutable; large kinds are read by a function that stands in a constant.
   */
  public synchronized <T> View<T> view(String kind, Function<Map<String, JsonObject>, T> parse) {
    View<T> view = known(kind, parse);
    if (view.made == null) throw new IllegalStateException("the " + kind + " entries of the directory cannot be read: see the log");
    views.addIfAbsent(view);
    return view;
  }

  /** From now on such entries are judged in this process by the function of a view, whether it can read those that are there or not. */
  public synchronized void addJudge(String kind, Function<Map<String, JsonObject>, ?> parse) {
    views.addIfAbsent(known(kind, parse));
  }

  private <T> View<T> known(String kind, Function<Map<String, JsonObject>, T> parse) {
    for (View<?> known : views) {
      @SuppressWarnings("unchecked") View<T> same = (View<T>) known; // the function says what it makes
      if (known.kind.equals(kind) && known.parse == parse) return same;
    }
    return new View<>(kind, parse, picture);
  }

  /** A parsed, always present picture of the entries of one kind. */
  public static final class View<T> {
    private final String kind;
    private final Function<Map<String, JsonObject>, T> parse;
    private volatile Made<T> made;

    /** What was made of which entries. */
    private record Made<T>(Map<String, JsonObject> entries, T value) { }

    private View(String kind, Function<Map<String, JsonObject>, T> parse, Picture picture) {
      this.kind = kind;
      this.parse = parse;
      refresh(picture);
    }

    public T get() {
      return made.value;
    }

    /** As of that picture, which is made anew when it is not the latest. Fails when it cannot be read. */
    public T of(Picture picture) {
      Made<T> latest = made;
      return latest.entries == picture.entries(kind) ? latest.value : parse.apply(picture.entries(kind));
    }

    /** Entries that cannot be read alone are named, too; but where the whole names what is wrong, such a one may only lack another that is beside it, as an account its parent. */
    private List<Form.Wrong> judge(Map<String, JsonObject> all) {
      List<Form.Wrong> whole = wrongs("/" + kind, all);
      if (whole.isEmpty()) return whole;
      boolean named = whole.stream().noneMatch(wrong -> wrong.code().equals(UNREADABLE));
      List<Form.Wrong> found = new ArrayList<>(named ? whole : List.of());
      all.forEach((id, body) -> wrongs("/" + kind + "/" + Form.escaped(id), Map.of(id, body)).stream().filter(wrong -> !named || !wrong.code().equals(UNREADABLE)).forEach(found::add));
      return found.isEmpty() ? whole : found;
    }

    private List<Form.Wrong> wrongs(String path, Map<String, JsonObject> entries) {
      try {
        parse.apply(entries);
        return List.of();
      } catch (Form.Invalid e) {
        return e.wrongs();
      } catch (RuntimeException e) {
        return List.of(new Form.Wrong(path, UNREADABLE, String.valueOf(e.getMessage())));
      }
    }

    private void refresh(Picture picture) {
      Map<String, JsonObject> entries = picture.entries(kind);
      if (made != null && made.entries == entries) return;
      try {
        made = new Made<>(entries, parse.apply(entries));
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
    return new Unrecorded(control).put(context, kind, id, body).compose(v -> readings.read(context));
  }

  /** Writes the entry only if there is none with that id; for imports that must not undo later changes. */
  public Future<Void> putIfAbsent(Context context, String kind, String id, JsonObject body) {
    return new Unrecorded(control).putIfAbsent(context, kind, id, body).compose(v -> readings.read(context));
  }

  public Future<Void> remove(Context context, String kind, String id) {
    return new Unrecorded(control).remove(context, kind, id).compose(v -> readings.read(context));
  }

  private void check() {
    if (checking || control.isClosed()) return;
    checking = true;
    current(control.context()).onFailure(e -> log.warn("cannot look for changes of the directory: {}", e.toString()))
      .onComplete(done -> checking = false);
  }

  private synchronized void use(Picture latest) {
    views.forEach(view -> view.refresh(latest));
    picture = latest;   // last: whoever sees its number takes the views for those of it, and waits for nobody
    listeners.forEach(listener -> control.context().runOnContext(v -> listener.run()));
  }

  public void close() {
    control.vertx().cancelTimer(timer);
  }
}
