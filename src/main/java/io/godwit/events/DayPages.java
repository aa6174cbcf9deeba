package io.godwit.events;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/** The pages of one live day as a majority has them, for those who copy them. */
final class DayPages {
  /** Pages of one read, and of one gzip member in the archive: some megabytes at most. */
  private static final int PAGES = 64;

  private final Context context;
  private final MongoCollection<RawBsonDocument> day;

  DayPages(Context context, MongoSet set, String day) {
    this.context = context;
    this.day = set.db().getCollection(day, RawBsonDocument.class).withReadConcern(ReadConcern.MAJORITY);
  }

  Future<Long> count() {
    return Mongo.first(context, day.countDocuments());
  }

  /** By id. */
  Future<Map<String, RawBsonDocument>> get(Collection<String> ids) {
    return Mongo.all(context, day.find(Filters.in("_id", ids))).map(found -> {
      Map<String, RawBsonDocument> pages = new HashMap<>();
      for (RawBsonDocument page : found) pages.put(id(page), page);
      return pages;
    });
  }

  static String id(RawBsonDocument page) {
    return page.getString("_id").getValue();
  }

  /** Shows all pages to the visitor by rising {@code ts} and id, some at a time; the next ones are read when it is done. */
  Future<Void> each(Function<List<RawBsonDocument>, Future<Void>> visitor) {
    Promise<Void> end = Promise.promise();
    next(null, visitor, end);
    return end.future();
  }

  /** Not composed, as there are thousands of turns. */
  private void next(RawBsonDocument after, Function<List<RawBsonDocument>, Future<Void>> visitor, Promise<Void> end) {
    Future<List<RawBsonDocument>> read = Mongo.all(context, day.find(later(after)).sort(Sorts.ascending("ts", "_id")).limit(PAGES));
    read.compose(some -> some.isEmpty() ? Future.succeededFuture() : visitor.apply(some)).onComplete(done -> context.runOnContext(v -> {
      if (done.failed()) end.fail(done.cause());
      else if (read.result().size() < PAGES) end.complete();
      else next(read.result().get(PAGES - 1), visitor, end);
    }));
  }

  private static Bson later(RawBsonDocument page) {
    if (page == null) return Filters.empty();
    return Filters.or(Filters.gt("ts", page.get("ts")), Filters.and(Filters.eq("ts", page.get("ts")), Filters.gt("_id", page.get("_id"))));
  }
}
