package io.godwit.events;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import org.bson.RawBsonDocument;

/**
 * What stays in the set of archived days: copies of the pages, under their ids and with their day in {@code of}, that hold the events of
 * messages which still wait in a parcel. So a message that is scheduled for next year has its trail at hand until it is sent. Copies count
 * only when their day is archived; more of them than needed do no harm, and they go when nothing in them waits any more.
 */
final class Carried {
  static final String COLLECTION = "carried";

  private final Context context;
  private final MongoSet set;

  Carried(Context context, MongoSet set) {
    this.context = context;
    this.set = set;
  }

  private MongoCollection<Document> pages() {
    return set.db().getCollection(COLLECTION);
  }

  Future<Void> prepare() {
    return set.ensureCollection(COLLECTION).compose(v -> Mongo.first(context, pages().createIndex(Indexes.ascending("k")))).mapEmpty();
  }

  /** The writes that keep what waits in these pages of a day. For a worker thread. */
  static List<WriteModel<Document>> copies(String day, List<RawBsonDocument> pages, Waiting waiting) {
    if (waiting.isEmpty()) return List.of();
    return pages.stream().map(page -> copy(day, page.decode(DayWriter.DOCUMENTS), waiting)).filter(Objects::nonNull).<WriteModel<Document>>map(copy ->
      new ReplaceOneModel<>(Filters.eq("_id", copy.getString("_id")), copy, new ReplaceOptions().upsert(true))).toList();
  }

  private static Document copy(String day, Document page, Waiting waiting) {
    List<Document> kept = page.getList("e", Document.class).stream().filter(event -> waiting.contains(event.getString("id"))).toList();
    if (kept.isEmpty()) return null;
    List<Long> millis = kept.stream().map(event -> io.godwit.message.MessageId.millis(event.getString("id"))).distinct().toList();
    return page.append("of", day).append("k", millis).append("e", kept);
  }

  Future<Void> keep(List<WriteModel<Document>> copies) {
    return copies.isEmpty() ? Future.succeededFuture() : Mongo.first(context, pages().bulkWrite(copies)).mapEmpty();
  }

  /** Deletes the copies in which nothing waits any more. */
  Future<Void> release(Waiting waiting) {
    List<String> idle = new ArrayList<>();
    return Mongo.each(context, pages().find().projection(Projections.include("e.id")), page -> {
      if (page.getList("e", Document.class).stream().noneMatch(event -> waiting.contains(event.getString("id")))) idle.add(page.getString("_id"));
    }).compose(v -> idle.isEmpty() ? Future.succeededFuture() : Mongo.first(context, pages().deleteMany(Filters.in("_id", idle))).mapEmpty());
  }
}
