package io.godwit.billing;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.not;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.ReadConcern;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.CommitSlot;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.godwit.store.UnitOfWork;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Credit comes in here, moves between accounts, and is told here. A {@link CreditEntry} is written in one transaction with the balances that it
 * changes. May be used from any context; futures complete on it.
 */
public final class Ledger {
  /** So many balances are read together at most. */
  public static final int AT_ONCE = 500;
  /** What slots hold and no longer need is home within four seconds (see {@link Pocket}): for that long a transfer waits for it. */
  private static final int TRIES = 20;
  private static final long AGAIN_MS = 250;

  private final Sets sets;
  private final Pricing pricing;
  private final Whereabouts whereabouts;

  /** @param pricing knows the accounts and their currencies */
  public Ledger(Sets sets, Pricing pricing) {
    this.sets = sets;
    this.pricing = pricing;
    this.whereabouts = new Whereabouts(sets, pricing);
  }

  /** Creates collections and indexes where they are missing; before the first entry. */
  public Future<Void> open() {
    return control().ensureCollection(CreditEntry.TOP_UPS).compose(v -> control().ensureCollection(CreditEntry.TRANSFERS)).compose(v -> control().ensureCollection(Balances.COLLECTION))
      .compose(v -> index(CreditEntry.TOP_UPS, "account")).compose(v -> index(CreditEntry.TRANSFERS, "from")).compose(v -> index(CreditEntry.TRANSFERS, "to"));
  }

  private Future<Void> index(String collection, String field) {
    return Mongo.first(here(), control().db().getCollection(collection).createIndex(Indexes.ascending(field, "at"), new IndexOptions().name("by-" + field))).mapEmpty();
  }

  /** Why an entry was not made. */
  public static final class Rejected extends RuntimeException {
    public enum Reason { UNKNOWN_ACCOUNT, WRONG_AMOUNT, OTHER_CURRENCY, NO_CREDIT, KEY_TAKEN }

    private final Reason reason;

    Rejected(Reason reason, String message) {
      super(message, null, false, false);
      this.reason = reason;
    }

    public Reason reason() {
      return reason;
    }
  }

  /**
   * An entry as it stands in the books.
   *
   * @param now whether it was made now, or had been made before
   */
  public record Made(CreditEntry entry, boolean now) { }

  /** Raises the account's balance, once a key: see {@link #make}. Whether it was made now. */
  public Future<Boolean> topUp(String key, String account, long amount, String by) {
    return make(key, null, account, amount, by, null).map(Made::now);
  }

  /**
   * Moves credit, once a key, however often it is asked for.
   *
   * @param key chosen by the client
   * @param from whose balance is lowered, never below what it may be; null = money that comes from outside
   * @param amount micro-units of the accounts' currency, more than 0
   * @param by who did it, for the books
   * @return fails with {@link Rejected} when it cannot be made, or the key stands for another entry
   */
  public Future<Made> make(String key, String from, String to, long amount, String by, String note) {
    return make(new CreditEntry(key, from, to, amount, pricing.currency(to), 0, by, note), false);
  }

  /** The same for a seller who takes credit of his own back from a buyer: no more than he has given him by transfers. */
  public Future<Made> takeBack(String key, String from, String to, long amount, String by, String note) {
    return make(new CreditEntry(key, from, to, amount, pricing.currency(to), 0, by, note), true);
  }

  private Future<Made> make(CreditEntry entry, boolean back) {
    Rejected wrong = wrong(entry);
    if (wrong != null) return Future.failedFuture(wrong);
    Context here = here();
    return stored(here, entry).compose(made -> made != null ? known(entry, made, false) : (entry.isTopUp() ? Future.<Void>succeededFuture() : Balances.open(here, control(), entry.from()))
      .compose(v -> Balances.open(here, control(), entry.to())).compose(v -> write(here, entry, back, 1)));
  }

