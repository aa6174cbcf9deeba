package io.godwit.replies;

import com.mongodb.MongoTimeoutException;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.message.Message;
import io.godwit.store.Deadline;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.godwit.worker.MessageHandler.Decision;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who wants no more messages: documents {@code {_id: "account/number" or "account/number/sender", account, number, sender?, at, by, removed?, ts}} of
 * the control set, of which every other set has a {@link OptOutCopy copy}, so that messages are work for their own set only. There may be millions of them,
 * so that none is kept in memory: a batch of messages asks for its own, once. Thread-safe.
 */
public final class OptOuts {
  static final String COLLECTION = "optouts";
  private static final Logger log = LoggerFactory.getLogger(OptOuts.class);
  private static final long ANSWER_WITHIN_MS = 2_000;
  /** A copy that fell behind the control set by more is not to be relied on. */
  private static final long CURRENT_MS = 30_000;
  private static final long COPY_AGAIN_MS = 500;
  private static final int COPY_TRIES = 120;

  private final Sets sets;
  /** When the control set answered last, as far as we know; milliseconds since 1970. */
  private volatile long lastAnswer;
  /** By set: when its copy was followed, as we read it last. */
  private final Map<Integer, Long> followed = new ConcurrentHashMap<>();

  public OptOuts(Sets sets) {
    this.sets = sets;
    this.lastAnswer = control().clock().getAsLong();
  }

  private MongoSet control() {
    return sets.control();
  }

  /** Creates collection and index where they are missing. */
  Future<Void> open() {
    return control().ensureCollection(COLLECTION)
      .compose(v -> Mongo.first(control().here(), in(control()).createIndex(Indexes.ascending("ts")))).mapEmpty();
  }

  /**
   * Notes that the number wants nothing more from the account, or nothing from this sender of it. Durable when complete;
   * noting it again changes nothing.
   *
   * @param sender null = from none of its senders
   * @param by what said so: the id of an inbound message, or a person
   */
  public Future<Void> add(Context context, String account, String number, String sender, String by) {
    Document entry = new Document("account", account).append("number", number).append("at", new Date(control().clock().getAsLong())).append("by", by);
    if (sender != null) entry.append("sender", sender);
    return write(context, key(account, number, sender), Updates.combine(new Document("$setOnInsert", entry), Updates.unset("removed")), true);
  }

  /** Takes it back: START after STOP. */
  public Future<Void> remove(Context context, String account, String number, String sender) {
    return write(context, key(account, number, sender), Updates.set("removed", true), false);
  }

  /** Every change has a time that mongod gives it, by which the copies follow. */
  private Future<Void> write(Context context, String key, Bson change, boolean upsert) {
    Bson stamped = Updates.combine(change, Updates.currentTimestamp("ts"));
    FindOneAndUpdateOptions options = new FindOneAndUpdateOptions().upsert(upsert).returnDocument(ReturnDocument.AFTER);
    return Homes.ask(control(), () -> Mongo.first(context, in(control()).findOneAndUpdate(Filters.eq("_id", key), stamped, options)))
      .compose(entry -> entry == null ? Future.succeededFuture() : spread(context, entry));
  }

  /** Into every copy, so that it holds for the next message. */
  private Future<Void> spread(Context context, Document entry) {
    return Future.join(sets.all().stream().filter(set -> set != control()).map(set -> copy(context, set, entry, COPY_TRIES)).toList()).transform(done -> Future.succeededFuture());
  }

  /** A set that does not answer now is asked again as soon as it may, for messages wait there; and it follows what it missed. */
  private Future<Void> copy(Context context, MongoSet set, Document entry, int tries) {
    return Homes.ask(set, () -> OptOutCopy.copy(context, set, List.of(entry))).onFailure(e -> {
      if (tries == COPY_TRIES) log.warn("{} hears later that {} changed: {}", set, entry.getString("_id"), e.toString());
      if (tries > 1 && !set.isClosed()) context.owner().setTimer(COPY_AGAIN_MS, t -> copy(context, set, entry, tries - 1));
    });
  }

  /**
   * The keys, of all that concern these messages, that are opted out; see {@link #concerns}. The copy in the messages' own set is asked, unless it was left
   * behind: then the control set is. Fails when that does not tell within seconds.
   *
   * @param own the set of the messages
   */
  Future<Set<String>> among(Context context, MongoSet own, Collection<Message> messages) {
    Set<String> keys = new HashSet<>();
    for (Message message : messages) {
      keys.add(key(message.account(), message.to(), null));
      keys.add(key(message.account(), message.to(), message.from()));
    }
    if (control().isHealthy()) lastAnswer = control().clock().getAsLong();
    if (own == control()) return askControl(context, keys);
    return isCopied(context, own).compose(copied -> copied ? Deadline.within(ANSWER_WITHIN_MS, among(context, own, keys)) : askControl(context, keys));
  }

  private Future<Set<String>> askControl(Context context, Set<String> keys) {
    return control().isHealthy() ? Deadline.within(ANSWER_WITHIN_MS, among(context, control(), keys)) : Future.failedFuture(new MongoTimeoutException("the control set does not answer"));
  }

  /** While the control set is down nothing changes: a copy that was followed until then is whole. */
  private Future<Boolean> isCopied(Context context, MongoSet own) {
    if (followed.getOrDefault(own.index(), 0L) > lastAnswer - CURRENT_MS) return Future.succeededFuture(true);
    return Deadline.within(ANSWER_WITHIN_MS, OptOutCopy.followed(context, own)).map(at -> {
      followed.put(own.index(), at);
      return at > lastAnswer - CURRENT_MS;
    });
  }

  private static Future<Set<String>> among(Context context, MongoSet set, Set<String> keys) {
    Bson optedOut = Filters.and(Filters.in("_id", keys), Filters.ne("removed", true));
    return Mongo.all(context, in(set).find(optedOut).projection(Projections.include("_id"))).map(found -> {
      Set<String> ids = new HashSet<>();
      found.forEach(d -> ids.add(d.getString("_id")));
      return ids;
    });
  }

  /** What the handler {@code optout} makes of one message by now; fails when nobody can tell within seconds. */
  public Future<Decision> decide(Context context, MongoSet own, Message message) {
    return among(context, own, List.of(message)).map(optedOut -> OptOutHandler.decide(optedOut, message));
  }

  static boolean concerns(Set<String> optedOut, Message message) {
    if (optedOut.isEmpty()) return false;
    return optedOut.contains(key(message.account(), message.to(), null)) || optedOut.contains(key(message.account(), message.to(), message.from()));
  }

  private static String key(String account, String number, String sender) {
    return sender == null ? account + "/" + number : account + "/" + number + "/" + sender;
  }

  static MongoCollection<Document> in(MongoSet set) {
    return set.db().getCollection(COLLECTION);
  }

  static BsonTimestamp time(Document entry) {
    return entry.get("ts", BsonTimestamp.class);
  }
}
