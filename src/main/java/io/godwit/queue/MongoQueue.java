package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.events.EventStream;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;

/** The durable queue in one replica set; see the room's package-info for the states of a parcel. */
public final class MongoQueue implements MessageQueue {
  static final String COLLECTION = "parcels";
  static final String ALLOTMENTS = "allotments";
  private static final int CLAIM_MAX_MS = 500;

  private final MongoSet set;
  private final EventStream events;
  private final Consumers consumers;
  private final Holdings holdings;
  private final Rescue rescue;
  private final QueueMeters meters;

  private MongoQueue(MongoSet set, MeterRegistry registry) {
    this.set = set;
    this.meters = new QueueMeters(registry);
    this.events = new EventStream(set);
    this.consumers = new Consumers(set);
    this.holdings = new Holdings();
    this.rescue = new Rescue(set, consumers, holdings);
  }

  /** Without meters. */
  public static Future<MongoQueue> open(MongoSet set) {
    return open(set, new CompositeMeterRegistry());
  }

  /** Creates collections and indexes where they are missing, and begins to poll and to sweep. */
  public static Future<MongoQueue> open(MongoSet set, MeterRegistry registry) {
    MongoQueue queue = new MongoQueue(set, registry);
    return set.ensureCollection(COLLECTION)
      .compose(v -> set.ensureCollection(ALLOTMENTS))
      .compose(v -> queue.events.prepareDays())
      .compose(v -> queue.index())
      .onSuccess(v -> queue.rescue.start(queue.events))
      .map(queue);
  }

  private Future<Void> index() {
    MongoCollection<Document> parcels = parcels();
    return index(parcels, Indexes.ascending("s", "q", "lane", "rank"), new IndexOptions())
      .compose(v -> index(parcels, Indexes.ascending("s", "at"), new IndexOptions().partialFilterExpression(eq("s", "later"))))
      .compose(v -> index(parcels, Indexes.ascending("s", "by"), new IndexOptions().partialFilterExpression(eq("s", "leased"))))
      .compose(v -> index(parcels, Indexes.ascending("s", "exp"), new IndexOptions().partialFilterExpression(eq("s", "ready"))))
      .compose(v -> index(parcels, Indexes.ascending("lo"), new IndexOptions()))
      .compose(v -> index(parcels, Indexes.ascending("m.parts.c"), new IndexOptions().partialFilterExpression(new Document("m.parts.c", new Document("$exists", true)))));
  }

  private Future<Void> index(MongoCollection<Document> parcels, Bson keys, IndexOptions options) {
    return Mongo.first(set.context(), parcels.createIndex(keys, options)).mapEmpty();
  }

  private MongoCollection<Document> parcels() {
    return set.db().getCollection(COLLECTION);
  }

  private Context here() {
    return set.vertx().getOrCreateContext();
  }

  @Override
  public int set() {
    return set.index();
  }

  @Override
  public long now() {
    return set.clock().getAsLong();
  }

  @Override
  public String newId() {
    return set.incarnation().ids().next();
  }

  @Override
  public boolean isTrusted() {
    return set.incarnation().isTrusted();
  }

  @Override
  public void attach(Consumer consumer) {
    consumers.add(consumer);
  }

  @Override
  public void detach(Consumer consumer) {
    consumers.remove(consumer);
  }

  @Override
  public Slot openSlot(String name) {
    return new MongoSlot(set, events, consumers, holdings, set.slot(name), meters.slots(name));
  }

  /**
   * Three trips for any number of parcels: their ids, a lease on those that are still ready, and their content. An open
   * transaction on one of them holds the lease up for {@value #CLAIM_MAX_MS} ms at most; what was leased by then is used.
   */
  @Override
  public Future<List<Parcel>> claim(String queue, int most, int tryable) {
    return claim(and(eq("s", "ready"), eq("q", queue)), Indexes.ascending("lane", "rank"), most, tryable)
      .onSuccess(parcels -> meters.claimed(queue, parcels.size()));
  }

  @Override
  public Future<List<Parcel>> claimExpired(int most) {
    Bson beforeTheCarrier = or(eq("q", Parcel.ROUTE), and(gte("q", Parcel.link("")), lt("q", "link/")));
    return claim(and(eq("s", "ready"), lte("exp", new Date(now())), beforeTheCarrier), Indexes.ascending("exp"), most, 0);
  }

