package io.godwit.billing;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.ReadConcern;
import com.mongodb.client.model.Updates;
import io.godwit.store.CommitSlot;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.godwit.store.UnitOfWork;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.bson.Document;

/**
 * Credit comes in here, and is told here. A top-up is an immutable document {@code {_id: key, account, amount, currency, at, by, attempt}} of the
 * control set, written in one transaction with the balance that it raises. May be used from any context; futures complete on it.
 */
public final class Ledger {
  static final String TOPUPS = "topups";

  private final Sets sets;
  private final Pricing pricing;

  /** @param pricing knows the accounts and their currencies */
  public Ledger(Sets sets, Pricing pricing) {
    this.sets = sets;
    this.pricing = pricing;
  }

  /** Creates the collections where they are missing; before the first top-up. */
  public Future<Void> open() {
    return control().ensureCollection(TOPUPS).compose(v -> control().ensureCollection(Balances.COLLECTION));
  }

  /** Why a top-up was not made. */
  public static final class Rejected extends RuntimeException {
    Rejected(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Raises the account's balance, once a key, however often it is asked for.
   *
   * @param key chosen by the client
   * @param amount micro-units of the account's currency, more than 0
   * @param by who did it, for the books
   * @return whether it was made now; false when it had been made before. Fails with {@link Rejected} for an unknown account, a wrong amount, or a
   *     key that stands for another top-up
   */
  public Future<Boolean> topUp(String key, String account, long amount, String by) {
    String currency = pricing.currency(account);
    if (currency == null) return Future.failedFuture(new Rejected("there is no account " + account));
    if (amount <= 0) return Future.failedFuture(new Rejected("a top-up must be more than 0, not " + amount));
    Context here = here();
    String attempt = UUID.randomUUID().toString();
    Document entry = new Document("account", account).append("amount", amount).append("currency", currency);
    return Balances.open(here, control(), account)
      .compose(v -> write(key, entry, attempt, by))
      .recover(failure -> isKnownKey(failure) ? Future.succeededFuture() : Future.failedFuture(failure))
      .compose(v -> outcome(here, key, entry, attempt));
  }

  private Future<Void> write(String key, Document entry, String attempt, String by) {
    UnitOfWork work = new UnitOfWork()
      .insert(TOPUPS, Mongo.encode(256, writer -> {
        writer.writeString("_id", key);
        writer.writeString("account", entry.getString("account"));
        writer.writeInt64("amount", entry.getLong("amount"));
        writer.writeString("currency", entry.getString("currency"));
        writer.writeDateTime("at", control().clock().getAsLong());
        writer.writeString("by", by);
        writer.writeString("attempt", attempt);
      }))
      .update(Balances.COLLECTION, eq("_id", entry.getString("account")), Updates.inc("free", entry.getLong("amount")));
    CommitSlot slot = control().slot("ledger");
    return slot.run(work).andThen(done -> slot.close());
  }

  private static boolean isKnownKey(Throwable failure) {
    return failure instanceof MongoBulkWriteException e && e.getWriteErrors().stream().anyMatch(w -> w.getCategory() == ErrorCategory.DUPLICATE_KEY);
  }

  /** A commit slot takes a known key on a later try for its own commit: whose it was, and whether it was the same, the document says. */
  private Future<Boolean> outcome(Context here, String key, Document entry, String attempt) {
    return Mongo.first(here, control().db().getCollection(TOPUPS).withReadConcern(ReadConcern.MAJORITY).find(eq("_id", key))).compose(made -> {
      if (made == null) return Future.failedFuture(new IllegalStateException("the top-up " + key + " is not on a majority yet: ask again"));
      boolean same = entry.entrySet().stream().allMatch(e -> e.getValue().equals(made.get(e.getKey())));
      return same ? Future.succeededFuture(attempt.equals(made.getString("attempt")))
        : Future.failedFuture(new Rejected("the key " + key + " stands for another top-up"));
    });
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

  /** Exact while no money moves; else what moves meanwhile may be seen at both ends of its way. Fails while a set does not answer. */
  public Future<Balance> balance(String account) {
    Context here = here();
    if (!sets.all().stream().allMatch(MongoSet::isTrusted)) return Future.failedFuture(new IllegalStateException("a set does not answer, and may hold some of the money"));
    List<Future<long[]>> allotted = sets.all().stream().map(set -> allotted(here, set, account)).toList();
    return Future.all(allotted).compose(all -> Balances.read(here, control(), account)).map(stored -> {
      long free = stored == null ? 0 : stored.getLong("free");
      long drawn = stored == null ? 0 : stored.get("open", Document.class).values().stream().mapToLong(open -> ((Document) open).getLong("amount")).sum();
      long held = allotted.stream().mapToLong(a -> a.result()[0]).sum();
      long home = allotted.stream().mapToLong(a -> a.result()[1]).sum();
      return new Balance(account, pricing.currency(account), free, held, home + drawn);
    });
  }

  /** What allotments of one set hold, and what is on its way home from them. */
  private static Future<long[]> allotted(Context here, MongoSet set, String account) {
    return Mongo.all(here, Allotments.in(set).find(or(exists("a." + account), exists("home." + account)))).map(found -> {
      long held = 0;
      long home = 0;
      for (Document allotment : found) {
        held += Allotments.number(allotment, "a", account);
        Document open = allotment.get("home", Document.class).get(account, Document.class);
        if (open != null) home += open.getLong("amount");
      }
      return new long[] {held, home};
    });
  }

  private MongoSet control() {
    return sets.control();
  }

  private Context here() {
    return control().vertx().getOrCreateContext();
  }
}
