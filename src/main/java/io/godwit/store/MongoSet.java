package io.godwit.store;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.TransportSettings;
import com.mongodb.event.ClusterDescriptionChangedEvent;
import com.mongodb.event.ClusterListener;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One MongoDB replica set as Godwit uses it: every write majority-committed and journaled, the driver on Vert.x's own
 * event loops, and this process's present life there.
 */
public final class MongoSet {
  private static final Logger log = LoggerFactory.getLogger(MongoSet.class);
  /** A longer one would let an abandoned transaction hold up its documents for a minute (shared design, the durable queue). */
  private static final int TRANSACTION_LIFETIME_SECONDS = 5;

  private final Vertx vertx;
  private final Context context;
  private final int index;
  private final LongSupplier clock;
  private final Timing timing;
  private final MongoClientSettings settings;
  private final MongoClient client;
  private final MongoDatabase db;
  private final Pulse pulse = new Pulse();
  private final List<Runnable> onRebirth = new ArrayList<>();
  private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();
  private final AtomicInteger slots = new AtomicInteger();
  private volatile Incarnation incarnation;
  private volatile boolean closed;

  private MongoSet(Vertx vertx, int index, String uri, LongSupplier clock, Timing timing) {
    this.vertx = vertx;
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.index = index;
    this.clock = clock;
    this.timing = timing;
    ConnectionString address = new ConnectionString(uri);
    this.settings = settings(vertx, address);
    ClusterListener primary = new ClusterListener() {
      @Override
      public void clusterDescriptionChanged(ClusterDescriptionChangedEvent event) {
        if (event.getNewDescription().hasWritableServer()) beatSoon();
        else doubt();
      }
    };
    this.client = MongoClients.create(MongoClientSettings.builder(settings).applyToClusterSettings(s -> s.addClusterListener(primary)).build());
    this.db = client.getDatabase(address.getDatabase() == null ? "godwit" : address.getDatabase());
  }

  /** Connects, checks the set's settings and begins a life in it. Fails with a sentence that names the set. */
  public static Future<MongoSet> open(Vertx vertx, int index, String uri, LongSupplier clock) {
    return open(vertx, index, uri, clock, Timing.DEFAULT);
  }

  /** The same with another pace, for tests. */
  public static Future<MongoSet> open(Vertx vertx, int index, String uri, LongSupplier clock, Timing timing) {
    MongoSet set = new MongoSet(vertx, index, uri, clock, timing);
    return set.join().map(set).recover(e -> set.disconnect().transform(gone -> Future.failedFuture(e)));
  }

  /** Connects without a life of its own: for tools that only read. */
  public static MongoSet connect(Vertx vertx, int index, String uri, LongSupplier clock) {
    return new MongoSet(vertx, index, uri, clock, Timing.DEFAULT);
  }

  /** Checks the set's settings and begins a life in it. May be tried again after it failed. */
  Future<Void> join() {
    Promise<Void> joined = Promise.promise();
    context.runOnContext(v -> checkSettings().compose(ok -> indexMarks()).compose(ok -> indexLiving())
      .compose(ok -> closed ? Future.failedFuture(this + " is closed") : begin()).onComplete(joined));
    return joined.future();
  }

  private static MongoClientSettings settings(Vertx vertx, ConnectionString address) {
    return MongoClientSettings.builder()
      .applyToSocketSettings(s -> s.readTimeout(5, TimeUnit.SECONDS).connectTimeout(2, TimeUnit.SECONDS))
      .applyToClusterSettings(s -> s.serverSelectionTimeout(10, TimeUnit.SECONDS))
      // after "not primary" the driver asks a server again only at the next heartbeat: 10 s by default
      .applyToServerSettings(s -> s.heartbeatFrequency(1, TimeUnit.SECONDS).minHeartbeatFrequency(100, TimeUnit.MILLISECONDS))
      .applyToConnectionPoolSettings(s -> s.maxSize(40).maxWaitTime(10, TimeUnit.SECONDS))   // 120 by default: those who ask have long gone
      .retryWrites(true)
      .applyConnectionString(address)
      .writeConcern(WriteConcern.MAJORITY.withJournal(true))
      .transportSettings(TransportSettings.nettyBuilder().eventLoopGroup(((VertxInternal) vertx).nettyEventLoopGroup())
        .socketChannelClass(NioSocketChannel.class).build())
      .build();
  }

  /** Asks every member that answers: any of them may be the next primary. */
  private Future<Void> checkSettings() {
    return Mongo.first(context, client.getDatabase("admin").runCommand(new Document("hello", 1)))
      .compose(hello -> hello.containsKey("hosts") ? Future.all(hello.getList("hosts", String.class).stream().map(this::checkMember).toList())
        : Future.failedFuture(new IllegalStateException("MongoDB " + this + " is no replica set: Godwit needs one, if only of one member")))
      .mapEmpty();
  }

