package io.godwit.replies;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.UpdateManyModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.message.Message;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Which number stands for which message, for one handset; see the room's package-info. Every method may be called again with the
 * same arguments: it changes nothing the second time. Futures complete on the given context, and fail when the handset's home
 * does not answer.
 */
public final class ReplyPaths {
  static final String COLLECTION = "conversations";
  static final long OPEN_FOR_MS = 72 * 3_600_000L;
  private static final int KEPT_DAYS = 2;
  private static final int MOST_CANDIDATES = 10;
  /** Others may take the number that we chose; who loses chooses again. */
  private static final int CHOICES = 8;

  private final Sets sets;

  public ReplyPaths(Sets sets) {
    this.sets = sets;
  }

  /** Creates the collections and indexes where they are missing. */
  public Future<Void> open() {
    return Future.all(sets.all().stream().map(this::open).toList()).mapEmpty();
  }

  private Future<Void> open(MongoSet set) {
    MongoCollection<Document> paths = stored(set);
    IndexOptions oneOpen = new IndexOptions().unique(true).partialFilterExpression(eq("open", true)).name("one_open");
    return set.ensureCollection(COLLECTION)
      .compose(v -> Mongo.first(set.context(), paths.createIndex(Indexes.ascending("handset", "number"), oneOpen)))
      .compose(v -> Mongo.first(set.context(), paths.createIndex(Indexes.ascending("handset", "at"))))
      .compose(v -> Mongo.first(set.context(), paths.createIndex(Indexes.ascending("until"), new IndexOptions().expireAfter((long) KEPT_DAYS, TimeUnit.DAYS))))
      .mapEmpty();
  }

  private static MongoCollection<Document> stored(MongoSet set) {
    return set.db().getCollection(COLLECTION);
  }

  static String key(Message message) {
    return message.to() + "/" + message.id();
  }

  /**
   * Takes a number for each message.
   *
   * @param pools the numbers to choose from for each message; none is empty
   * @return the numbers by message id
   */
  Future<Map<String, String>> take(Context context, Map<Message, List<String>> pools) {
    Map<MongoSet, Map<Message, List<String>>> homes = new HashMap<>();
    pools.forEach((message, pool) -> homes.computeIfAbsent(Homes.of(sets, message.to()), h -> new LinkedHashMap<>()).put(message, pool));
    Map<String, String> taken = new HashMap<>();
    return Future.join(homes.entrySet().stream().map(home -> take(context, home.getKey(), home.getValue(), CHOICES).onSuccess(taken::putAll)).toList()).map(taken);
  }

  private Future<Map<String, String>> take(Context context, MongoSet home, Map<Message, List<String>> pools, int choices) {
    if (choices == 0) return Future.failedFuture(new IllegalStateException("others took every number that was chosen for one of " + pools.size() + " messages"));
    List<String> handsets = pools.keySet().stream().map(Message::to).distinct().toList();
    return Mongo.all(context, stored(home).find(in("handset", handsets))).compose(known -> {
      Rotation rotation = new Rotation(known, home.clock().getAsLong());
      Map<String, String> chosen = new HashMap<>();
      pools.forEach((message, pool) -> chosen.put(message.id(), rotation.choose(message, pool)));
      return write(context, home, rotation).compose(won -> won ? Future.succeededFuture(chosen) : take(context, home, pools, choices - 1));
    });
  }

  /** Ends what is taken over, then opens what is new; false when somebody else was faster with one of the numbers. */
  private static Future<Boolean> write(Context context, MongoSet home, Rotation rotation) {
    List<WriteModel<Document>> ends = new ArrayList<>();
    for (String id : rotation.ended()) ends.add(new UpdateOneModel<>(and(eq("_id", id), eq("open", true)), Updates.set("open", false)));
    Future<?> ended = ends.isEmpty() ? Future.succeededFuture() : Mongo.first(context, stored(home).bulkWrite(ends));
    if (rotation.opened().isEmpty()) return ended.map(true);
    return ended.compose(v -> Mongo.first(context, stored(home).insertMany(rotation.opened(), new InsertManyOptions().ordered(false)))).map(true)
      .recover(failure -> Duplicates.isOne(failure) ? Future.succeededFuture(false) : Future.failedFuture(failure));
  }

  /**
   * What a reply answers.
   *
   * @param message the latest that its number stood for
   * @param candidates ids of earlier ones that it may answer as well, the latest first
   */
  record Answered(String account, String message, List<String> candidates) { }

  /** What a message from this handset to this number answers; null when nothing is open. */
  Future<Answered> find(Context context, String handset, String number) {
    MongoSet home = Homes.of(sets, handset);
    Bson open = and(eq("handset", handset), eq("number", number), ne("unsent", true), gt("until", new Date(home.clock().getAsLong())));
    return Mongo.all(context, stored(home).find(open).sort(Indexes.descending("at", "_id")).limit(MOST_CANDIDATES + 1)).map(found -> {
      if (found.isEmpty()) return null;
      List<String> messages = found.stream().map(d -> d.getString("message")).toList();
      return new Answered(found.get(0).getString("account"), messages.get(0), messages.subList(1, messages.size()));
    });
  }

  /** The messages were sent: their paths are open for 72 hours from now. */
  public Future<Void> sent(Context context, Collection<Message> messages) {
    return change(context, messages, now -> Updates.set("until", new Date(now + OPEN_FOR_MS)));
  }

  /** The messages ended unsent: their numbers rest, and nothing answers them. */
  public Future<Void> release(Context context, Collection<Message> messages) {
    return change(context, messages, now -> Updates.combine(Updates.set("open", false), Updates.set("unsent", true)));
  }

  private Future<Void> change(Context context, Collection<Message> messages, Function<Long, Bson> change) {
    Map<MongoSet, List<String>> homes = new HashMap<>();
    for (Message message : messages) {
      if (message.origin().replyable()) homes.computeIfAbsent(Homes.of(sets, message.to()), h -> new ArrayList<>()).add(key(message));
    }
    return Future.join(homes.entrySet().stream().map(home -> Mongo.first(context, stored(home.getKey()).bulkWrite(
      List.of(new UpdateManyModel<>(in("_id", home.getValue()), change.apply(home.getKey().clock().getAsLong())))))).toList()).mapEmpty();
  }
}
