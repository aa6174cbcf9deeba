package io.godwit.replies;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.message.Message;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which number stands for which message, for one handset; see the room's package-info. Every method may be called again with the
 * same arguments: it changes nothing the second time. Futures complete on the given context, and fail when the handset's home
 * does not answer.
 */
public final class ReplyPaths {
  static final String COLLECTION = "conversations";
  private static final Logger log = LoggerFactory.getLogger(ReplyPaths.class);
  static final long OPEN_FOR_MS = 72 * 3_600_000L;
  /** How long the number of an unsent message is the last choice. */
  static final long REST_MS = 24 * 3_600_000L;
  /** Most messages have been sent by then. */
  static final long FIRST_LOOK_MS = 5_000;
  /** What waits is looked at whenever its age has doubled, and at least this often. */
  static final long MOST_LOOK_MS = 30 * 60_000L;
  private static final int KEPT_DAYS = 2;
  private static final int MOST_CANDIDATES = 10;
  /** Others may take the number that we chose; who loses chooses again. */
  private static final int CHOICES = 8;

  private final Sets sets;
  private final long openForMs;

  public ReplyPaths(Sets sets) {
    this(sets, OPEN_FOR_MS);
  }

  /** @param openForMs how long after it was sent a message can be answered */
  ReplyPaths(Sets sets, long openForMs) {
    this.sets = sets;
    this.openForMs = openForMs;
  }

  /** Creates collection and indexes where they are missing; before the first use of the set. */
  public Future<Void> open(MongoSet set) {
    MongoCollection<Document> paths = stored(set);
    IndexOptions oneOpen = new IndexOptions().unique(true).partialFilterExpression(eq("open", true)).name("one_open");
    return set.ensureCollection(COLLECTION)
      .compose(v -> Mongo.first(set.here(), paths.createIndex(Indexes.ascending("handset", "number"), oneOpen)))
      .compose(v -> Mongo.first(set.here(), paths.createIndex(Indexes.ascending("handset", "at"))))
      .compose(v -> Mongo.first(set.here(), paths.createIndex(Indexes.ascending("look"), new IndexOptions().sparse(true))))
      .compose(v -> Mongo.first(set.here(), paths.createIndex(Indexes.ascending("until"), new IndexOptions().expireAfter((long) KEPT_DAYS, TimeUnit.DAYS))))
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
   * @return the numbers by message id; without those whose home does not answer. Never fails
   */
  Future<Map<String, String>> take(Context context, Map<Message, List<String>> pools) {
    Map<MongoSet, Map<Message, List<String>>> homes = new HashMap<>();
    pools.forEach((message, pool) -> homes.computeIfAbsent(Homes.of(sets, message.to()), h -> new LinkedHashMap<>()).put(message, pool));
    Map<String, String> taken = new HashMap<>();
    return Future.join(homes.entrySet().stream().map(home -> Homes.ask(home.getKey(), () -> take(context, home.getKey(), home.getValue(), CHOICES))
      .onSuccess(taken::putAll).onFailure(e -> log.warn("{} messages wait for a number to reply to: {}", home.getValue().size(), e.toString()))).toList())
      .transform(done -> Future.succeededFuture(taken));
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
    List<WriteModel<Document>> changes = new ArrayList<>();
    for (String id : rotation.ended()) changes.add(new UpdateOneModel<>(and(eq("_id", id), eq("open", true)), set("open", false)));
    for (Document path : rotation.reopened()) changes.add(new ReplaceOneModel<>(and(eq("_id", path.getString("_id")), eq("unsent", true)), path));
    Future<?> written = changes.isEmpty() ? Future.succeededFuture() : Mongo.first(context, stored(home).bulkWrite(changes));
    if (!rotation.opened().isEmpty()) written = written.compose(v -> Mongo.first(context, stored(home).insertMany(rotation.opened(), new InsertManyOptions().ordered(false))));
    return written.map(true).recover(failure -> Duplicates.isOne(failure) ? Future.succeededFuture(false) : Future.failedFuture(failure));
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
    return Homes.ask(home, () -> Mongo.all(context, stored(home).find(open).sort(Indexes.descending("at", "_id")).limit(MOST_CANDIDATES + 1))).map(found -> {
      if (found.isEmpty()) return null;
      List<String> messages = found.stream().map(d -> d.getString("message")).toList();
      return new Answered(found.get(0).getString("account"), messages.get(0), messages.subList(1, messages.size()));
    });
  }

  /** A path of which it is not recorded what became of its message; {@code at}: when its number was taken. */
  record Unsettled(String id, String message, long at) { }

  /** Those that are to be looked at now, the longest due first. */
  Future<List<Unsettled>> due(Context context, MongoSet home, int most) {
    Bson due = lte("look", new Date(home.clock().getAsLong()));
    return Mongo.all(context, stored(home).find(due).sort(Indexes.ascending("look")).limit(most).projection(Projections.include("message", "at")))
      .map(found -> found.stream().map(d -> new Unsettled(d.getString("_id"), d.getString("message"), d.getDate("at").getTime())).toList());
  }

  /** Records what became of the paths' messages. */
  Future<Void> settle(Context context, MongoSet home, Map<Unsettled, Fate> fates) {
    long now = home.clock().getAsLong();
    List<WriteModel<Document>> changes = new ArrayList<>();
    fates.forEach((path, fate) -> changes.add(new UpdateOneModel<>(and(eq("_id", path.id()), exists("look")), change(path, fate, now))));
    return Mongo.first(context, stored(home).bulkWrite(changes, new BulkWriteOptions().ordered(false))).mapEmpty();
  }

  private Bson change(Unsettled path, Fate fate, long now) {
    return switch (fate.kind()) {
      case SENT -> combine(set("sent", new Date(fate.at())), set("until", new Date(fate.at() + openForMs)), unset("look"));
      case UNSENT -> combine(set("open", false), set("unsent", true), set("until", new Date(fate.at() + REST_MS)), unset("look"));
      case WAITING -> set("look", new Date(now + Math.min(Math.max(now - path.at(), FIRST_LOOK_MS), MOST_LOOK_MS)));
    };
  }
}
