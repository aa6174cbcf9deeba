package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.not;
import static com.mongodb.client.model.Filters.regex;

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
    return and(ne("q", Parcel.RECEIPTS), not(regex("q", "^deliver\\.")));
  }

  /** How many parcels of notices wait for customers' receivers, or are being told: a look into an index. */
  public static Future<Long> notices(Context context, MongoSet set) {
    return Mongo.first(context, set.db().getCollection(Parcels.COLLECTION).countDocuments(and(in("s", "ready", "leased", "later"),
      gte("q", Parcel.deliver("")), lt("q", "deliver/"))));
  }

  /** How many parcels there are, of any kind. */
  public static Future<Long> count(Context context, MongoSet set) {
    return Mongo.first(context, set.db().getCollection(Parcels.COLLECTION).countDocuments());
  }
}
