package io.godwit.reporting;

import static io.godwit.testing.Await.await;

import io.godwit.events.EventStream;
import io.godwit.message.Event;
import io.godwit.store.CommitSlot;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.UnitOfWork;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.PostgresServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;

/** One set on a real mongod, an empty reporting database on a real PostgreSQL, and projections between them. Calls block. */
final class Stand implements AutoCloseable {
  static final JsonObject QUICK = new JsonObject().put("pollMs", 20).put("watchMs", 50);

  final Vertx vertx = Vertx.vertx();
  final MongoSet set;
  final EventStream events;
  final PostgresServer postgres;
  final String uri;
  final Pool pool;
  final Context context = vertx.getOrCreateContext();
  private final List<Running> running = new ArrayList<>();

  /** A projection with a pool of its own, as in a process of its own. */
  record Running(Projection projection, Pool pool, Lag lag) { }

  Stand() {
    this(PostgresServer.shared());
  }

  Stand(PostgresServer postgres) {
    this(postgres, MongoCluster.shared());
  }

  Stand(PostgresServer postgres, MongoCluster mongo) {
    this(postgres, mongo, 0, postgres.freshDatabase());
  }

  private Stand(PostgresServer postgres, MongoCluster mongo, int number, String uri) {
    this.postgres = postgres;
    this.uri = uri;
    String address = mongo.uri().replace("/?", "/" + mongo.freshDatabase() + "?");
    set = await(MongoSet.open(vertx, number, address, System::currentTimeMillis));
    events = new EventStream(set);
    await(events.prepareDays());
    pool = ReportingDatabase.writers(vertx, uri, 1);
    await(new Schema(vertx).prepare(pool));
  }

  /** The next set, which reports into the same database. */
  Stand another() {
    return new Stand(postgres, MongoCluster.shared(), set.index() + 1, uri);
  }

  /** Commits the events as pages. */
  void write(List<Event> some) {
    UnitOfWork work = new UnitOfWork();
    events.append(work, some);
    Await.on(context, () -> {
      CommitSlot slot = set.slot("t");
      return slot.run(work).onComplete(done -> slot.close());
    });
  }

  /** A page as the event stream makes it, with an id and a {@code ts} of our choice; 0 = mongod's. */
  RawBsonDocument page(String id, long ts, List<Event> some) {
    return Mongo.encode(1024, writer -> {
      writer.writeString("_id", id);
      writer.writeTimestamp("ts", new BsonTimestamp(ts));
      writer.writeStartArray("e");
      some.forEach(event -> event.write(writer));
      writer.writeEndArray();
    });
  }

  void insert(String collection, RawBsonDocument page) {
    await(Mongo.first(context, set.db().getCollection(collection, RawBsonDocument.class).insertOne(page)));
  }

  Running project() {
    return project(QUICK);
  }

  Running project(JsonObject config) {
    Pool own = ReportingDatabase.writers(vertx, uri, 1);
    Lag lag = new Lag(new SimpleMeterRegistry(), 0, System::currentTimeMillis);
    Schema schema = new Schema(vertx);
    Running run = new Running(new Projection(set, context, own, ReportingConfig.from(config), () -> schema.prepare(own), "test", lag), own, lag);
    running.add(run);
    context.runOnContext(v -> run.projection.start());
    return run;
  }

  void stop(Running run) {
    running.remove(run);
    await(Await.start(context, run.projection::stop).transform(done -> run.pool.close()));
  }

  /** As a process that dies: its connections end, and nobody says goodbye. */
  static void kill(Running run) {
    await(run.pool.close());
  }

  /** Waits until every page of the set is applied, and no more than that. */
  void awaitCaughtUp() {
    long pages = pagesWritten();
    Await.until("all " + pages + " pages are applied", 120, () -> {
      try {
        return pagesApplied() == pages;
      } catch (RuntimeException e) {
        return false;   // a test that breaks connections may have broken this one, too
      }
    });
  }

  long pagesWritten() {
    return await(Mongo.all(context, set.db().listCollectionNames())).stream().filter(n -> n.startsWith("events_"))
      .mapToLong(n -> await(Mongo.first(context, set.db().getCollection(n).countDocuments()))).sum();
  }

  long pagesApplied() {
    return number("SELECT coalesce(sum(pages), 0)::bigint FROM projected_day");
  }

  long number(String sql) {
    return await(pool.query(sql).execute()).iterator().next().getLong(0);
  }

  /** 0 before anybody projected. */
  long epoch() {
    return number("SELECT coalesce(max(epoch), 0) FROM projector");
  }

  List<String> lines(String sql) {
    List<String> lines = new ArrayList<>();
    await(pool.query(sql).execute()).forEach(row -> {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) values.add(row.getValue(i) instanceof Object[] many ? List.of(many).toString() : String.valueOf(row.getValue(i)));
      lines.add(String.join("|", values));
    });
    return lines;
  }

  static Throwable failure(Future<?> future) {
    return await(future.<Throwable>map(v -> null).recover(Future::succeededFuture));
  }

  @Override
  public void close() {
    List.copyOf(running).forEach(this::stop);
    await(pool.close());
    await(set.close());
    await(vertx.close());
  }
}
