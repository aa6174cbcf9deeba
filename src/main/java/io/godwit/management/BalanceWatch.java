package io.godwit.management;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Alerts;
import io.godwit.accounts.Amount;
import io.godwit.accounts.Directory;
import io.godwit.billing.Ledger;
import io.godwit.node.Node;
import io.godwit.store.Duty;
import io.godwit.store.Mongo;
import io.godwit.store.OneByOne;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of accounts whose balance and credit limit together fall below their mark, once a fall: a document {@code {_id: account, below, falls}} of the control set remembers. One
 * process at a time looks, every few seconds, and only at accounts that want it, at many of them together. What is reserved counts as spent. Confined to its context.
 */
final class BalanceWatch {
  private static final Logger log = LoggerFactory.getLogger(BalanceWatch.class);
  static final String COLLECTION = "balance_marks";
  private static final long PERIOD_MS = 5_000;

  private final Context context;
  private final Node node;
  private final Ledger ledger;
  private final Alerts alerts;
  private final Duty duty;
  private final Directory.View<AccountTree> accounts;
  private long timer;
  private boolean looking;

  BalanceWatch(Context context, Node node, Ledger ledger, Alerts alerts) {
    this.context = context;
    this.node = node;
    this.ledger = ledger;
    this.alerts = alerts;
    this.duty = new Duty(context, node.sets().control(), "balance-watch");
    this.accounts = AccountTree.view(node.directory());
  }

  BalanceWatch start() {
    timer = node.vertx().setPeriodic(PERIOD_MS, t -> context.runOnContext(v -> regularly()));
    return this;
  }

  void stop() {
    node.vertx().cancelTimer(timer);
  }

  private void regularly() {
    if (looking || watched().isEmpty() || !node.sets().control().isTrusted()) return;
    looking = true;
    duty.take(PERIOD_MS / 2).compose(taken -> taken ? look().transform(done -> done.succeeded() ? duty.done() : duty.leave()) : Future.succeededFuture())
      .onFailure(e -> log.warn("balances are looked at later: {}", e.toString()))
      .onComplete(done -> looking = false);
  }

  private List<Account> watched() {
    return accounts.get().all().stream().filter(account -> account.lowBalance() != null && account.status() != Account.State.CLOSED).toList();
  }

  /** One look at each of them, whatever is wrong with another; fails for the first that cannot be looked at. */
  Future<Void> look() {
    List<Account> all = watched();
    List<List<Account>> slices = IntStream.iterate(0, i -> i < all.size(), i -> i + Ledger.AT_ONCE).mapToObj(i -> all.subList(i, Math.min(all.size(), i + Ledger.AT_ONCE))).toList();
    return OneByOne.each(context, slices, this::lookAt);
  }

  private Future<Void> lookAt(List<Account> slice) {
    List<String> ids = slice.stream().map(Account::id).toList();
    return ledger.balances(ids).compose(balances -> marks(ids).compose(marks ->
      OneByOne.each(context, slice, account -> balances.get(account.id()).compose(balance -> compare(account, balance.balance(), marks.get(account.id()))))));
  }

  private MongoCollection<Document> marks() {
    return node.sets().control().db().getCollection(COLLECTION);
  }

  private Future<Map<String, Document>> marks(List<String> ids) {
    return Mongo.all(context, marks().find(in("_id", ids))).map(found -> found.stream().collect(Collectors.toMap(mark -> mark.getString("_id"), mark -> mark)));
  }

  /** @param mark null when it never was below */
  private Future<Void> compare(Account account, long balance, Document mark) {
    boolean was = mark != null && mark.getBoolean("below");
    long falls = mark == null ? 0 : mark.getLong("falls");
    boolean is = balance + account.creditLimit() < account.lowBalance();
    if (is == was) return Future.succeededFuture();
    return is ? warn(account, balance, falls + 1).compose(v -> remember(account, falls, true, falls + 1)) : remember(account, falls, false, falls);
  }

  /** Before it is remembered: whoever dies in between is followed by one who raises the same alert, which is stored once. */
  private Future<Void> warn(Account account, long balance, long fall) {
    JsonObject details = new JsonObject().put("balance", Amount.text(balance)).put("available", Amount.text(balance + account.creditLimit()))
      .put("below", Amount.text(account.lowBalance())).put("currency", account.currency());
    return alerts.raise(context, "low-balance/" + account.id() + "/" + fall, account.id(), Alerts.Kind.LOW_BALANCE, details).mapEmpty();
  }

  private Future<Void> remember(Account account, long before, boolean below, long falls) {
    return Mongo.first(context, marks().updateOne(eq("_id", account.id()), Updates.combine(Updates.setOnInsert("below", false), Updates.setOnInsert("falls", 0L)), new UpdateOptions().upsert(true)))
      .compose(v -> Mongo.first(context, marks().updateOne(and(eq("_id", account.id()), eq("falls", before)), Updates.combine(Updates.set("below", below), Updates.set("falls", falls)))))
      .mapEmpty();
  }
}
