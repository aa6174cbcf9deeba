package io.godwit.events;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoWriteException;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;

/**
 * Which days of one set are in the archive: a document a day, {@link Manifest} and {@code at}. From the moment at which it is there the day's
 * pages are those of the files and its {@link Carried} ones; its collection is looked at no more, and dropped later. Confined to one context.
 */
public final class ArchivedDays {
  static final String COLLECTION = "archive";

  private final Context context;
  private final MongoSet set;

  public ArchivedDays(Context context, MongoSet set) {
    this.context = context;
    this.set = set;
  }

  private MongoCollection<Document> days() {
    return set.db().getCollection(COLLECTION);
  }

  /** Names of the archived days from this one on, in order. */
  public Future<List<String>> names(String from) {
    return Mongo.all(context, days().find(Filters.gte("_id", from)).projection(Projections.include("_id")).sort(Sorts.ascending("_id")))
      .map(found -> found.stream().map(d -> d.getString("_id")).toList());
  }

  /** The latest one's name; null when none is archived. Without a gap: all earlier ones are. */
  public Future<String> last() {
    return Mongo.first(context, days().find().projection(Projections.include("_id")).sort(Sorts.descending("_id")).limit(1)).map(d -> d == null ? null : d.getString("_id"));
  }

  /** What all of them hold together. */
  public Future<List<Manifest>> manifests() {
    return Mongo.all(context, days().find().sort(Sorts.ascending("_id"))).map(found -> found.stream().map(d -> Manifest.of(set.index(), d)).toList());
  }

  Future<Manifest> manifest(String day) {
    return Mongo.first(context, days().find(Filters.eq("_id", day))).map(d -> d == null ? null : Manifest.of(set.index(), d));
  }

  /** Those of these days that were archived so long ago that whoever began to read before has ended. */
  Future<Set<String>> before(List<String> of, long at) {
    return Mongo.all(context, days().find(Filters.and(Filters.in("_id", of), Filters.lt("at", new Date(at)))).projection(Projections.include("_id")))
      .map(found -> found.stream().map(d -> d.getString("_id")).collect(Collectors.toSet()));
  }

  /** From now on the day is in the archive; whether it was not before. */
  Future<Boolean> add(Manifest manifest) {
    return Mongo.first(context, days().insertOne(manifest.document(set.clock().getAsLong()))).map(true).recover(e ->
      e instanceof MongoWriteException w && w.getError().getCategory() == ErrorCategory.DUPLICATE_KEY ? Future.succeededFuture(false) : Future.failedFuture(e));
  }
}