  private Rejected wrong(CreditEntry entry) {
    if (pricing.currency(entry.to()) == null) return new Rejected(Rejected.Reason.UNKNOWN_ACCOUNT, "there is no account " + entry.to());
    if (!entry.isTopUp() && pricing.currency(entry.from()) == null) return new Rejected(Rejected.Reason.UNKNOWN_ACCOUNT, "there is no account " + entry.from());
    if (entry.amount() <= 0) return new Rejected(Rejected.Reason.WRONG_AMOUNT, "the amount must be more than 0, not " + entry.amount());
    if (!entry.isTopUp() && !pricing.currency(entry.from()).equals(entry.currency())) {
      return new Rejected(Rejected.Reason.OTHER_CURRENCY, "account " + entry.from() + " is in " + pricing.currency(entry.from()) + ", account " + entry.to() + " in " + entry.currency());
    }
    return null;
  }

  private Future<Made> write(Context here, CreditEntry entry, boolean back, int number) {
    Future<Bson> condition = back ? Debt.covers(here, control(), entry) : Future.succeededFuture(Filters.empty());
    return condition.compose(holds -> holds == null ? notOwed(here, entry) : commit(here, entry, holds))
      .recover(failure -> failure instanceof UnitOfWork.Fenced ? lacking(here, entry, back, number) : Future.failedFuture(failure));
  }

  /** Unless somebody has made this very entry meanwhile. */
  private Future<Made> notOwed(Context here, CreditEntry entry) {
    return stored(here, entry).compose(made -> made != null ? known(entry, made, false)
      : Future.failedFuture(new Rejected(Rejected.Reason.NO_CREDIT, "account " + entry.from() + " was not given so much by transfers, or has sent it back: other credit stays with it")));
  }

  private Future<Made> commit(Context here, CreditEntry entry, Bson condition) {
    String attempt = UUID.randomUUID().toString();
    UnitOfWork work = new UnitOfWork().insert(entry.collection(), entry.document(control().clock().getAsLong(), attempt))
      .update(Balances.COLLECTION, eq("_id", entry.to()), Updates.inc("free", entry.amount()));
    if (!entry.isTopUp()) {
      long least = entry.amount() + pricing.floor(entry.from());
      work.update(Balances.COLLECTION, and(eq("_id", entry.from()), gte("free", least), condition), Updates.combine(Updates.inc("free", -entry.amount()), Updates.inc(Debt.SENT, 1L)));
    }
    CommitSlot slot = control().slot("ledger");
    return slot.run(work).andThen(done -> slot.close())
      .recover(failure -> isKnownKey(failure) ? control().barrier(here) : Future.failedFuture(failure))   // the other's entry may not be on a majority yet
      .compose(v -> outcome(here, entry, attempt));
  }

  private static boolean isKnownKey(Throwable failure) {
    return failure instanceof MongoBulkWriteException e && e.getWriteErrors().stream().anyMatch(w -> w.getCategory() == ErrorCategory.DUPLICATE_KEY);
  }

  /** Not enough is free, or something else was sent meanwhile. Where slots hold what is missing it is waited for. */
  private Future<Made> lacking(Context here, CreditEntry entry, boolean back, int number) {
    return balance(entry.from()).compose(balance -> {
      if (number >= TRIES || balance.balance() - pricing.floor(entry.from()) < entry.amount()) {
        return Future.failedFuture(new Rejected(Rejected.Reason.NO_CREDIT, "account " + entry.from() + " has not so much to give"));
      }
      return control().vertx().timer(AGAIN_MS).compose(v -> write(here, entry, back, number + 1));
    });
  }

  private Future<CreditEntry> stored(Context here, CreditEntry entry) {
    return read(here, entry).map(d -> d == null ? null : CreditEntry.of(d));
  }

  private Future<Document> read(Context here, CreditEntry entry) {
    return Mongo.first(here, control().db().getCollection(entry.collection()).withReadConcern(ReadConcern.MAJORITY).find(eq("_id", entry.key())));
  }