  private Future<List<Parcel>> claim(Bson wanted, Bson order, int most, int tryable) {
    Context context = here();
    long token = set.incarnation().nextToken();
    return Mongo.all(context, parcels().find(wanted).sort(order).limit(most).projection(new Document("_id", 1)))
      .compose(found -> {
        if (found.isEmpty()) return Future.succeededFuture(List.of());
        List<String> ids = found.stream().map(d -> d.getString("_id")).toList();
        holdings.expect(token);
        return lease(context, ids, token, tryable)
          .transform(done -> Mongo.all(context, parcels().find(and(in("_id", ids), eq("token", token))).sort(order)))
          .map(mine -> mine.stream().map(Parcel::read).toList())
          .onSuccess(holdings::add)
          .eventually(() -> {
            holdings.forget(token);
            return Future.succeededFuture();
          });
      });
  }

  private Future<Document> lease(Context context, List<String> ids, long token, int tryable) {
    Document change = new Document("s", "leased").append("by", set.incarnation().number()).append("token", token).append("was", "$tried");
    if (tryable > 0) {
      Document size = new Document("$size", "$m");
      change.append("tried", new Document("$cond", List.of(new Document("$gt", List.of("$tried", 0)), "$tried", new Document("$min", List.of(size, tryable)))));
    }
    Document command = new Document("update", COLLECTION)
      .append("updates", List.of(new Document("q", new Document("_id", new Document("$in", ids)).append("s", "ready"))
        .append("u", List.of(new Document("$set", change))).append("multi", true)))
      .append("maxTimeMS", CLAIM_MAX_MS)
      .append("writeConcern", new Document("w", "majority").append("j", true));
    return Mongo.first(context, set.db().runCommand(command));
  }

  @Override
  public Future<Void> giveBack(Collection<Parcel> parcels, boolean submitted) {
    if (parcels.isEmpty()) return Future.succeededFuture();
    List<WriteModel<Document>> models = new ArrayList<>();
    for (Parcel parcel : parcels) {
      Bson free = Updates.combine(Updates.set("s", "ready"), Updates.set("by", 0), Updates.set("token", set.incarnation().nextToken()));
      models.add(new UpdateOneModel<>(and(eq("_id", parcel.id), eq("token", parcel.token)), submitted ? free : Updates.combine(free, Updates.set("tried", 0))));
    }
    return Mongo.first(here(), parcels().bulkWrite(models)).andThen(done -> holdings.remove(parcels)).mapEmpty();
  }

  @Override
  public Future<List<Parcel>> awaiting(Context context, Collection<Long> keys) {
    if (keys.isEmpty()) return Future.succeededFuture(List.of());
    return Mongo.all(context, parcels().find(and(in("m.parts.c", keys), new Document("m.parts.c", new Document("$exists", true)))))
      .map(found -> found.stream().map(Parcel::read).toList());
  }

  @Override
  public Future<Parcel> holding(Context context, String messageId) {
    return Mongo.all(context, parcels().find(and(lte("lo", messageId), gte("hi", messageId), eq("m.id", messageId))))
      .map(found -> found.stream().map(Parcel::read).filter(p -> p.holds(messageId)).findFirst().orElse(null));
  }

  @Override
  public Future<List<Depth>> depths(Context context) {
    Document left = new Document("$size", new Document("$filter", new Document("input", "$m").append("cond", new Document("$ne", List.of("$$this.d", true)))));
    return Mongo.all(context, parcels().aggregate(List.of(
        new Document("$group", new Document("_id", new Document("q", "$q").append("s", "$s"))
          .append("parcels", new Document("$sum", 1)).append("messages", new Document("$sum", left)).append("oldest", new Document("$min", "$lo"))))))
      .map(rows -> rows.stream().map(MongoQueue::depth).toList());
  }

  private static Depth depth(Document row) {
    Document key = row.get("_id", Document.class);
    return new Depth(key.getString("q"), key.getString("s"), row.get("parcels", Number.class).longValue(),
      row.get("messages", Number.class).longValue(), row.getString("oldest"));
  }

  @Override
  public Future<Void> close() {
    rescue.stop();
    return Future.succeededFuture();
  }
}
