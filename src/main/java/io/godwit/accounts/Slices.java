package io.godwit.accounts;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one part of one process may still let through under limits that hold over all nodes. What is used stands in the control set, a document a
 * limit, and is drawn in slices: so no write stands behind each message, nobody ever lets through more than the limit, and may refuse up to a slice of it too early for each other that
 * holds one. While the control set does not answer, nothing is refused. Confined to its context.
 */
public final class Slices {
  public static final String COLLECTION = "quotas";
  private static final Logger log = LoggerFactory.getLogger(Slices.class);
  /** For so long nobody asks again who was just told that there is nothing left. */
  private static final long SHUT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  /** For so long nobody is asked who has not answered. */
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);
  /** From so many on those that nobody has asked for in a while are forgotten, with what is left in them: what is in use is kept, however many they are. */
  private static final int MOST = 100_000;
  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Context context;
  private final MongoSet control;
  private final long patience;
  private final Map<String, Slice> slices = new HashMap<>();
  private final int most;
  private final LongSupplier ticker;
  private long silentUntil;
  private long swept;

  private static final class Slice {
    long touched;
    long left;
    Future<Long> draw;
    long shutUntil;
    long shutFor = Long.MAX_VALUE;
  }

  /**
   * A part of a limit that somebody wants.
   *
   * @param key of the limit, with its period if it has one
   * @param limit so much in all, or a second
   * @param need so much of it; 1 is enough for a rate, and the rest is owed
   * @param slice so much is drawn at a time where it is there, and not less than is needed
   * @param isRate whether what was used comes back, so much a second
   * @param lasts milliseconds after which nobody asks for the key any more
   */
  public record Claim(String key, long limit, long need, long slice, boolean isRate, long lasts) { }

  /** What a limit was like when a part of it was drawn. */
  public interface Told {
    /** @param used of it, this draw included */
    void drawn(long used);
  }

  /** @param patience milliseconds after which an answer is not waited for */
  public Slices(Context context, MongoSet control, long patience) {
    this(context, control, patience, MOST, System::nanoTime);
  }

  Slices(Context context, MongoSet control, long patience, int most, LongSupplier ticker) {
    this.context = context;
    this.control = control;
    this.patience = patience;
    this.most = most;
    this.ticker = ticker;
    silentUntil = ticker.getAsLong();
    swept = ticker.getAsLong() - SWEEP_NANOS;
  }

  /** Old periods forget themselves. */
  public Future<Void> open() {
    return Mongo.first(context, used().createIndex(Indexes.ascending("until"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS).name("by-age"))).mapEmpty();
  }

  private MongoCollection<Document> used() {
    return control.db().getCollection(COLLECTION);
  }

  private Slice slice(String key) {
    long now = ticker.getAsLong();
    Slice slice = slices.get(key);
    if (slice == null) {
      sweep(now);
      slice = new Slice();
      slices.put(key, slice);
    }
    slice.touched = now;
    return slice;
  }

  private void sweep(long now) {
    if (slices.size() < most || now - swept < SWEEP_NANOS) return;
    swept = now;
    slices.values().removeIf(slice -> slice.draw == null && now - slice.touched >= IDLE_NANOS);
  }

  /** How much of it is here; below zero what is owed. */
  public long left(String key) {
    return slice(key).left;
  }

  /** Whether there is enough of it here. */
  public boolean covers(Claim claim) {
    return slice(claim.key).left >= (claim.isRate ? 1 : claim.need);
  }

  /** Takes it, if there is enough here. */
  public boolean spend(Claim claim) {
    if (!covers(claim)) return false;
    slice(claim.key).left -= claim.need;
    return true;
  }

  /** What was taken stays here for the next; nothing where it is forgotten. */
  public void giveBack(Claim claim) {
    Slice slice = slices.get(claim.key);
    if (slice != null) slice.left += claim.need;
  }

  /** Whether we were told a moment ago that there is not so much of it left. */
  public boolean isShut(Claim claim) {
    Slice slice = slice(claim.key);
    return claim.need >= slice.shutFor && slice.shutUntil - ticker.getAsLong() > 0;
  }

  /**
   * Fetches some of it; whether it is worth while to look again. One draw at a time for each limit: who comes meanwhile waits for it.
   *
   * @param told what the limit is like, if this is the draw that asks and is answered
   */
  public Future<Boolean> draw(Claim claim, Told told) {
    Slice slice = slice(claim.key);
    if (slice.draw != null) return slice.draw.map(granted -> !isShut(claim));
    slice.draw = inTime(() -> ask(claim, slice, told)).otherwise(failure -> claim.slice + claim.need);
    return slice.draw.map(granted -> {
      slice.draw = null;
      slice.left += granted;
      if (granted > 0) return true;
      slice.shutUntil = ticker.getAsLong() + SHUT_NANOS;
      slice.shutFor = claim.need;
      return false;
    });
  }

  private interface Question {
    Future<Long> ask();
  }

  /** On our context, whether it comes or not. */
  private Future<Long> inTime(Question question) {
    if (silentUntil - ticker.getAsLong() > 0 || !control.isTrusted()) return Future.failedFuture("the control set does not answer");
    Promise<Long> promise = Promise.promise();
    long timer = context.owner().setTimer(patience, t -> promise.tryFail("no answer in " + patience + " ms"));
    question.ask().onComplete(done -> {
      context.owner().cancelTimer(timer);
      if (done.succeeded()) promise.tryComplete(done.result());
      else promise.tryFail(done.cause());
    });
    return promise.future().onFailure(failure -> {
      silentUntil = ticker.getAsLong() + SILENT_NANOS;
      log.warn("limits are not looked at: {}", failure.toString());
    });
  }

  private Future<Long> ask(Claim claim, Slice slice, Told told) {
    List<Document> change = claim.isRate ? rate(claim, 1 - slice.left) : total(claim, claim.need - slice.left);
    return Mongo.first(context, used().findOneAndUpdate(eq("_id", claim.key), change, new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)))
      .map(after -> {
        if (!claim.isRate) told.drawn(number(after, "used"));
        return number(after, "granted");
      });
  }

  /** How much was drawn of limits that are not rates, by their keys; of what nobody drew from there is nothing. Draws nothing. */
  public static Future<Map<String, Long>> used(Context context, MongoSet control, Collection<String> keys) {
    return Mongo.all(context, control.db().getCollection(COLLECTION).find(in("_id", keys)))
      .map(found -> found.stream().collect(Collectors.toMap(d -> d.getString("_id"), d -> number(d, "used"))));
  }

  private static long number(Document document, String field) {
    return document.get(field, Number.class).longValue();
  }

  /** The bucket fills by MongoDB's clock; {@code debt}: what was let through on credit here, and one more. */
  private static List<Document> rate(Claim claim, long debt) {
    Document elapsed = new Document("$divide", List.of(new Document("$subtract", List.of("$$NOW", ifNull("$at", "$$NOW"))), 1_000));
    Document filled = new Document("$add", List.of(ifNull("$tokens", claim.limit), new Document("$multiply", List.of(elapsed, claim.limit))));
    Document slice = new Document("$floor", new Document("$min", List.of(claim.slice + debt - 1, "$tokens")));
    return stages(until(claim).append("tokens", new Document("$min", List.of(claim.limit, filled))).append("at", "$$NOW"),
      new Document("granted", cond(new Document("$gte", List.of("$tokens", 1)), new Document("$max", List.of(debt, slice)), 0L)),
      new Document("tokens", new Document("$subtract", List.of("$tokens", "$granted"))));
  }

  private static List<Document> total(Claim claim, long missing) {
    Document left = new Document("$subtract", List.of(claim.limit, "$used"));
    return stages(until(claim).append("used", ifNull("$used", 0L)),
      new Document("granted", cond(new Document("$gte", List.of(left, missing)), new Document("$min", List.of(left, Math.max(missing, claim.slice))), 0L)),
      new Document("used", new Document("$add", List.of("$used", "$granted"))));
  }

  private static Document until(Claim claim) {
    return new Document("until", new Document("$add", List.of("$$NOW", claim.lasts)));
  }

  private static List<Document> stages(Document... fields) {
    return List.of(fields).stream().map(each -> new Document("$set", each)).toList();
  }

  private static Document ifNull(Object value, Object otherwise) {
    return new Document("$ifNull", List.of(value, otherwise));
  }

  private static Document cond(Object condition, Object then, Object otherwise) {
    return new Document("$cond", List.of(condition, then, otherwise));
  }
}
