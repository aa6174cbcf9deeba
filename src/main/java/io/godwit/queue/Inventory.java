package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.elemMatch;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.nin;
import static com.mongodb.client.model.Filters.not;
import static com.mongodb.client.model.Filters.regex;

import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Indexes;
import io.godwit.message.MessageId;
import io.godwit.store.Snapshot;
import io.vertx.core.Context;
import io.godwit.store.MongoSet;
import io.godwit.store.Mongo;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Which messages are in which parcels, by when they were accepted. Receipts and notices are no messages, and left out. */
public final class Inventory {
  private Inventory() {
  }

  /**
   * One message where it waits.
   *
   * @param n number of its last event, as the parcel says
   */
  public record Place(String id, int n, String queue, String parcel) { }

  /** Visits what is in the parcels and has not left, of the parcels that hold a message that was accepted in [from, to). */
  public static Future<Void> each(Snapshot snapshot, long from, long to, Consumer<Place> visitor) {
    return snapshot.each(Parcels.COLLECTION, and(lt("lo", MessageId.lowest(to)), gte("hi", MessageId.lowest(from)), ofMessages()), parcel -> {
      for (Document item : parcel.getList("m", Document.class, List.of())) {
        if (!item.getBoolean("d", false)) visitor.accept(new Place(item.getString("id"), item.getInteger("n"), parcel.getString("q"), parcel.getString("_id")));
      }
    });
  }

  /** When the first message of a parcel was accepted, of the parcels that begin at {@code from} or later; {@link Long#MAX_VALUE} when there are none. */
  public static Future<Long> next(Snapshot snapshot, long from) {
    return snapshot.first(Parcels.COLLECTION, and(gte("lo", MessageId.lowest(from)), ofMessages()), Indexes.ascending("lo", "hi"))
      .map(parcel -> parcel == null ? Long.MAX_VALUE : MessageId.millis(parcel.getString("lo")));
  }

  private static Bson ofMessages() {
    return and(nin("q", Parcel.RECEIPTS, Parcel.STRANGERS), not(regex("q", "^deliver\\.")));
  }

  /** How many parcels of notices wait for customers' receivers, or are being told: a look into an index. */
  public static Future<Long> notices(Context context, MongoSet set) {
    return Mongo.first(context, set.db().getCollection(Parcels.COLLECTION).countDocuments(and(in("s", "ready", "leased", "later"),
      gte("q", Parcel.deliver("")), lt("q", "deliver/"))));
  }

  /**
   * What waits in a queue, or is held by its stage.
   *
   * @param more whether there are parcels whose messages were not counted
   */
  public record Waiting(long messages, long parcels, boolean more) {
    public Waiting plus(Waiting other) {
      return new Waiting(messages + other.messages, parcels + other.parcels, more || other.more);
    }
  }

  /** @param most parcels whose messages are counted, which takes reading them */
  public static Future<Waiting> waiting(Context context, MongoSet set, String queue, int most) {
    Document left = new Document("$size", new Document("$filter", new Document("input", "$m").append("cond", new Document("$ne", List.of("$$this.d", true)))));
    List<Bson> counting = List.of(Aggregates.match(ofQueue(queue)), Aggregates.limit(most), Aggregates.group(null, Accumulators.sum("messages", left)));
    return parcels(context, set, queue).compose(parcels -> Mongo.first(context, set.db().getCollection(Parcels.COLLECTION).aggregate(counting))
      .map(sum -> new Waiting(sum == null ? 0 : sum.get("messages", Number.class).longValue(), parcels, parcels > most)));
  }

  private static Bson ofQueue(String queue) {
    return and(in("s", "ready", "leased", "later"), eq("q", queue));
  }

  /** How many parcels wait in one queue, or are held by its stage: a look into an index. */
  public static Future<Long> parcels(Context context, MongoSet set, String queue) {
    return Mongo.first(context, set.db().getCollection(Parcels.COLLECTION).countDocuments(ofQueue(queue)));
  }

  /** How many of them hold a message that was routed to the link: each is looked into. */
  public static Future<Long> parcels(Context context, MongoSet set, String queue, String link) {
    return Mongo.first(context, set.db().getCollection(Parcels.COLLECTION).countDocuments(and(ofQueue(queue), elemMatch("m", and(eq("link", link), ne("d", true))))));
  }

  /** How many parcels there are, of any kind. */
  public static Future<Long> count(Context context, MongoSet set) {
    return Mongo.first(context, set.db().getCollection(Parcels.COLLECTION).countDocuments());
  }
}
