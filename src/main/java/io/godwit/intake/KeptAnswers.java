package io.godwit.intake;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.setOnInsert;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
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
 *
 * <p>A commit that is under way when the bucket of its key moves may land at the old home at any time after: a set may hang, and a process be paused. So whoever
 * finds nothing there leaves a tombstone in the answer's place, {@code {_id, k, account, moved, at}}, before he goes on at the new home, and the late commit meets
 * its {@code k} and fails: the key is taken. That costs a write for each new key of a bucket that moved within {@link Limits#IDEMPOTENCY}, and others nothing.
 */
public final class KeptAnswers {
  private static final String COLLECTION = "idempotency";
  /** When a tombstone's bucket moved away from its set; what has none is an answer. */
  private static final String MOVED = "moved";
  private static final int CONFIRM_SECONDS = 5;
  private static final int DUPLICATE_KEY = 11000;

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
   * @param moved when it moved from there to its home, milliseconds since 1970; 0 = nothing is known of that
   */
  public record Key(String account, String k, String hash, int home, int earlier, long moved) {
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

    /** The same in the place of an answer of which this is no repetition any more; null = there is none. */
    public Offer keep(Offer offer, Kept outdated, Function<Outcome.Accepted, String> answer) {
      if (outdated == null) return keep(offer, answer);
      return offer.with(home, (work, accepted) -> work.update(COLLECTION, and(eq("_id", outdated.id), eq("at", new Date(outdated.at))),
        combine(set("at", new Date(MessageId.millis(accepted.messages().get(0).id()))), set("body", answer.apply(accepted)))));
    }
  }

  /**
   * An answer that was given.
   *
   * @param hash of what was asked for
   * @param at milliseconds since 1970
   */
  public record Kept(String id, String hash, String body, long at) {
    static Kept of(Document found) {
      return found == null ? null : new Kept(found.getString("_id"), found.getString("hash"), found.getString("body"), millis(found, "at"));
    }
  }

  /** The key's bucket has moved, and this process has not heard where to: the request comes back later. */
  public static final class Elsewhere extends RuntimeException {
    private Elsewhere() {
      super("the bucket of an idempotency key has moved elsewhere", null, false, false);
    }
  }

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
    return placed(account, hash(account, key), sha256(request));
  }

  /** The same key where it lives by now. */
  public Key again(Key key) {
    return placed(key.account, key.k, key.hash);
  }

  private Key placed(String account, String k, String hash) {
    int bucket = Buckets.of(k);
    long now = node.now();
    Buckets table = buckets.get();
    return new Key(account, k, hash, table.home(bucket, now), table.earlier(bucket, now), table.moved(bucket, now));
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

  /**
   * The earlier answer, read from a majority before anybody relies on it; null when there is none, and when none can be written any more where the key lived before. Fails
   * within {@link Limits#LOOK_UP} while a set does not answer, and when the key lives {@link Elsewhere}.
   *
   * @param since what was answered until then, milliseconds since 1970, counts for nothing where the key lived before; at its home it is told, since the next takes its place
   */
  public Future<Kept> earlier(Key key, long since) {
    return Deadline.within(Limits.LOOK_UP, atHome(key).compose(known -> known != null || key.earlier < 0 ? Future.succeededFuture(known) : whereItLived(key, since)));
  }

  /** A tombstone of a move that came before the one to here is of no use any more: what it fenced is older than answers are kept. */
  private Future<Kept> atHome(Key key) {
    MongoSet home = node.sets().get(key.home);
    return find(key, home).compose(found -> {
      if (found == null || !isTombstone(found)) return Future.succeededFuture(Kept.of(found));
      if (millis(found, MOVED) >= key.moved) return Future.failedFuture(new Elsewhere());
      return Mongo.first(context, in(home).deleteOne(and(eq("_id", found.getString("_id")), eq(MOVED, found.getDate(MOVED))))).mapEmpty();
    });
  }

  /** The answer that was written there first, or none for ever. The tombstone of an earlier move is in nobody's way who came when the key lived there again: it is put up anew. */
  private Future<Kept> whereItLived(Key key, long since) {
    MongoSet set = node.sets().get(key.earlier);
    return find(key, set).compose(found -> {
      boolean tombstone = found != null && isTombstone(found);
      if (tombstone && millis(found, MOVED) >= key.moved) return Future.succeededFuture();
      if (found != null && !tombstone && millis(found, "at") > since) return Future.succeededFuture(Kept.of(found));
      return bury(key, found, set).<Kept>mapEmpty().recover(failure -> isTaken(failure) ? whereItLived(key, since) : Future.failedFuture(failure));
    });
  }

  /** Puts a tombstone where nothing is, or in the place of an outdated answer or tombstone; meets the unique index when something else is there by now. */
  private Future<Document> bury(Key key, Document outdated, MongoSet set) {
    Date at = outdated == null ? new Date(0) : outdated.getDate("at");
    return Mongo.first(context, in(set).findOneAndUpdate(and(eq("k", key.k), eq("at", at)),
      combine(setOnInsert("_id", key.k), setOnInsert("account", key.account), set(MOVED, new Date(key.moved)), set("at", new Date(node.now())), unset("hash"), unset("body")),
      new FindOneAndUpdateOptions().upsert(true).projection(Projections.include("_id")).maxTime(CONFIRM_SECONDS, TimeUnit.SECONDS)));
  }

  private static boolean isTombstone(Document found) {
    return found.containsKey(MOVED);
  }

  private static boolean isTaken(Throwable failure) {
    return failure instanceof MongoException e && e.getCode() == DUPLICATE_KEY;
  }

  private static long millis(Document found, String field) {
    return found.getDate(field).getTime();
  }

  private Future<Document> find(Key key, MongoSet set) {
    return Mongo.first(context, in(set).find(eq("k", key.k))).compose(seen -> seen == null ? Future.succeededFuture()
      : Mongo.first(context, in(set).withReadConcern(ReadConcern.LINEARIZABLE).find(eq("k", key.k)).maxTime(CONFIRM_SECONDS, TimeUnit.SECONDS)));
  }

  private static String sha256(Buffer content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
