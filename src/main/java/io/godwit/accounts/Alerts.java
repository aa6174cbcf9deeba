package io.godwit.accounts;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;

/**
 * What accounts are warned of: documents {@code {_id, account, kind, at, details}} of the control set, one for each crossing of a mark, kept for 400 days.
 * May be used from any context.
 */
public final class Alerts {
  private static final String COLLECTION = "alerts";
  private static final long KEPT_DAYS = 400;
  /** Stored by this process, for the metrics. */
  public static final Map<Kind, AtomicLong> RAISED = Stream.of(Kind.values()).collect(Collectors.toUnmodifiableMap(kind -> kind, kind -> new AtomicLong()));

  private final MongoSet control;

  public enum Kind { SPEND, LOW_BALANCE, VELOCITY }

  public record Alert(String id, String account, Kind kind, long at, JsonObject details) { }

  public Alerts(MongoSet control) {
    this.control = control;
  }

  private MongoCollection<Document> alerts() {
    return control.db().getCollection(COLLECTION);
  }

  public Future<Void> open(Context context) {
    return Mongo.first(context, alerts().createIndex(Indexes.descending("account", "at"), new IndexOptions().name("by-account")))
      .compose(v -> Mongo.first(context, alerts().createIndex(Indexes.ascending("at"), new IndexOptions().expireAfter(KEPT_DAYS, TimeUnit.DAYS).name("by-age")))).mapEmpty();
  }

  /**
   * Stores it, once an id, however often it is raised.
   *
   * @param id of the crossing
   * @return whether it was not stored before
   */
  public Future<Boolean> raise(Context context, String id, String account, Kind kind, JsonObject details) {
    Document alert = new Document("account", account).append("kind", kind.name()).append("at", new Date(control.clock().getAsLong())).append("details", Document.parse(details.encode()));
    return Mongo.first(context, alerts().updateOne(eq("_id", id), new Document("$setOnInsert", alert), new UpdateOptions().upsert(true))).map(result -> {
      if (result.getUpsertedId() == null) return false;
      RAISED.get(kind).incrementAndGet();
      return true;
    });
  }

  /** The newest first; those before that time, milliseconds since 1970. */
  public Future<List<Alert>> list(Context context, String account, long before, int most) {
    return Mongo.all(context, alerts().find(and(eq("account", account), lt("at", new Date(before)))).sort(Sorts.descending("at")).limit(most))
      .map(found -> found.stream().map(Alerts::alert).toList());
  }

  private static Alert alert(Document d) {
    return new Alert(d.getString("_id"), d.getString("account"), Kind.valueOf(d.getString("kind")), d.getDate("at").getTime(), new JsonObject(d.get("details", Document.class).toJson()));
  }
}
