package io.godwit.billing;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

  /** These fields of several, by account, as a majority knows them; without those that are not there. */
  static Future<Map<String, Document>> read(Context context, MongoSet control, List<String> accounts, List<String> fields) {
    return Mongo.all(context, in(control).withReadConcern(ReadConcern.MAJORITY).find(Filters.in("_id", accounts)).projection(Projections.include(fields)))
      .map(found -> found.stream().collect(Collectors.toMap(balance -> balance.getString("_id"), balance -> balance)));
  }
}
