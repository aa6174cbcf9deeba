package io.godwit.ops;

import io.godwit.events.Pages;
import io.godwit.reporting.Rows;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads all events and parcels and says what is wrong with them: each message is final or in exactly one parcel, its events are numbered
 * from 1 without gap or repetition, what was reserved for it was billed or released once, and each account's money adds up. On demand it
 * compares them with what others know: the reporting database, a customer's list of accepted ids, a carrier's list of ids given out.
 *
 * <p>It goes through the messages in slices of the time in which they were accepted, each as of one moment ({@link io.godwit.store.Snapshot}), so
 * it needs little memory and messages on their way are no findings. It only reads, but it reads everything: not for rush hours. Days whose
 * collections were dropped are unknown to it: a message of theirs that still waits is found FROM_NOWHERE or with a GAP, and money is off.
 */
public final class Audit {
  private final Context context;
  private final Consumer<Finding> findings;
  private final Totals totals = new Totals();
  private final List<Check> checks = new ArrayList<>();

  /** @param findings hears of each on the context */
  public Audit(Context context, Consumer<Finding> findings) {
    this.context = context;
    this.findings = findings;
    checks.add(new ChainCheck(this::found));
    checks.add(new MoneyCheck(context, this::found, totals));
  }

  private void found(Finding finding) {
    totals.found(finding.kind());
    findings.accept(finding);
  }

  /**
   * The reporting database must have one row a message, which says what its events say.
   *
   * @param looks how often it is asked, at intervals of a second, before a row that differs is a finding: reports come after the events
   */
  public Audit withRows(Rows rows, int looks) {
    checks.add(new RowCheck(context, rows, looks, this::found));
    return this;
  }

  /**
   * Each of these messages must be there, and have ended as expected when it has ended.
   *
   * @param file lines of an id and, perhaps, after a blank the statuses that it may end with, divided by '|'; sorted by byte, as by LC_ALL=C sort
   */
  public Audit withAccepted(Path file) {
    checks.add(new AcceptedCheck(context, file, this::found, totals));
    return this;
  }

  /**
   * What carriers have given out must be what SENT events hold, apart from copies that other events explain.
   *
   * @param file lines of a carrier's id, a blank, and the recipient, one for each segment that a carrier took, in any order; of all carriers
   * @param since when the file begins: what was sent before is not compared; milliseconds since 1970
   */
  public Audit withCarrierIds(Path file, long since) {
    checks.add(new CarrierCheck(context, file, since, this::found, totals));
    return this;
  }

  /** Writes how long messages took, a JSON object for each minute of acceptance. */
  public Audit withTimings(Path file) {
    checks.add(new Timings(context, file));
    return this;
  }

  /** Audits one set after the other, once; the first of them is the control set. Completes with the sums over all of them. */
  public Future<Totals> run(List<MongoSet> sets) {
    Future<Void> done = each(check -> check.open(sets));
    for (MongoSet set : sets) done = done.compose(v -> audit(set));
    return done.compose(v -> each(Check::close)).map(totals);
  }

  private Future<Void> audit(MongoSet set) {
    return each(check -> check.begin(set)).compose(v -> Pages.open(context, set)).compose(pages -> {
      Promise<Void> end = Promise.promise();
      slices(set, pages, 0, end);
      return end.future();
    }).compose(v -> each(check -> check.end(set)));
  }

  /** Not composed: a day has thousands of slices, and as many nested futures would not fit the stack. */
  private void slices(MongoSet set, Pages pages, long from, Promise<Void> end) {
    Slice.next(context, set, pages, from).compose(slice -> slice == null ? Future.succeededFuture() : look(slice)).onComplete(looked -> {
      if (looked.failed()) end.fail(looked.cause());
      else if (looked.result() == null) end.complete();
      else slices(set, pages, looked.result().to(), end);
    });
  }

  private Future<Slice> look(Slice slice) {
    totals.count(slice);
    return each(check -> check.look(slice)).map(slice);
  }

  private Future<Void> each(Function<Check, Future<Void>> step) {
    Future<Void> done = Future.succeededFuture();
    for (Check check : checks) done = done.compose(v -> step.apply(check));
    return done;
  }
}
