package io.godwit.ops;

import io.godwit.billing.Books;
import io.godwit.events.ArchivedDays;
import io.godwit.events.Manifest;
import io.godwit.ops.Finding.Kind;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/** Each account's money adds up. Said only of money at rest: when it was reserved or topped up during the audit, or a day was archived, the totals say "moved". */
final class MoneyCheck implements Check {
  private final Context context;
  private final Consumer<Finding> findings;
  private final Totals totals;
  private List<MongoSet> sets;
  private Books books;
  private List<Manifest> archived;

  MoneyCheck(Context context, Consumer<Finding> findings, Totals totals) {
    this.context = context;
    this.findings = findings;
    this.totals = totals;
  }

  @Override
  public Future<Void> open(List<MongoSet> sets) {
    this.sets = sets;
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
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> close() {
    return Books.read(context, sets).compose(after -> archived().onSuccess(days -> conclude(books.hasSameMoneyAs(after) && days.equals(archived)))).mapEmpty();
  }

  private void conclude(boolean atRest) {
    totals.note("money", atRest ? "checked" : "moved");
    books.overdrawn((account, how) -> findings.accept(new Finding(account, Kind.OVERDRAWN, how)));
    if (atRest) books.unbalanced((account, how) -> findings.accept(new Finding(account, Kind.MONEY_OFF, how)));
  }
}
