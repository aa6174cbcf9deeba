package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.ne;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.events.EventStream;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;

/** The durable queue in one replica set; see the room's package-info for the states of a parcel. */
public final class MongoQueue implements MessageQueue {
  static final String ALLOTMENTS = "allotments";

  private final MongoSet set;
  private final EventStream events;
  private final Consumers consumers;
  private final Holdings holdings;
  private final Parcels stored;
  private final Claims claims;
  private final Fronts fronts;
  private final Rescue rescue;
  private final QueueMeters meters;
  private final DeadLetterGauge deadLetters;

  private MongoQueue(MongoSet set, MeterRegistry registry) {
    this.set = set;
    this.meters = new QueueMeters(registry);
    this.deadLetters = new DeadLetterGauge(set, new DeadLetters(set), registry);
    this.events = new EventStream(set);
    this.consumers = new Consumers(set.vertx(), set.index());
    this.holdings = new Holdings();
    this.stored = new Parcels(set);
    this.claims = new Claims(set, stored, holdings);
    this.fronts = new Fronts(set, stored);
    this.rescue = new Rescue(set, stored, consumers, holdings, fronts);
  }

  /** Without meters. */
  public static Future<MongoQueue> open(MongoSet set) {
    return open(set, new CompositeMeterRegistry());
  }

  /** Creates collections and indexes where they are missing, and begins to poll and to sweep. */
  public static Future<MongoQueue> open(MongoSet set, MeterRegistry registry) {
    MongoQueue queue = new MongoQueue(set, registry);
    return set.ensureCollection(Parcels.COLLECTION)
      .compose(v -> set.ensureCollection(ALLOTMENTS))
      .compose(v -> new DeadLetters(set).prepare())
      .compose(v -> queue.events.prepareDays())
      .compose(v -> queue.index())
      .onSuccess(v -> queue.rescue.start(queue.events, queue.deadLetters))
      .map(queue);
  }

  private Future<Void> index() {
    MongoCollection<Document> parcels = stored.all();
    return index(parcels, Indexes.ascending("s", "q", "lane", "rank", "weight", "_id"), new IndexOptions())
      .compose(v -> Mongo.first(set.here(), parcels.dropIndex("s_1_q_1_lane_1_rank_1")).<Void>mapEmpty().otherwiseEmpty()) // an earlier release's
      .compose(v -> index(parcels, Indexes.ascending("s", "at"), new IndexOptions().partialFilterExpression(eq("s", "later"))))
      .compose(v -> index(parcels, Indexes.ascending("s", "by"), new IndexOptions().partialFilterExpression(eq("s", "leased"))))
      .compose(v -> index(parcels, Indexes.ascending("s", "exp"), new IndexOptions().partialFilterExpression(eq("s", "ready"))))
      .compose(v -> index(parcels, Indexes.ascending("lo", "hi"), new IndexOptions()))
      .compose(v -> index(parcels, Indexes.ascending("m.parts.c"), new IndexOptions().partialFilterExpression(new Document("m.parts.c", new Document("$exists", true)))))
      // those that are not empty, and the emptied by age; without a field that a step asks for, or each would weigh this index against that of the ids
      .compose(v -> index(set.db().getCollection(ALLOTMENTS), Indexes.ascending("drained", "closedAt"), new IndexOptions()));
  }

  private Future<Void> index(MongoCollection<Document> collection, Bson keys, IndexOptions options) {
    return Mongo.first(set.here(), collection.createIndex(keys, options)).mapEmpty();
  }

  private Context here() {
    return set.here();
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
  public boolean holds(Parcel parcel) {
    return holdings.knows(parcel.token);
  }

  @Override
  public boolean isTrusted(Parcel parcel) {
    return isTrusted() && holds(parcel);
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
  public void follow(Endings endings) {
    consumers.follow(endings);
  }

  @Override
  public Slot openSlot(String kind) {
    return new MongoSlot(this, set, events, consumers, holdings, stored, set.slot(kind), meters.slots(kind));
  }

  @Override
  public Future<Void> absorb(Step step) {
    return consumers.absorb(step, now());
  }

  @Override
  public Future<List<Parcel>> claim(String queue, Lane last, int most, int tryable) {
    return claims.claim(here(), queue, last, most, tryable).onSuccess(parcels -> meters.claimed(queue, parcels.size()));
  }

  @Override
  public Future<List<Parcel>> claimExpired(int most) {
    return claims.claimExpired(here(), now(), most);
  }

  @Override
  public Future<List<Parcel>> waiting(Context context, String queue, Lane lane, long from, Collection<String> except, int most) {
    return claims.waiting(context, queue, lane, from, except, most);
  }

  @Override
  public long lag(String queue, Lane lane) {
    return fronts.lag(queue, lane);
  }

  @Override
  public Future<Void> giveBack(Collection<Parcel> parcels, boolean submitted) {
    if (parcels.isEmpty()) return Future.succeededFuture();
    List<Document> updates = new ArrayList<>();
    for (Parcel parcel : parcels) {
      Document free = stored.freed();
      if (!submitted) free.append("tried", parcel.triedBefore);
      updates.add(Parcels.each(new Document("_id", parcel.id).append("token", parcel.token), free));
    }
    return stored.update(here(), Parcels.UPKEEP_MAX_MS, updates).<Void>mapEmpty().andThen(done -> {
      holdings.forget(parcels);
      parcels.forEach(parcel -> consumers.announce(parcel.queue, parcel.lane));
    });
  }

  @Override
  public Future<List<Parcel>> awaiting(Context context, Collection<Long> keys) {
    if (keys.isEmpty()) return Future.succeededFuture(List.of());
    return stored.read(context, stored.whole().find(and(in("m.parts.c", keys), new Document("m.parts.c", new Document("$exists", true)))));
  }

  @Override
  public Future<Parcel> holding(Context context, String messageId) {
    return stored.read(context, stored.whole().find(and(lte("lo", messageId), gte("hi", messageId), eq("m.id", messageId))))
      .map(found -> found.stream().filter(p -> p.holds(messageId)).findFirst().orElse(null));
  }

  @Override
  public Future<List<Parcel>> ofBatch(Context context, String batch, String after, int most) {
    Bson theirs = new Document("$elemMatch", new Document("o.batch", batch).append("d", new Document("$ne", true)));
    Bson which = and(gte("hi", batch), lt("lo", MessageId.lowest(MessageId.millis(batch) + Limits.BATCH_SPREAD)), gt("_id", after), Claims.beforeTheCarrier(), new Document("m", theirs));
    return stored.read(context, stored.whole().find(which).hint(Indexes.ascending("lo", "hi")).sort(Indexes.ascending("_id")).limit(most));
  }

  @Override
  public List<String> ready(String prefix) {
    return rescue.ready(prefix);
  }

  @Override
  public Future<List<Depth>> depths(Context context) {
    Document left = new Document("$size", new Document("$filter", new Document("input", "$m").append("cond", new Document("$ne", List.of("$$this.d", true)))));
    return Mongo.all(context, stored.all().aggregate(List.of(
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
    return rescue.stop();
  }
}
