package io.godwit.intake;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.accounts.Directory;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.node.Node;
import io.godwit.store.Deadline;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bson.Document;

/**
 * What was handed in under a key of the customer's is done once: its answer is kept for {@link Limits#IDEMPOTENCY}, written in the unit of work that
 * accepts its messages, as a document {@code {_id, k, account, hash, at, body}} of the set in which the key lives ({@link Buckets}): while that is down
 * it comes back later, and never goes to another one. What was refused is not kept. One object for each instance of a door, confined to its context.
 */
public final class KeptAnswers {
  private static final String COLLECTION = "idempotency";
  private static final int CONFIRM_SECONDS = 5;

  private final Context context;
  private final Node node;
  private final Directory.View<Buckets> buckets;
  private final Set<Integer> prepared = new HashSet<>();

  public KeptAnswers(Context context, Node node) {
    this.context = context;
    this.node = node;
    this.buckets = node.directory().view(Buckets.KIND, Buckets::of);
  }

  /**
   * An account's key for one submission.
   *
   * @param k hash of account and key: not the key as it came, which could look like the name of an index in an error of MongoDB's
   * @param hash of what was asked for
   * @param home the number of the set in which the key lives; -1 = it is moving
   * @param earlier the number of the set in which it lived before; -1 = none that matters
   */
  public record Key(String account, String k, String hash, int home, int earlier) {
    /** The offer, which then also keeps the answer that it will get. */
    public Offer keep(Offer offer, Function<Outcome.Accepted, String> answer) {
      return offer.with(home, (work, accepted) -> work.insert(COLLECTION, Mongo.encode(1024, writer -> {
        String first = accepted.messages().get(0).id();
        writer.writeString("_id", first);
        writer.writeString("k", k);
        writer.writeString("account", account);
        writer.writeString("hash", hash);
        writer.writeDateTime("at", MessageId.millis(first));
        writer.writeString("body", answer.apply(accepted));
      })));
    }

    /** The same in the place of an answer of which this is no repetition any more. */
    public Offer keep(Offer offer, Kept outdated, Function<Outcome.Accepted, String> answer) {
      if (outdated == null || outdated.set != home) return keep(offer, answer);
      return offer.with(home, (work, accepted) -> work.update(COLLECTION, and(eq("_id", outdated.id), eq("at", new Date(outdated.at))),
        combine(set("at", new Date(MessageId.millis(accepted.messages().get(0).id()))), set("body", answer.apply(accepted)))));
    }
  }

  /**
   * An answer that was given.
   *
   * @param hash of what was asked for
   * @param at milliseconds since 1970
   * @param set the number of the set in which it is
   */
  public record Kept(String id, String hash, String body, long at, int set) { }

  /** Creates collection and indexes where they are missing. No index may be called like {@code _id_}: see {@code CommitSlot}. */
  public Future<Void> open() {
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

  /** @param request what is asked for: another one under the same key is told apart by it */
  public Key key(String account, String key, Buffer request) {
    String k = hash(account, key);
    int bucket = Buckets.of(k);
    return new Key(account, k, sha256(request), buckets.get().home(bucket, node.now()), buckets.get().earlier(bucket, node.now()));
  }

  /** In hexadecimal. */
  public static String hash(String account, String key) {
    return sha256(Buffer.buffer(account + "\n" + key));
  }

  /** Whether the sets that know of it can be asked. */
  public boolean isUp(Key key) {
    return isUp(key.home) && (key.earlier < 0 || isUp(key.earlier));
  }

  private boolean isUp(int set) {
    return prepared.contains(set) && node.sets().get(set).isTrusted();
  }

  /** The earlier answer, read from a majority before anybody relies on it; null when there is none. Fails within {@link Limits#LOOK_UP} while a set does not answer. */
  public Future<Kept> earlier(Key key) {
    Future<Kept> atHome = in(key, node.sets().get(key.home));
    return Deadline.within(Limits.LOOK_UP, key.earlier < 0 ? atHome : atHome.compose(known -> known != null ? Future.succeededFuture(known) : in(key, node.sets().get(key.earlier))));
  }

  private Future<Kept> in(Key key, MongoSet set) {
    return Mongo.first(context, in(set).find(eq("k", key.k))).compose(seen -> seen == null ? Future.succeededFuture()
      : Mongo.first(context, in(set).withReadConcern(ReadConcern.LINEARIZABLE).find(eq("k", key.k)).maxTime(CONFIRM_SECONDS, TimeUnit.SECONDS))
        .map(found -> found == null ? null : new Kept(found.getString("_id"), found.getString("hash"), found.getString("body"), found.getDate("at").getTime(), set.index())));
  }

  private static String sha256(Buffer content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