  private Future<Void> checkMember(String host) {
    MongoClient member = MongoClients.create(MongoClientSettings.builder(settings).applyToClusterSettings(s -> s.hosts(List.of(new ServerAddress(host)))
      .mode(ClusterConnectionMode.SINGLE).requiredReplicaSetName(null).serverSelectionTimeout(2, TimeUnit.SECONDS)).build());
    return Mongo.first(context, member.getDatabase("admin").runCommand(new Document("getParameter", 1).append("transactionLifetimeLimitSeconds", 1)))
      .recover(e -> {
        log.warn("MongoDB {}: the settings of {} cannot be checked now: {}", this, host, e.getMessage());
        return Future.succeededFuture();
      })
      .eventually(() -> vertx.executeBlocking(() -> {
        member.close();
        return null;
      }))
      .compose(answer -> {
        int seconds = answer == null ? 0 : answer.get("transactionLifetimeLimitSeconds", Number.class).intValue();
        return seconds <= TRANSACTION_LIFETIME_SECONDS ? Future.succeededFuture() : Future.failedFuture(new IllegalStateException(
          "MongoDB " + this + ": " + host + " runs with transactionLifetimeLimitSeconds=" + seconds + "; start every member with --setParameter transactionLifetimeLimitSeconds="
            + TRANSACTION_LIFETIME_SECONDS));
      });
  }

  private Future<Void> indexMarks() {
    return Mongo.first(context, db.getCollection(UnitOfWork.MARKS).createIndex(Indexes.ascending("at"), new IndexOptions().expireAfter(1L, TimeUnit.DAYS))).mapEmpty();
  }

  /** Who asks for those that live would read all that ever lived otherwise. */
  private Future<Void> indexLiving() {
    return Mongo.first(context, db.getCollection(Incarnation.COLLECTION).createIndex(Indexes.ascending("alive"),
      new IndexOptions().partialFilterExpression(Filters.eq("alive", true)))).mapEmpty();
  }

  private Future<Void> begin() {
    return Incarnation.begin(this, context).compose(life -> {
      life.onDeath(gone -> rebirth());
      incarnation = life;
      return closed ? life.end() : Future.succeededFuture();
    });
  }

  private void rebirth() {
    if (closed) return;
    begin().onSuccess(v -> List.copyOf(onRebirth).forEach(Runnable::run)).onFailure(e -> {
      if (closed) return;
      log.warn("cannot begin a new life in {}: {}", this, e.toString());
      vertx.setTimer(1_000, t -> context.runOnContext(v -> rebirth()));
    });
  }

  /** Runs the action, on the set's context, after this process was found dead here and has begun a new life. */
  public void onRebirth(Runnable action) {
    context.runOnContext(v -> onRebirth.add(action));
  }

  /** The one object of that kind which this process has about the set, made when it is first asked for. Any thread. */
  public <T> T shared(Class<T> kind, Supplier<T> first) {
    return kind.cast(shared.computeIfAbsent(kind, k -> first.get()));
  }

  /** Creates a collection unless it is there. Ends on the caller's context: whoever prepares his collections first goes on from there, and listens there. */
  public Future<Void> ensureCollection(String name) {
    return Mongo.first(here(), db.createCollection(name)).<Void>mapEmpty()
      .recover(e -> e instanceof MongoCommandException m && m.getErrorCode() == 48 ? Future.succeededFuture() : Future.failedFuture(e));
  }

  /**
   * Completes when all that this process saw committed at the primary is on a majority: a write of our own, later in the
   * oplog, that is acknowledged by one.
   */
  public Future<Void> barrier(Context context) {
    return Mongo.first(context, db.getCollection("counters").updateOne(Filters.eq("_id", "barrier"), Updates.inc("value", 1L), new UpdateOptions().upsert(true)))
      .mapEmpty();
  }

  /** Opens a sequence of units of work on the caller's context, under a name of its own: any number may be of one kind. */
  public CommitSlot slot(String kind) {
    return new CommitSlot(this, here(), kind + "-" + slots.incrementAndGet());
  }

  public Vertx vertx() {
    return vertx;
  }

  /** The context of whoever asks: on it he goes on, for what is confined to it. */
  public Context here() {
    return vertx.getOrCreateContext();
  }

  /** The context on which the set's own upkeep runs, and nothing else. */
  public Context context() {
    return context;
  }

  public int index() {
    return index;
  }

  public LongSupplier clock() {
    return clock;
  }

  public Timing timing() {
    return timing;
  }

  public MongoClient client() {
    return client;
  }

  public MongoDatabase db() {
    return db;
  }

  public Incarnation incarnation() {
    return incarnation;
  }

  Pulse pulse() {
    return pulse;
  }

  /**
   * Something failed here, or takes so long, as when the primary is gone: until a beat says otherwise what can go elsewhere does. Any thread.
   */
  public void doubt() {
    if (!pulse.doubt(System.nanoTime())) return;
    Incarnation life = incarnation;
    if (life == null || closed) return;
    log.warn("{} is in doubt: new work goes elsewhere until it answers", this);
    life.beatSoon();
  }

  private void beatSoon() {
    Incarnation life = incarnation;
    if (life != null && !closed && pulse.isDoubted()) life.beatSoon();
  }

  /** Whether it was joined and its last beat was acknowledged a moment ago: what is in it can be worked on, an election apart. */
  public boolean isTrusted() {
    Incarnation life = incarnation;
    return !closed && life != null && life.isTrusted();
  }

  /** Whether new work should go here rather than elsewhere: it is trusted, and nothing has spoken against it since its last beat. */
  public boolean isHealthy() {
    return isTrusted() && pulse.isGood(System.nanoTime());
  }

  public boolean isClosed() {
    return closed;
  }

  public Future<Void> close() {
    closed = true;
    Incarnation life = incarnation;
    return (life == null ? Future.<Void>succeededFuture() : life.end()).transform(done -> disconnect());
  }

  /** On a worker thread: the driver's close waits for an answer that an event loop would have to read. */
  private Future<Void> disconnect() {
    return vertx.executeBlocking(() -> {
      client.close();
      return null;
    });
  }

  @Override
  public String toString() {
    return "set " + index;
  }
}
