package io.godwit.replies;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.accounts.ApiKey;
import io.godwit.message.Message;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * Knows what a carrier delivers again because our answer was lost: the same text from the same handset to the same number over the same
 * link, within the window. Carriers give inbound messages no ids, so that a person who says the same twice in that time is heard
 * once.
 */
final class Repeats {
  static final String COLLECTION = "mo_seen";
  private static final long KEPT_HOURS = 24;

  private final Sets sets;
  private final long windowMs;

  Repeats(Sets sets, long windowMs) {
    this.sets = sets;
    this.windowMs = windowMs;
  }

  /** Creates collection and index where they are missing; before the first use of the set. */
  Future<Void> open(MongoSet set) {
    return set.ensureCollection(COLLECTION)
      .compose(v -> Mongo.first(set.here(), stored(set).createIndex(Indexes.ascending("at"), new IndexOptions().expireAfter(KEPT_HOURS, TimeUnit.HOURS))))
      .mapEmpty();
  }

  private static MongoCollection<Document> stored(MongoSet set) {
    return set.db().getCollection(COLLECTION);
  }

  /** Whether another message said the same within the window. Notes this one if not; asked again about the same message it answers the same. */
  Future<Boolean> isRepeat(Context context, Message message) {
    MongoSet home = Homes.of(sets, message.from());
    String key = ApiKey.hash(String.join("\n", message.link(), message.from(), message.to(), String.valueOf(message.text())));
    long came = message.acceptedAt();
    Document fresh = new Document("$and", List.of(new Document("$gt", List.of("$at", new Date(came - windowMs))), new Document("$lt", List.of("$at", new Date(came + windowMs)))));
    Document note = new Document("message", new Document("$cond", List.of(fresh, "$message", message.id())))
      .append("at", new Document("$cond", List.of(fresh, "$at", new Date(came))));
    return Homes.ask(home, () -> Mongo.first(context, stored(home).findOneAndUpdate(eq("_id", key), List.of(new Document("$set", note)),
        new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER))))
      .map(seen -> !message.id().equals(seen.getString("message")));
  }
}
