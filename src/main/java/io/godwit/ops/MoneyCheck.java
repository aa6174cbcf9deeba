package io.godwit.ops;

import io.godwit.billing.Books;
import io.godwit.ops.Finding.Kind;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/** Each account's money adds up. Said only of money at rest: when it was reserved or topped up during the audit, the totals say "moved". */
final class MoneyCheck implements Check {
  private final Context context;
  private final Consumer<Finding> findings;
  private final Totals totals;
  private List<MongoSet> sets;
  private Books books;

  MoneyCheck(Context context, Consumer<Finding> findings, Totals totals) {
    this.context = context;
    this.findings = findings;
    this.totals = totals;
  }

  @Override
  public Future<Void> open(List<MongoSet> sets) {
    this.sets = sets;
    return Books.read(context, sets).onSuccess(read -> books = read).mapEmpty();
  }

  @Override
  public Future<Void> look(Slice slice) {
    slice.chains().values().forEach(chain -> books.add(chain.money()));
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> close() {
    return Books.read(context, sets).onSuccess(after -> conclude(books.hasSameMoneyAs(after))).mapEmpty();
  }

  private void conclude(boolean atRest) {
    totals.note("money", atRest ? "checked" : "moved");
    books.overdrawn((account, how) -> findings.accept(new Finding(account, Kind.OVERDRAWN, how)));
    if (atRest) books.unbalanced((account, how) -> findings.accept(new Finding(account, Kind.MONEY_OFF, how)));
  }
}