  /** A commit slot takes a known key on a later try for its own commit: whose it was, and whether it was the same, the document says. */
  private Future<Made> outcome(Context here, CreditEntry entry, String attempt) {
    return read(here, entry).compose(made -> {
      if (made == null) return Future.failedFuture(new IllegalStateException("the entry " + entry.key() + " is not on a majority yet: ask again"));
      return known(entry, CreditEntry.of(made), attempt.equals(made.getString("attempt")));
    });
  }

  private static Future<Made> known(CreditEntry entry, CreditEntry made, boolean now) {
    return entry.isSameAs(made) ? Future.succeededFuture(new Made(made, now))
      : Future.failedFuture(new Rejected(Rejected.Reason.KEY_TAKEN, "the key " + entry.key() + " stands for another entry"));
  }

  /** What concerns the account in [from, to), milliseconds since 1970, in order of time; no more than so many. */
  public Future<List<CreditEntry>> entries(String account, long from, long to, int most) {
    Bson time = and(gte("at", new Date(from)), lt("at", new Date(to)));
    return each(account, time, Sorts.ascending("at"), most).map(entries -> entries.stream().sorted(Comparator.comparingLong(CreditEntry::at)).limit(most).toList());
  }

  /** What all entries before that time come to. */
  public Future<Long> creditBefore(String account, long time) {
    return sum(CreditEntry.TOP_UPS, "account", account, time)
      .compose(sum -> sum(CreditEntry.TRANSFERS, "to", account, time).map(more -> sum + more))
      .compose(sum -> sum(CreditEntry.TRANSFERS, "from", account, time).map(less -> sum - less));
  }

  private Future<Long> sum(String collection, String field, String account, long time) {
    return Mongo.first(here(), control().db().getCollection(collection).withReadConcern(ReadConcern.MAJORITY).aggregate(List.of(
      Aggregates.match(and(eq(field, account), not(gte("at", new Date(time))))), Aggregates.group(null, Accumulators.sum("sum", "$amount")))))
      .map(found -> found == null ? 0L : found.get("sum", Number.class).longValue());
  }

  private Future<List<CreditEntry>> each(String account, Bson time, Bson order, int most) {
    List<CreditEntry> entries = new ArrayList<>();
    return Mongo.all(here(), in(CreditEntry.TOP_UPS).find(and(eq("account", account), time)).sort(order).limit(most)).compose(topUps -> {
      topUps.forEach(d -> entries.add(CreditEntry.of(d)));
      return Mongo.all(here(), in(CreditEntry.TRANSFERS).find(and(or(eq("from", account), eq("to", account)), time)).sort(order).limit(most));
    }).map(transfers -> {
      transfers.forEach(d -> entries.add(CreditEntry.of(d)));
      return entries;
    });
  }

  private MongoCollection<Document> in(String collection) {
    return control().db().getCollection(collection).withReadConcern(ReadConcern.MAJORITY);
  }

  /**
   * Where an account's money is, in micro-units. What messages have reserved is in their events and not part of it.
   *
   * @param free what nobody has drawn
   * @param allotted what slots may spend
   * @param inTransfer what is on its way between the two
   */
  public record Balance(String account, String currency, long free, long allotted, long inTransfer) {
    public long balance() {
      return free + allotted + inTransfer;
    }
  }

  /** Exact whatever moves within the account meanwhile, unless that never stops for long enough to be looked at. Fails while a set does not answer. */
  public Future<Balance> balance(String account) {
    return whereabouts.of(here(), account);
  }

  /** The same of no more than {@link #AT_ONCE} accounts, by as few reads as of one but for those of which money moves: each by itself, since what is wrong with one says nothing of another. */
  public Future<Map<String, Future<Balance>>> balances(List<String> accounts) {
    if (accounts.size() > AT_ONCE) throw new IllegalArgumentException(accounts.size() + " balances are too many at once");
    return whereabouts.ofEach(here(), accounts);
  }

  private MongoSet control() {
    return sets.control();
  }

  private Context here() {
    return control().here();
  }
}
