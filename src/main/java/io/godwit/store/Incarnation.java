package io.godwit.store;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.godwit.message.MessageId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of one process in one set: a document with a counter that it beats, and its watch over the others' counters.
 * No wall clock decides who lives: a counter that stood still over five successful reads, each at least a beat after the
 * last, is marked dead by an update that still matches its value. Whoever finds himself dead holds nothing any more.
 *
 * <p>The beat and the watch run on the set's own context; {@link #tokens}, {@link #ids} and {@link #isTrusted} may be used
 * from any thread.
 */
public final class Incarnation {
  static final String COLLECTION = "incarnations";
  private static final Logger log = LoggerFactory.getLogger(Incarnation.class);
  private static final int STILL_READS = 5;

  private final MongoSet set;
  private final Context context;
  private final int number;
  private final MessageId.Generator ids;
  private final AtomicLong tokens = new AtomicLong();
  private final Map<String, BsonDocument> sessions = new ConcurrentHashMap<>();
  private final Map<Integer, Still> others = new HashMap<>();
  private final List<Long> timers = new ArrayList<>();
  private final Loops loops;
  private volatile long lastBeat = System.nanoTime();
  private volatile boolean dead;
  private boolean beating;
  private boolean standing;
  private boolean watching;
  private long lastWatch;
  private Consumer<Incarnation> onDeath = i -> { };

  /** Another's counter, and how many reads it has stood still. */
  private record Still(long beat, int reads) { }

  private Incarnation(MongoSet set, Context context, int number) {
    this.set = set;
    this.context = context;
    this.number = number;
    this.loops = new Loops(context.owner());
    this.ids = new MessageId.Generator(set.index(), number, set.clock());
  }

