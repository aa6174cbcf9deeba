package io.godwit.submission;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.accounts.Directory;
import io.godwit.http.Answer;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.intake.Offer;
import io.godwit.intake.Outcome;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.node.Node;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bson.Document;

/**
 * Requests with an {@code Idempotency-Key} are done once: their answer is kept for {@link Limits#IDEMPOTENCY}, written in the unit of work that
 * accepts their messages, as a document {@code {_id, k, account, hash, at, body}} of the set in which the key lives ({@link Buckets}): while that is down
 * the request comes back later, and never goes to another one. What was refused is not kept.
 */
final class Idempotency {
  private static final String COLLECTION = "idempotency";
  private static final int LONGEST_KEY = 255;
  private static final int CONFIRM_SECONDS = 5;

  private final Context context;
  private final Node node;
  private final Directory.View<Buckets> buckets;
  private final Set<Integer> prepared = new HashSet<>();

  Idempotency(Context context, Node node) {
    this.context = context;
    this.node = node;
    this.buckets = node.directory().view(Buckets.KIND, Buckets::of);
  }

  /**
   * One keyed request.
   *
   * @param k hash of account and key: not the key as it came, which could look like the name of an index in an error of MongoDB's
   * @param hash of what was asked for
   * @param home the number of the set in which the key lives
   * @param earlier the number of the set in which it lived before; -1 = none that matters
   */
  record Keyed(String account, String k, String hash, int home, int earlier) {
    /** The offer, which then also keeps the answer that it will get. */
    Offer keep(Offer offer, Function<Outcome.Accepted, JsonObject> answer) {
      return offer.with(home, (work, accepted) -> work.insert(COLLECTION, Mongo.encode(1024, writer -> {
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
    return node.queues().each(queue -> open(node.sets().get(queue.set()))).compose(v -> node.directory().entry(Buckets.KIND, Buckets.ID) != null ? Future.succeededFuture()
      : node.directory().putIfAbsent(context, Buckets.KIND, Buckets.ID, Buckets.even(node.sets().all().size())));
  }

  private Future<Void> open(MongoSet set) {
    return set.ensureCollection(COLLECTION)
      .compose(v -> Mongo.first(context, in(set).createIndex(Indexes.ascending("k"), new IndexOptions().unique(true).name("by-key"))))
      .compose(v -> Mongo.first(context, in(set).createIndex(Indexes.ascending("at"),
        new IndexOptions().expireAfter(Limits.IDEMPOTENCY, TimeUnit.MILLISECONDS).name("by-age"))))
      .onSuccess(v -> prepared.add(set.index())).mapEmpty();
  }

  private static MongoCollection<Document> in(MongoSet set) {
    return set.db().getCollection(COLLECTION);
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
    Keyed keyed = keyed(ctx, account, key);
    if (!isUp(keyed.home) || keyed.earlier >= 0 && !isUp(keyed.earlier)) return Future.succeededFuture(HOME_DOWN);
    return earlier(keyed).compose(known -> known != null ? Future.succeededFuture(known)
      : request.apply(keyed).compose(reply -> reply == DUPLICATE ? earlier(keyed).map(now -> now == null ? DUPLICATE : now) : Future.succeededFuture(reply)));
  }

  private Keyed keyed(RoutingContext ctx, String account, String key) {
    String k = hash(account, key);
    int bucket = Buckets.of(k);
    return new Keyed(account, k, sha256(Buffer.buffer(ctx.request().path() + "\n").appendBuffer(body(ctx))), buckets.get().home(bucket, node.now()),
      buckets.get().earlier(bucket, node.now()));
  }

  /** In hexadecimal. */
  static String hash(String account, String key) {
    return sha256(Buffer.buffer(account + "\n" + key));
  }

  private boolean isUp(int set) {
    return prepared.contains(set) && node.sets().get(set).isTrusted();
  }

  private static final Problem HOME_DOWN = Problem.unavailable("store-unavailable", 2,
    "the store that keeps the answers for this Idempotency-Key cannot be asked now; nothing of this request was stored");

  /** Stands for an answer that is kept under the key by now. */
  static final Problem DUPLICATE = Problem.of(409, "idempotency-conflict", "a request with this key is under way");

  /** The earlier answer, read from a majority before anybody relies on it; null when there is none. */
  private Future<Reply> earlier(Keyed keyed) {
    Future<Reply> atHome = earlier(keyed, node.sets().get(keyed.home));
    return keyed.earlier < 0 ? atHome : atHome.compose(known -> known != null ? Future.succeededFuture(known) : earlier(keyed, node.sets().get(keyed.earlier)));
  }

  private Future<Reply> earlier(Keyed keyed, MongoSet set) {
    return Mongo.first(context, in(set).find(Filters.eq("k", keyed.k))).compose(seen -> seen == null ? Future.succeededFuture()
      : Mongo.first(context, in(set).withReadConcern(ReadConcern.LINEARIZABLE).find(Filters.eq("k", keyed.k)).maxTime(CONFIRM_SECONDS, TimeUnit.SECONDS))
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
