package io.godwit.submission;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.http.Answer;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.intake.Offer;
import io.godwit.intake.Outcome;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bson.Document;

/**
 * Requests with an {@code Idempotency-Key} are done once: their answer is kept for {@link Limits#IDEMPOTENCY}, written in the unit of work that
 * accepts their messages, as a document {@code {_id, k, account, hash, at, body}} of the control set. What was refused is not kept.
 */
final class Idempotency {
  private static final String COLLECTION = "idempotency";
  private static final int LONGEST_KEY = 255;
  private static final int CONFIRM_SECONDS = 5;

  private final Context context;
  private final MongoSet control;

  Idempotency(Context context, MongoSet control) {
    this.context = context;
    this.control = control;
  }

  /**
   * One keyed request.
   *
   * @param k hash of account and key: not the key as it came, which could look like the name of an index in an error of MongoDB's
   * @param hash of what was asked for
   */
  record Keyed(String account, String k, String hash) {
    /** The offer, which then also keeps the answer that it will get. */
    Offer keep(Offer offer, Function<Outcome.Accepted, JsonObject> answer) {
      return offer.with((work, accepted) -> work.insert(COLLECTION, Mongo.encode(1024, writer -> {
        String first = accepted.messages().get(0).id();
        writer.writeString("_id", first);
        writer.writeString("k", k);
        writer.writeString("account", account);
        writer.writeString("hash", hash);
        writer.writeDateTime("at", MessageId.millis(first));
        writer.writeString("body", answer.apply(accepted).encode());
      })));
    }
  }

  /** Creates collection and indexes where they are missing. No index may be called like {@code _id_}: see {@code CommitSlot}. */
  Future<Void> open() {
    return control.ensureCollection(COLLECTION)
      .compose(v -> Mongo.first(context, collection().createIndex(Indexes.ascending("k"), new IndexOptions().unique(true).name("by-key"))))
      .compose(v -> Mongo.first(context, collection().createIndex(Indexes.ascending("at"),
        new IndexOptions().expireAfter(Limits.IDEMPOTENCY, TimeUnit.MILLISECONDS).name("by-age"))))
      .mapEmpty();
  }

  private MongoCollection<Document> collection() {
    return control.db().getCollection(COLLECTION);
  }

  /**
   * Answers as before when the key is known, else does the request.
   *
   * @param request gets null when the request has no key; answers {@link #DUPLICATE} when the key was taken in the meantime
   */
  Future<? extends Reply> once(RoutingContext ctx, String account, Function<Keyed, Future<? extends Reply>> request) {
    String key = ctx.request().getHeader("Idempotency-Key");
    if (key == null) return request.apply(null);
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      return Future.succeededFuture(Problem.invalid("invalid-idempotency-key", "Idempotency-Key", "a key has 1 to " + LONGEST_KEY + " characters"));
    }
    Keyed keyed = new Keyed(account, sha256(Buffer.buffer(account + "\n" + key)), sha256(Buffer.buffer(ctx.request().path() + "\n").appendBuffer(body(ctx))));
    return earlier(keyed).compose(known -> known != null ? Future.succeededFuture(known)
      : request.apply(keyed).compose(reply -> reply == DUPLICATE ? earlier(keyed) : Future.succeededFuture(reply)));
  }

  /** Stands for an answer that is kept under the key by now. */
  static final Problem DUPLICATE = Problem.of(409, "idempotency-conflict", "a request with this key is under way");

  /** The earlier answer, read from a majority before anybody relies on it; null when there is none. */
  private Future<Reply> earlier(Keyed keyed) {
    return Mongo.first(context, collection().find(Filters.eq("k", keyed.k))).compose(seen -> seen == null ? Future.succeededFuture()
      : Mongo.first(context, collection().withReadConcern(ReadConcern.LINEARIZABLE).find(Filters.eq("k", keyed.k)).maxTime(CONFIRM_SECONDS, TimeUnit.SECONDS))
        .map(found -> found == null ? null : reply(found, keyed)));
  }

  private static Reply reply(Document found, Keyed keyed) {
    if (found.getString("hash").equals(keyed.hash)) return new Answer(202, Buffer.buffer(found.getString("body")));
    return Problem.of(409, "idempotency-conflict", "this Idempotency-Key was used for another request");
  }

  private static Buffer body(RoutingContext ctx) {
    Buffer body = ctx.body().buffer();
    return body == null ? Buffer.buffer() : body;
  }

  private static String sha256(Buffer content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
