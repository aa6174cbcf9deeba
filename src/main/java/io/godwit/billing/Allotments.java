package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Date;
import org.bson.Document;

/** The documents of what each commit slot may spend; see the room's package-info. */
final class Allotments {
  static final String COLLECTION = "allotments";

  private Allotments() {
  }

  static MongoCollection<Document> in(MongoSet set) {
    return set.db().getCollection(COLLECTION);
  }

  /** Creates the slot's allotment unless it is there; one that was closed stays closed. */
  static Future<Void> open(Context context, MongoSet set, String allotment) {
    Document fresh = new Document("inc", Integer.parseInt(allotment.substring(0, allotment.indexOf('/')))).append("open", true).append("seq", 0L)
      .append("a", new Document()).append("in", new Document()).append("home", new Document());
    return Mongo.first(context, in(set).updateOne(eq("_id", allotment), new Document("$setOnInsert", fresh), new UpdateOptions().upsert(true))).mapEmpty();
  }

  /** Nothing is reserved from it, released into it or drawn to it any more, for ever. Closing it again changes nothing. */
  static Future<Void> close(Context context, MongoSet set, String allotment) {
    return Mongo.first(context, in(set).updateOne(and(eq("_id", allotment), eq("open", true)),
      Updates.combine(Updates.set("open", false), Updates.set("closedAt", new Date(set.clock().getAsLong()))))).mapEmpty();
  }

  /** As a majority knows it, so that what it says can never be rolled back; null when there is none. */
  static Future<Document> read(Context context, MongoSet set, String allotment) {
    return Mongo.first(context, in(set).withReadConcern(ReadConcern.MAJORITY).find(eq("_id", allotment)));
  }

  /** The name of a slot as a field of a balance: unique over all sets, and without dots. */
  static String key(int set, String allotment) {
    return set + ":" + allotment.replace('.', '~');
  }

  /** A number inside an embedded document of amounts or marks; 0 when it is not there. */
  static long number(Document of, String field, String name) {
    Document inner = of.get(field, Document.class);
    Number value = inner == null ? null : inner.get(name, Number.class);
    return value == null ? 0 : value.longValue();
  }
}
