package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The collection of parcels in one set, and the updates on it that are not part of a unit of work. */
final class Parcels {
  static final String COLLECTION = "parcels";
  /** An open transaction on one of the documents holds an update up for so long at most: a claim, and one of the upkeep. */
  static final int CLAIM_MAX_MS = 250;
  static final int UPKEEP_MAX_MS = 1_000;
  private static final Logger log = LoggerFactory.getLogger(Parcels.class);

  private final MongoSet set;

  Parcels(MongoSet set) {
    this.set = set;
  }

  MongoCollection<Document> all() {
    return set.db().getCollection(COLLECTION);
  }

  /** The same as bytes: the driver copies them, and reads nothing. */
  MongoCollection<RawBsonDocument> whole() {
    return set.db().getCollection(COLLECTION, RawBsonDocument.class);
  }

  /** What {@link #whole} found, as parcels; fails if one of them cannot be read. */
  Future<List<Parcel>> read(Context context, Publisher<RawBsonDocument> found) {
    return Mongo.all(context, found).map(all -> all.stream().map(Parcel::read).toList());
  }

  /**
   * The same without those that cannot be read, since somebody has changed them by hand or a later release wrote them: at the front of a queue
   * one would hold up everything behind it. They stay stored, and the log names them.
   */
  Future<List<Parcel>> readable(Context context, Publisher<RawBsonDocument> found) {
    return Mongo.all(context, found).map(all -> all.stream().map(stored -> {
      try {
        return Parcel.read(stored);
      } catch (RuntimeException e) {
        log.error("parcel {} of queue {} in {} cannot be read, and stays where it is", stored.get("_id"), stored.get("q"), set, e);
        return null;
      }
    }).filter(Objects::nonNull).toList());
  }

  /** What an update of all that match says to MongoDB. */
  static Document each(Document filter, Document change) {
    return new Document("q", filter).append("u", new Document("$set", change)).append("multi", true);
  }

  /** The fields of a parcel that anybody may claim, under a new token. */
  Document freed() {
    return new Document("s", "ready").append("by", 0).append("token", set.incarnation().nextToken());
  }

  /**
   * Puts the parcel under another token, if it is leased to that incarnation. A failure says nothing about whether it took effect.
   *
   * @return the parcel as it was before; null if it is not leased to it
   */
  Future<RawBsonDocument> retake(Context context, String id, int by, long token) {
    return Mongo.first(context, whole().findOneAndUpdate(and(eq("_id", id), eq("s", "leased"), eq("by", by)), Updates.set("token", token),
      new FindOneAndUpdateOptions().maxTime(CLAIM_MAX_MS, TimeUnit.MILLISECONDS).returnDocument(ReturnDocument.BEFORE)));
  }

  /**
   * Runs the updates in order until one is held up. A failure says nothing about which of them took effect.
   *
   * @param durable whether an election must not undo them
   * @return how many parcels were changed
   */
  Future<Integer> update(Context context, int maxMs, boolean durable, List<Document> updates) {
    Document command = new Document("update", COLLECTION).append("updates", updates).append("ordered", true).append("maxTimeMS", maxMs)
      .append("writeConcern", durable ? new Document("w", "majority").append("j", true) : new Document("w", 1));
    return Mongo.first(context, set.db().runCommand(command)).compose(answer -> answer.containsKey("writeErrors") || answer.containsKey("writeConcernError")
      ? Future.failedFuture(new IllegalStateException("parcels were not updated as asked: " + answer.toJson()))
      : Future.succeededFuture(answer.getInteger("nModified")));
  }

  /** The same, so that no election undoes them. */
  Future<Integer> update(Context context, int maxMs, List<Document> updates) {
    return update(context, maxMs, true, updates);
  }
}