  /** Begins a life: takes the next number and writes the document that others watch. */
  static Future<Incarnation> begin(MongoSet set, Context context) {
    return Mongo.first(context, set.db().getCollection("counters").findOneAndUpdate(Filters.eq("_id", "incarnation"), Updates.inc("value", 1),
        new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)))
      .map(counter -> new Incarnation(set, context, counter.getInteger("value")))
      .onSuccess(life -> set.pulse().asked(System.nanoTime()))
      .compose(life -> Mongo.first(context, set.db().getCollection(COLLECTION).insertOne(life.document())).map(life))
      .onSuccess(Incarnation::live);
  }

  private Document document() {
    return new Document("_id", number).append("alive", true).append("beat", 0L).append("v", 1)
      .append("process", ManagementFactory.getRuntimeMXBean().getName()).append("startedAt", new java.util.Date(set.clock().getAsLong()));
  }

  private void live() {
    set.pulse().answered(true, System.nanoTime());
    lastWatch = System.nanoTime();
    timers.add(context.owner().setPeriodic(set.timing().beat(), t -> context.runOnContext(v -> beat())));
    timers.add(context.owner().setPeriodic(set.timing().beat(), t -> context.runOnContext(v -> watch())));
  }

  public int number() {
    return number;
  }

  /** Makes the ids of messages, parcels and pages of this life. */
  public MessageId.Generator ids() {
    return ids;
  }

  /** A fencing token: unique among all that were ever given out in this set, and it names its giver. */
  public long nextToken() {
    return (long) number << 35 | tokens.incrementAndGet();
  }

  /** Who gave the token out. */
  public static int holder(long token) {
    return (int) (token >>> 35);
  }

  /** Whether its last acknowledged beat is recent enough to act outside on what it holds (monotonic clock). */
  public boolean isTrusted() {
    return !dead && System.nanoTime() - lastBeat < TimeUnit.MILLISECONDS.toNanos(set.timing().trust());
  }

  public boolean isDead() {
    return dead;
  }

  void onDeath(Consumer<Incarnation> handler) {
    onDeath = handler;
  }

  /** Lists a slot's session in the document, so that whoever takes over can end its transactions. */
  void list(String slot, BsonDocument session) {
    sessions.put(slot, session);
  }

  void unlist(String slot) {
    sessions.remove(slot);
  }

  /** Writes beside the counter what others should know of this process while it lives; null takes it back. */
  public Future<Void> tell(Context caller, String key, Object value) {
    return Mongo.first(caller, set.db().getCollection(COLLECTION).updateOne(Filters.and(Filters.eq("_id", number), Filters.eq("alive", true)),
      value == null ? Updates.unset(key) : Updates.set(key, value))).mapEmpty();
  }

  /** Besides the regular one: something speaks against the set, and a beat tells whether it lives. Any thread. */
  void beatSoon() {
    context.runOnContext(v -> beat());
  }

  private void beat() {
    if (beating || dead || !allTurn()) return;
    beating = true;
    long asked = System.nanoTime();
    set.pulse().asked(asked);
    Mongo.first(context, set.db().getCollection(COLLECTION).updateOne(Filters.and(Filters.eq("_id", number), Filters.eq("alive", true)),
        Updates.combine(Updates.inc("beat", 1L), Updates.set("sessions", List.copyOf(sessions.values())))))
      .onComplete(done -> {
        beating = false;
        set.pulse().answered(done.succeeded(), System.nanoTime());
        if (done.failed()) log.warn("no heartbeat in {}: {}", set, done.cause().toString());
        else if (done.result().getMatchedCount() == 1) acknowledged(asked);
        else die();
      });
  }

  /** A process of which one event loop stands still holds what nobody works on: it is to be found dead, so that others take that over. */
  private boolean allTurn() {
    boolean turn = loops.turn(TimeUnit.MILLISECONDS.toNanos(set.timing().trust()));
    if (!turn && !standing) log.error("an event loop of this process has stood still for {} ms: no heartbeat in {} until it goes on", set.timing().trust(), set);
    standing = !turn;
    return turn;
  }

  /** An answer that took long says little about now, and one to a beat from before the trouble says nothing about it: another one is due. */
  private void acknowledged(long asked) {
    lastBeat = asked;
    if (set.pulse().isDoubted() || !isTrusted()) beat();
  }

  private void die() {
    if (dead) return;
    log.error("process was declared dead in {} as incarnation {}: it drops what it holds there and begins anew", set, number);
    stop();
    onDeath.accept(this);
  }

  /**
   * One look at the counters. The timers of a process that stood still go off in a burst when it goes on: looks closer
   * together than a beat would show it the living standing still.
   */
  private void watch() {
    if (watching || dead || System.nanoTime() - lastWatch < TimeUnit.MILLISECONDS.toNanos(set.timing().beat()) * 9 / 10) return;
    watching = true;
    Mongo.all(context, set.db().getCollection(COLLECTION).find(Filters.eq("alive", true)).projection(new Document("beat", 1).append("sessions", 1)))
      .compose(this::compare)
      .onSuccess(v -> lastWatch = System.nanoTime())
      .onFailure(e -> log.warn("cannot read the heartbeats in {}: {}", set, e.toString()))
      .onComplete(done -> watching = false);
  }

  private Future<Void> compare(List<Document> living) {
    Future<Void> done = Future.succeededFuture();
    Map<Integer, Still> seen = new HashMap<>();
    for (Document other : living) {
      int id = other.getInteger("_id");
      long beat = other.getLong("beat");
      Still before = others.get(id);
      int reads = before != null && before.beat == beat ? before.reads + 1 : 0;
      seen.put(id, new Still(beat, reads));
      if (reads >= STILL_READS && id != number) done = done.compose(v -> bury(other, beat));
    }
    others.clear();
    others.putAll(seen);
    return done;
  }

  private Future<Void> bury(Document other, long beat) {
    int id = other.getInteger("_id");
    return Mongo.first(context, set.db().getCollection(COLLECTION).updateOne(
        Filters.and(Filters.eq("_id", id), Filters.eq("alive", true), Filters.eq("beat", beat)),
        Updates.combine(Updates.set("alive", false), Updates.set("buriedBy", number))))
      .compose(result -> {
        if (result.getMatchedCount() == 0) return Future.succeededFuture();
        log.warn("incarnation {} in {} beats no more: incarnation {} frees what it held", id, set, number);
        return killSessions(other);
      });
  }

  /** For liveness only: an abandoned transaction would hold up whoever meets its documents until it expires. */
  private Future<Void> killSessions(Document other) {
    List<Document> sessions = other.getList("sessions", Document.class, List.of());
    if (sessions.isEmpty()) return Future.succeededFuture();
    return Mongo.first(context, set.db().runCommand(new Document("killSessions", sessions))).<Void>mapEmpty()
      .recover(e -> {
        log.warn("cannot end the sessions of incarnation {}: {}", other.getInteger("_id"), e.toString());
        return Future.succeededFuture();
      });
  }

  private void stop() {
    dead = true;
    timers.forEach(context.owner()::cancelTimer);
  }

  /** A clean end: what is still leased to it may be freed at once. */
  Future<Void> end() {
    if (dead) return Future.succeededFuture();
    stop();
    return Mongo.first(context, set.db().getCollection(COLLECTION).updateOne(Filters.eq("_id", number), Updates.set("alive", false))).mapEmpty();
  }
}
