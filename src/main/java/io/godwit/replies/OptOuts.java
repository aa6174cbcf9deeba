package io.godwit.replies;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.message.Message;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * Who wants no more messages: documents {@code {_id: "account/number" or "account/number/sender", account, number, sender?, at, by}} of
 * the control set. There may be millions of them, so that none is kept in memory: a batch of messages asks for its own, once.
 */
public final class OptOuts {
  static final String COLLECTION = "optouts";
  private static final int ANSWER_WITHIN_SECONDS = 2;

  private final MongoSet control;

  public OptOuts(MongoSet control) {
    this.control = control;
  }

  /** Creates the collection where it is missing. */
  Future<Void> open() {
    return control.ensureCollection(COLLECTION);
  }

  /**
   * Notes that the number wants nothing more from the account, or nothing from this sender of it. Durable when complete;
   * noting it again changes nothing.
   *
   * @param sender null = from none of its senders
   * @param by what said so: the id of an inbound message, or a person
   */
  public Future<Void> add(Context context, String account, String number, String sender, String by) {
    Document entry = new Document("account", account).append("number", number).append("at", new Date(control.clock().getAsLong())).append("by", by);
    if (sender != null) entry.append("sender", sender);
    return Mongo.first(context, collection().updateOne(Filters.eq("_id", key(account, number, sender)), new Document("$setOnInsert", entry),
      new UpdateOptions().upsert(true))).mapEmpty();
  }

  /** Takes it back: START after STOP. */
  public Future<Void> remove(Context context, String account, String number, String sender) {
    return Mongo.first(context, collection().deleteOne(Filters.eq("_id", key(account, number, sender)))).mapEmpty();
  }

  /**
   * The keys, of all that concern these messages, that are opted out; see {@link #concerns}. Fails when the control set does
   * not answer in {@value #ANSWER_WITHIN_SECONDS} seconds.
   */
  Future<Set<String>> among(Context context, Collection<Message> messages) {
    Set<String> keys = new HashSet<>();
    for (Message message : messages) {
      keys.add(key(message.account(), message.to(), null));
      keys.add(key(message.account(), message.to(), message.from()));
    }
    return Mongo.all(context, collection().find(Filters.in("_id", keys)).projection(Projections.include("_id")))
      .timeout(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)
      .map(found -> {
        Set<String> ids = new HashSet<>();
        found.forEach(d -> ids.add(d.getString("_id")));
        return ids;
      });
  }

  static boolean concerns(Set<String> optedOut, Message message) {
    if (optedOut.isEmpty()) return false;
    return optedOut.contains(key(message.account(), message.to(), null)) || optedOut.contains(key(message.account(), message.to(), message.from()));
  }

  private static String key(String account, String number, String sender) {
    return sender == null ? account + "/" + number : account + "/" + number + "/" + sender;
  }

  private MongoCollection<Document> collection() {
    return control.db().getCollection(COLLECTION);
  }
}
