package io.godwit.ops;

import io.godwit.billing.Books;
import io.godwit.events.ArchivedDays;
import io.godwit.events.Manifest;
import io.godwit.message.Event;
import io.godwit.message.Leg;
import io.godwit.ops.Finding.Kind;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Each account's money adds up. Said only of money at rest: when it was reserved or topped up during the audit, the totals say "moved", and only those accounts are judged that held as much
 * before as after and of which nothing was reserved or billed from shortly before the audit on; when a day was archived, none.
 */
final class MoneyCheck implements Check {
  /** Nodes' clocks differ, and what they commit takes a moment. */
  private static final long SHORTLY_MS = 60_000;

  private final Context context;
  private final Consumer<Finding> findings;
  private final Totals totals;
  private List<MongoSet> sets;
  private Books books;
  private List<Manifest> archived;
  private long since;
  /** Accounts of which something was reserved, billed or released since then. */
  private final Set<String> busy = new HashSet<>();

  MoneyCheck(Context context, Consumer<Finding> findings, Totals totals) {
    this.context = context;
    this.findings = findings;
    this.totals = totals;
  }

  @Override
  public Future<Void> open(List<MongoSet> sets) {
    this.sets = sets;
    since = sets.get(0).clock().getAsLong() - SHORTLY_MS;
    return archived().compose(days -> Books.read(context, sets).onSuccess(read -> {
      books = read;
      archived = days;
      days.forEach(books::add);
    })).mapEmpty();
  }

  /** What is billed and reserved in the archived days of all sets. */
  private Future<List<Manifest>> archived() {
    List<Future<List<Manifest>>> days = sets.stream().map(set -> new ArchivedDays(context, set).manifests()).toList();
    return Future.all(days).map(v -> days.stream().flatMap(of -> of.result().stream()).toList());
  }

  @Override
  public Future<Void> look(Slice slice) {
    for (Chain chain : slice.chains().values()) {
      if (chain.isOld()) chain.live().forEach(books::move);
      else books.add(chain.money());
      chain.main().forEach(this::follow);
    }
    return Future.succeededFuture();
  }

  private void follow(Event event) {
    if (event.money() != null && event.at() >= since) for (Leg leg : event.money().legs()) busy.add(leg.account());
  }

  @Override
  public Future<Void> close() {
    return Books.read(context, sets).compose(after -> archived().onSuccess(days -> conclude(after, days.equals(archived)))).mapEmpty();
  }

  private void conclude(Books after, boolean sameDays) {
    boolean atRest = sameDays && books.hasSameMoneyAs(after);
    Set<String> unjudged = atRest ? Set.of() : unjudged(sameDays ? books.still(after) : Set.of());
    totals.note("money", atRest ? "checked" : "moved");
    totals.unjudged(unjudged);
    books.overdrawn((account, how) -> findings.accept(new Finding(account, Kind.OVERDRAWN, how)));
    books.unbalanced((account, how) -> {
      if (!unjudged.contains(account)) findings.accept(new Finding(account, Kind.MONEY_OFF, how));
    });
  }

  private Set<String> unjudged(Set<String> still) {
    Set<String> unjudged = books.accounts();
    unjudged.removeIf(account -> still.contains(account) && !busy.contains(account));
    return unjudged;
  }
}
