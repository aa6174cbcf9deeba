package io.godwit.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.currentDate;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteManyModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/**
 * The writes of one stage step, as one MongoDB transaction. Every attempt writes the same documents under the same ids, so
 * that a duplicate key on a later attempt means that an earlier one did commit; inserts therefore go first, and a unit that
 * has none leaves its number in its slot's mark. Every change says what it must match: one that matches less makes the whole
 * unit fail with {@link Fenced} and leave no trace.
 */
public final class UnitOfWork {
  /** What the last unit without inserts was, a document a slot; forgotten when the slot has long been gone. */
  static final String MARKS = "marks";

  private final Map<String, List<RawBsonDocument>> inserts = new LinkedHashMap<>();
  private final Map<String, Changes> changes = new LinkedHashMap<>();

  /** Changes of one collection, and how many documents they must hit. */
  private static final class Changes {
    final List<WriteModel<RawBsonDocument>> models = new ArrayList<>();
    int expected;
  }

  /** The document must carry its {@code _id}. */
  public UnitOfWork insert(String collection, RawBsonDocument document) {
    inserts.computeIfAbsent(collection, c -> new ArrayList<>()).add(document);
    return this;
  }

  /** Changes exactly one document. */
  public UnitOfWork update(String collection, Bson filter, Bson update) {
    return change(collection, new UpdateOneModel<>(filter, update), 1);
  }

  /** Deletes exactly as many documents as expected. */
  public UnitOfWork delete(String collection, Bson filter, int expected) {
    return change(collection, new DeleteManyModel<>(filter), expected);
  }

  private UnitOfWork change(String collection, WriteModel<RawBsonDocument> model, int expected) {
    Changes of = changes.computeIfAbsent(collection, c -> new Changes());
    of.models.add(model);
    of.expected += expected;
    return this;
  }

  public boolean isEmpty() {
    return inserts.isEmpty() && changes.isEmpty();
  }

  /**
   * Runs the writes in the session's open transaction, one after the other: a session serves one operation at a time.
   *
   * @param slot the mark that no other slot writes
   * @param number the same for all attempts of this unit, and of no other unit
   */
  Future<Void> apply(Context context, MongoDatabase db, ClientSession session, String slot, long number) {
    Future<Void> done = inserts.isEmpty() ? mark(context, db, session, slot, number) : Future.succeededFuture();
    for (var insert : inserts.entrySet()) {
      done = done.compose(v -> Mongo.first(context,
        db.getCollection(insert.getKey(), RawBsonDocument.class).insertMany(session, insert.getValue())).mapEmpty());
    }
    for (var change : changes.entrySet()) {
      done = done.compose(v -> Mongo.first(context,
          db.getCollection(change.getKey(), RawBsonDocument.class).bulkWrite(session, change.getValue().models, new BulkWriteOptions().ordered(true)))
        .compose(result -> checked(change.getKey(), change.getValue().expected, result)));
    }
    return done;
  }

  /** Where the number stands already nothing matches, and the insert that is tried instead meets the mark: a duplicate id, as of any other insert. */
  private static Future<Void> mark(Context context, MongoDatabase db, ClientSession session, String slot, long number) {
    return Mongo.first(context, db.getCollection(MARKS).updateOne(session, and(eq("_id", slot), ne("unit", number)),
      combine(set("unit", number), currentDate("at")), new UpdateOptions().upsert(true))).mapEmpty();
  }

  private static Future<Void> checked(String collection, int expected, BulkWriteResult result) {
    int hit = result.getMatchedCount() + result.getDeletedCount();
    return hit == expected ? Future.succeededFuture()
      : Future.failedFuture(new Fenced("a unit of work expected " + expected + " documents in " + collection + " and met " + hit));
  }

  /** Somebody else has changed what this unit of work stood on; none of it took effect. */
  public static final class Fenced extends RuntimeException {
    public Fenced(String message) {
      super(message, null, false, false);
    }
  }
}
