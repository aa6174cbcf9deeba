package io.godwit.billing;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import org.bson.Document;

/** The documents of what accounts have and nobody has drawn yet; in the control set; see the room's package-info. */
final class Balances {
  static final String COLLECTION = "balances";

  private Balances() {
  }

  static MongoCollection<Document> in(MongoSet control) {
    return control.db().getCollection(COLLECTION);
  }

  /** Creates an account's balance of nothing unless there is one. */
  static Future<Void> open(Context context, MongoSet control, String account) {
    Document fresh = new Document("seq", 0L).append("free", 0L).append("open", new Document()).append("in", new Document());
    return Mongo.first(context, in(control).updateOne(eq("_id", account), new Document("$setOnInsert", fresh), new UpdateOptions().upsert(true))).mapEmpty();
  }

  /** As a majority knows it; null when there is none. */
  static Future<Document> read(Context context, MongoSet control, String account) {
    return Mongo.first(context, in(control).withReadConcern(ReadConcern.MAJORITY).find(eq("_id", account)));
  }
}
