package io.godwit.ops;

import com.mongodb.MongoCommandException;
import io.godwit.events.Pages;
import io.godwit.reporting.Rows;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads all events and parcels and says what is wrong with them: each message is final or in exactly one parcel, its events are numbered
 * from 1 without gap or repetition, what was reserved for it was billed or released once, and each account's money adds up. On demand it
 * compares them with what others know: the reporting database, a customer's list of accepted ids, a carrier's list of ids given out.
 *
 * <p>It goes through the messages in slices of the time in which they were accepted, each as of one moment ({@link io.godwit.store.Snapshot}), so
 * it needs little memory and messages on their way are no findings. It only reads, but it reads everything: not for rush hours. It does not read
 * archived days, which were proved when they were written: of their messages it checks what is live, and their money is in their sums.
 */
public final class Audit {
  /** Numbers of MongoDB's SnapshotTooOld and SnapshotUnavailable. */
  private static final Set<Integer> NO_SNAPSHOT = Set.of(239, 246);
  private static final int ATTEMPTS = 20;
  private static final long AGAIN_MS = 500;

  private final Context context;
  private final Consumer<Finding> findings;
  private final Totals totals = new Totals();
  private final List<Check> checks = new ArrayList<>();
  private boolean unhurried;
  private boolean stopped;

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
   * Who asked for a receipt over SMPP has had it, and it says what the events say.
   *
   * @param file lines of an id and, after a blank, the statuses that a receipt which was told may stand for, divided by '|'; sorted by byte; an id
   *     may come again. Of all customers, from the beginning
   */
  public Audit withReceipts(Path file) {
    checks.add(new ReceiptCheck(context, file, this::found, totals));
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

  /** Rests after each slice for as long as it took. */
  public Audit unhurried() {
    unhurried = true;
    return this;
  }

  /** Ends it at the next slice: it fails. On the audit's context. */
  public void stop() {
    stopped = true;
  }

  private Future<Void> audit(MongoSet set) {
    return Pages.open(context, set).compose(pages -> each(check -> check.begin(set, pages.archivedBefore())).compose(v -> {
      Promise<Void> end = Promise.promise();
      slices(set, pages, 0, end);
      return end.future();
    })).compose(v -> each(check -> check.end(set)));
  }

  /** Not composed: a day has thousands of slices, and as many nested futures would not fit the stack. */
  private void slices(MongoSet set, Pages pages, long from, Promise<Void> end) {
    long began = System.nanoTime();
    next(set, pages, from, 1).compose(slice -> slice == null ? Future.succeededFuture() : look(slice)).compose(slice -> rest(System.nanoTime() - began, slice)).onComplete(looked -> {
      if (looked.failed()) end.fail(looked.cause());
      else if (stopped) end.fail("was stopped");
      else if (looked.result() == null) end.complete();
      else slices(set, pages, looked.result().to(), end);
    });
  }

  /** A collection that was just made or dropped makes MongoDB refuse to show the past, and so does a past that is too old: another moment will do. */
  private Future<Slice> next(MongoSet set, Pages pages, long from, int number) {
    return Slice.next(context, set, pages, from).recover(e -> number == ATTEMPTS || !(e instanceof MongoCommandException m && NO_SNAPSHOT.contains(m.getErrorCode()))
      ? Future.failedFuture(e) : context.owner().timer(AGAIN_MS).compose(v -> next(set, pages, from, number + 1)));
  }

  private Future<Slice> rest(long nanos, Slice slice) {
    long millis = unhurried ? nanos / 1_000_000 : 0;
    return slice == null || millis == 0 ? Future.succeededFuture(slice) : context.owner().timer(millis).map(slice);
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
