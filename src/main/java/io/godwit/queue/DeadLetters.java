package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.FindPublisher;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.message.Limits;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * The dead letters of one set, as operators see them. A stage writes one in the unit of work in which it gives the item up ({@link Step#deadLetter}), and it
 * goes in the unit of work that does something with it ({@link #takeOut}): of two who decide about one letter, one fails without any effect.
 */
public final class DeadLetters {
  static final String COLLECTION = "dead_letters";
  /** More of one queue are not counted: that there are so many is all that anybody needs to know, and counting them all would cost more the worse it gets. */
  static final int MOST_COUNTED = 10_000;

  private final MongoSet set;

  public DeadLetters(MongoSet set) {
    this.set = set;
  }

  /** Creates collection and indexes where they are missing. */
  Future<Void> prepare() {
    return set.ensureCollection(COLLECTION)
      .compose(v -> Mongo.first(set.here(), stored().createIndex(Indexes.descending("at", "_id"))))
      .compose(v -> Mongo.first(set.here(), stored().createIndex(Indexes.compoundIndex(Indexes.ascending("queue"), Indexes.descending("at", "_id")))))
      .mapEmpty();
  }

  private MongoCollection<Document> stored() {
    return set.db().getCollection(COLLECTION);
  }

  /** A letter's place in the order of {@link #newest}. */
  public record Place(long at, String id) { }

  /**
   * The newest first.
   *
   * @param queue null = of every queue
   * @param since when they were given up at the earliest, milliseconds since 1970
   * @param before only what comes behind that place; null = from the newest
   */
  public Future<List<DeadLetter>> newest(Context context, String queue, long since, Place before, int most) {
    List<Bson> filters = new ArrayList<>(List.of(gte("at", new Date(since))));
    if (queue != null) filters.add(eq("queue", queue));
    if (before != null) {
      Date at = new Date(before.at);
      filters.add(lte("at", at));
      filters.add(or(lt("at", at), lt("_id", before.id)));
    }
    return read(context, stored().find(and(filters)).sort(Indexes.descending("at", "_id")).limit(most));
  }

  /** Those of a queue that were given up before that time, milliseconds since 1970, the oldest first. */
  public Future<List<DeadLetter>> oldest(Context context, String queue, long before, int most) {
    return read(context, stored().find(and(eq("queue", queue), lt("at", new Date(before)))).sort(Indexes.ascending("at", "_id")).limit(most));
  }

  /** Empty when there is none of a message or receipt with that id. */
  public Future<List<DeadLetter>> find(Context context, String id) {
    return read(context, stored().find(eq("_id", id)));
  }

  private static Future<List<DeadLetter>> read(Context context, FindPublisher<Document> found) {
    return Mongo.all(context, found.maxTime(Limits.LOOK_UP, TimeUnit.MILLISECONDS)).map(letters -> letters.stream().map(DeadLetter::read).toList());
  }

  /** How many there are by queue, up to {@value #MOST_COUNTED} of each; read from an index alone. */
  Future<Map<String, Long>> count(Context context) {
    Map<String, Long> counts = new TreeMap<>();
    return Mongo.all(context, stored().distinct("queue", String.class)).compose(queues -> {
      Future<?> counted = Future.succeededFuture();
      for (String queue : queues) {
        counted = counted.compose(v -> Mongo.first(context, stored().countDocuments(eq("queue", queue), new CountOptions().limit(MOST_COUNTED))))
          .onSuccess(count -> counts.put(queue, count));
      }
      return counted.map(counts);
    });
  }

  /** They go with the step; it fails with {@link io.godwit.store.UnitOfWork.Fenced} when one of them has gone already. */
  public static Step takeOut(Step step, List<DeadLetter> letters) {
    List<String> ids = letters.stream().map(DeadLetter::id).toList();
    return step.also(work -> work.delete(COLLECTION, in("_id", ids), ids.size()));
  }
}
