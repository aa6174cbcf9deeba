package io.godwit.intake;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.accounts.Account;
import io.godwit.accounts.AccountLimits;
import io.godwit.accounts.Alerts;
import io.godwit.accounts.Amount;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds accounts to their {@link AccountLimits}, over all doors and nodes. What is used stands in the control set, a document a limit, and is drawn in slices:
 * a quarter of a second's segments, or a hundredth of a day's segments or spending. So nobody ever hands in more than a day allows, and may be
 * refused up to a hundredth of it too early for each other door that holds a slice. Segments a second hold in the long run, with bursts of a
 * second's worth; a message or batch goes through when there is room for one segment, and the rest is owed. What is refused later is not given back.
 * While the control set does not answer, nobody is refused for a limit. Confined to its context.
 */
final class Quotas {
  static final String COLLECTION = "quotas";
  private static final Logger log = LoggerFactory.getLogger(Quotas.class);
  private static final long ANSWER_WITHIN_MS = 1_000;
  private static final int SLICES_A_SECOND = 4;
  private static final int SLICES_A_DAY = 100;
  /** For so long nobody asks again who was just told that there is nothing left. */
  private static final long SHUT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int MOST = 10_000;
  private static final int PERCENT = 100;

  private final Context context;
  private final MongoSet control;
  private final Alerts alerts;
  private final Map<String, Slice> slices = new HashMap<>();
  private long warned;

  /** What this door may still let in under one limit. */
  private static final class Slice {
    long left;
    Future<Long> draw;
    long shutUntil;
    long shutFor = Long.MAX_VALUE;
  }

  /**
   * A part of a limit that somebody wants.
   *
   * @param account whose limit it is
   * @param limit so much a second or a day
   * @param need so much of it
   * @param refusal what is said when it is not there
   */
  private record Claim(Account account, String key, long limit, long need, Refusal.Reason refusal) {
    boolean isRate() {
      return refusal == Refusal.Reason.RATE_LIMIT;
    }

    long slice() {
      return Math.max(isRate() ? 1 : need, limit / (isRate() ? SLICES_A_SECOND : SLICES_A_DAY));
    }

    Refusal refused() {
      return new Refusal(refusal, null, switch (refusal) {
        case RATE_LIMIT -> "account " + account.id() + " may hand in " + limit + " segments a second";
        case DAILY_LIMIT -> "account " + account.id() + " may hand in " + limit + " segments a day";
        default -> "account " + account.id() + " may spend " + Amount.text(limit) + " " + account.currency() + " a day";
      });
    }
  }

  Quotas(Context context, MongoSet control) {
    this.context = context;
    this.control = control;
    this.alerts = new Alerts(control);
  }

  /** Old days forget themselves. */
  Future<Void> open() {
    return Mongo.first(context, quotas().createIndex(Indexes.ascending("until"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS).name("by-age")))
      .compose(v -> alerts.open(context));
  }

  private MongoCollection<Document> quotas() {
    return control.db().getCollection(COLLECTION);
  }

