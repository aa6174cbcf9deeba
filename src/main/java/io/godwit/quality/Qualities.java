package io.godwit.quality;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.node.Node;
import io.godwit.quality.Tally.Pair;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The delivery rates of links as this process knows them, one object a process. Thread-safe; {@link #permille} never waits. */
public final class Qualities {
  /** Ends of messages below which nothing is said. */
  public static final int FEWEST = 100;
  static final long WINDOW_MS = 2 * 3_600_000L;
  static final long BUCKET_MS = 5 * 60_000L;
  private static final Logger log = LoggerFactory.getLogger(Qualities.class);
  private static final String COLLECTION = "quality";
  private static final long EVERY_MS = 5_000;
  /** So much earlier than the newest known a document may have been written, and become visible only now. By MongoDB's clock. */
  private static final long SLACK_MS = 10_000;

  private final Node node;
  private final MongoSet control;
  private final Context context;
  private final String process = new ObjectId().toHexString();
  private final Tally tally = new Tally();
  /** As they were read; on the context. */
  private final Map<String, Bucket> known = new HashMap<>();
  private final MultiGauge gauge;
  private Date newest = new Date(0);
  private boolean busy;
  private volatile Map<String, Map<String, Count>> rates = Map.of();

  private record Bucket(long at, Map<Pair, Count> counts) { }

  private Qualities(Node node) {
    this.node = node;
    this.control = node.sets().control();
    this.context = control.context();
    this.gauge = MultiGauge.builder("godwit.link.delivered.permille").description("delivered of 1,000 messages that ended in two hours; the same in every process")
      .register(node.meters());
  }

  /** Counts and knows from now on, for whoever asks in this process. */
  public static Qualities open(Node node) {
    return node.directory().once(Qualities.class, () -> new Qualities(node).begin());
  }

  private Qualities begin() {
    node.queues().each(queue -> {
      queue.follow(tally);
      return Future.succeededFuture();
    });
    refresh();
    node.vertx().setPeriodic(EVERY_MS, timer -> {
      if (control.isClosed()) node.vertx().cancelTimer(timer);
      else if (control.isTrusted()) refresh().onFailure(e -> log.warn("delivery rates are measured again later: {}", e.toString()));
    });
    context.runOnContext(v -> Mongo.first(context, stored().createIndex(Indexes.ascending("at"), new IndexOptions().expireAfter(2 * WINDOW_MS, TimeUnit.MILLISECONDS).name("by-age")))
      .onFailure(e -> log.warn("the collection of delivery rates is not prepared: {}", e.toString())));
    return this;
  }

  private MongoCollection<Document> stored() {
    return control.db().getCollection(COLLECTION);
  }

  /** @return delivered of 1,000 messages that ended; -1 when that is not known, or of fewer than {@link #FEWEST} */
  public int permille(String link, String country) {
    return rates.getOrDefault(link, Map.of()).getOrDefault(country, Count.NONE).permille();
  }

  /** By link and country. */
  Map<String, Map<String, Count>> rates() {
    return rates;
  }

  /** Writes what was counted here, and reads what others have written. */
  public Future<Void> refresh() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(v -> {
      if (busy) {
        done.complete();
        return;
      }
      busy = true;
      write().compose(written -> read()).onSuccess(read -> show()).andThen(over -> busy = false).onComplete(done);
    });
    return done.future();
  }

  /** Stores what was counted here and is not stored yet: before a process stops, too. */
  public Future<Void> write() {
    if (!control.isTrusted()) return Future.succeededFuture();
    Map<Long, Map<Pair, Count>> taken = tally.take();
    if (taken.isEmpty()) return Future.succeededFuture();
    List<UpdateOneModel<Document>> writes = taken.entrySet().stream().map(bucket -> new UpdateOneModel<Document>(eq("_id", bucket.getKey() + "/" + process),
      Updates.combine(Updates.set("at", new Date(bucket.getKey())), Updates.set("c", documents(bucket.getValue())), Updates.currentDate("written")),
      new UpdateOptions().upsert(true))).toList();
    return Mongo.first(context, stored().bulkWrite(writes)).<Void>mapEmpty().onFailure(e -> tally.again(taken.keySet()));
  }

  private static List<Document> documents(Map<Pair, Count> counts) {
    return counts.entrySet().stream().map(e -> new Document("link", e.getKey().link()).append("country", e.getKey().country()).append("delivered", e.getValue().delivered())
      .append("ended", e.getValue().ended())).toList();
  }

  private Future<Void> read() {
    Date since = new Date(newest.getTime() - SLACK_MS);
    return Mongo.all(context, stored().find(and(gte("written", since), gte("at", new Date(oldest()))))).map(found -> {
      found.forEach(this::learn);
      return null;
    });
  }

  private void learn(Document d) {
    Map<Pair, Count> counts = new HashMap<>();
    for (Document c : d.getList("c", Document.class)) counts.put(new Pair(c.getString("link"), c.getString("country")), new Count(c.getLong("delivered"), c.getLong("ended")));
    known.put(d.getString("_id"), new Bucket(d.getDate("at").getTime(), counts));
    if (d.getDate("written").after(newest)) newest = d.getDate("written");
  }

  private long oldest() {
    return node.now() - WINDOW_MS;
  }

  private void show() {
    long oldest = oldest();
    tally.forget(oldest);
    known.values().removeIf(bucket -> bucket.at < oldest);
    Map<String, Map<String, Count>> sums = new TreeMap<>();
    for (Bucket bucket : known.values()) bucket.counts.forEach((pair, count) -> sums.computeIfAbsent(pair.link(), l -> new TreeMap<>()).merge(pair.country(), count, Count::plus));
    rates = sums;
    gauge.register(sums.entrySet().stream().flatMap(link -> link.getValue().entrySet().stream().filter(country -> country.getValue().permille() >= 0)
      .<Row<?>>map(country -> Row.of(Tags.of("link", link.getKey(), "country", country.getKey()), country.getValue().permille()))).toList(), true);
  }
}