  /**
   * Takes what an offer needs from the limits of its account and of those above it.
   *
   * @param spend what it costs each account, in micro-units
   * @param now milliseconds since 1970
   * @return null, or what is said to whoever made the offer
   */
  Future<Refusal> take(List<Account> limited, int segments, Map<String, Long> spend, long now) {
    List<Claim> claims = new ArrayList<>();
    LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(now), ZoneOffset.UTC);
    for (Account account : limited) claims(claims, account, day, segments, spend.getOrDefault(account.id(), 0L));
    return take(claims, 0);
  }

  private static void claims(List<Claim> claims, Account account, LocalDate day, int segments, long spend) {
    AccountLimits limits = account.limits();
    if (limits.segmentsPerDay() > 0) claims.add(new Claim(account, "segments/" + account.id() + "/" + day, limits.segmentsPerDay(), segments, Refusal.Reason.DAILY_LIMIT));
    if (limits.spendPerDay() > 0 && spend > 0) claims.add(new Claim(account, "spend/" + account.id() + "/" + day, limits.spendPerDay(), spend, Refusal.Reason.SPEND_LIMIT));
    if (limits.segmentsPerSecond() > 0) claims.add(new Claim(account, "rate/" + account.id(), limits.segmentsPerSecond(), segments, Refusal.Reason.RATE_LIMIT));
  }

  private Future<Refusal> take(List<Claim> claims, int from) {
    for (int i = from; i < claims.size(); i++) {
      Claim claim = claims.get(i);
      Slice slice = slice(claim.key);
      if (spent(claim, slice)) continue;
      int at = i;
      if (isShut(claim, slice)) return refused(claims, at);
      return draw(claim, slice).compose(granted -> granted > 0 ? take(claims, at) : refused(claims, at));
    }
    return Future.succeededFuture();
  }

  private Slice slice(String key) {
    if (slices.size() >= MOST && !slices.containsKey(key)) slices.values().removeIf(slice -> slice.draw == null);
    return slices.computeIfAbsent(key, k -> new Slice());
  }

  private static boolean spent(Claim claim, Slice slice) {
    if (slice.left < (claim.isRate() ? 1 : claim.need)) return false;
    slice.left -= claim.need;
    return true;
  }

  private static boolean isShut(Claim claim, Slice slice) {
    return claim.need >= slice.shutFor && slice.shutUntil - System.nanoTime() > 0;
  }

  /** What was taken before stays here for the next. */
  private Future<Refusal> refused(List<Claim> claims, int at) {
    for (Claim taken : claims.subList(0, at)) slice(taken.key).left += taken.need;
    return Future.succeededFuture(claims.get(at).refused());
  }

  /** One draw at a time for each limit; who comes meanwhile waits for it and looks again. 0 = there was not enough. */
  private Future<Long> draw(Claim claim, Slice slice) {
    if (slice.draw != null) return slice.draw.map(granted -> isShut(claim, slice) ? 0L : 1L);
    slice.draw = inTime(ask(claim, slice)).otherwise(failure -> {
      warn(failure);
      return claim.slice() + claim.need;
    });
    return slice.draw.onSuccess(granted -> {
      slice.draw = null;
      slice.left += granted;
      if (granted > 0) return;
      slice.shutUntil = System.nanoTime() + SHUT_NANOS;
      slice.shutFor = claim.need;
    });
  }

  /** On our context, whether it comes or not. */
  private <T> Future<T> inTime(Future<T> answer) {
    Promise<T> promise = Promise.promise();
    long timer = context.owner().setTimer(ANSWER_WITHIN_MS, t -> promise.tryFail("no answer in " + ANSWER_WITHIN_MS + " ms"));
    answer.onComplete(done -> {
      context.owner().cancelTimer(timer);
      if (done.succeeded()) promise.tryComplete(done.result());
      else promise.tryFail(done.cause());
    });
    return promise.future();
  }

  private Future<Long> ask(Claim claim, Slice slice) {
    long missing = claim.isRate() ? 1 : claim.need - slice.left;
    List<Document> change = claim.isRate() ? rate(claim, 1 - slice.left) : day(claim, missing);
    return Mongo.first(context, quotas().findOneAndUpdate(eq("_id", claim.key), change, new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)))
      .map(after -> {
        long granted = number(after, "granted");
        if (claim.refusal == Refusal.Reason.SPEND_LIMIT) alert(claim, number(after, "used"), granted);
        return granted;
      });
  }

  private static long number(Document document, String field) {
    return document.get(field, Number.class).longValue();
  }

  /** The bucket fills by MongoDB's clock; {@code debt}: what this door let in on credit, and one more. */
  private static List<Document> rate(Claim claim, long debt) {
    Document elapsed = new Document("$divide", List.of(new Document("$subtract", List.of("$$NOW", ifNull("$at", "$$NOW"))), 1_000));
    Document filled = new Document("$add", List.of(ifNull("$tokens", claim.limit), new Document("$multiply", List.of(elapsed, claim.limit))));
    Document slice = new Document("$floor", new Document("$min", List.of(claim.slice() + debt - 1, "$tokens")));
    return List.of(set("tokens", new Document("$min", List.of(claim.limit, filled))).append("at", "$$NOW").append("until", new Document("$add", List.of("$$NOW", 86_400_000L))),
      set("granted", cond(new Document("$gte", List.of("$tokens", 1)), new Document("$max", List.of(debt, slice)), 0L)),
      set("tokens", new Document("$subtract", List.of("$tokens", "$granted")))).stream().map(fields -> new Document("$set", fields)).toList();
  }

  private static List<Document> day(Claim claim, long missing) {
    Document left = new Document("$subtract", List.of(claim.limit, "$used"));
    return List.of(set("used", ifNull("$used", 0L)).append("until", new Document("$add", List.of("$$NOW", 3 * 86_400_000L))),
      set("granted", cond(new Document("$gte", List.of(left, missing)), new Document("$min", List.of(left, Math.max(missing, claim.slice()))), 0L)),
      set("used", new Document("$add", List.of("$used", "$granted")))).stream().map(fields -> new Document("$set", fields)).toList();
  }

  private static Document set(String field, Object value) {
    return new Document(field, value);
  }

  private static Document ifNull(Object value, Object otherwise) {
    return new Document("$ifNull", List.of(value, otherwise));
  }

  private static Document cond(Object condition, Object then, Object otherwise) {
    return new Document("$cond", List.of(condition, then, otherwise));
  }

  /** Once, by the draw that passes the mark. */
  private void alert(Claim claim, long used, long granted) {
    long mark = claim.limit / PERCENT * claim.account.limits().alertAt();
    if (used < mark || used - granted >= mark) return;
    JsonObject details = new JsonObject().put("limit", Amount.text(claim.limit)).put("used", Amount.text(used)).put("currency", claim.account.currency());
    alerts.raise(context, claim.key, claim.account.id(), Alerts.Kind.SPEND, details).onFailure(e -> log.warn("an alert could not be stored: {}", e.toString()));
  }

  private void warn(Throwable failure) {
    long now = System.nanoTime();
    if (now - warned < TimeUnit.SECONDS.toNanos(1)) return;
    warned = now;
    log.warn("limits of accounts are not looked at: {}", failure.toString());
  }
}
