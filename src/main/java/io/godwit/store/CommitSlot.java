package io.godwit.store;

import com.mongodb.ClientSessionOptions;
import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.TransactionOptions;
import com.mongodb.WriteConcern;
import com.mongodb.reactivestreams.client.ClientSession;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sequence of units of work, one at a time, with a MongoDB session and an allotment of its own. Confined to the context
 * that opened it. A unit of work is attempted until its outcome is known: neither an election nor a lost answer makes it
 * fail, only {@link UnitOfWork.Fenced}, a closed set, a document that MongoDB refuses, or {@link GivenUp} where it is asked for.
 */
public final class CommitSlot {
  private static final Logger log = LoggerFactory.getLogger(CommitSlot.class);
  private static final TransactionOptions DURABLE = TransactionOptions.builder()
    .readConcern(ReadConcern.LOCAL).readPreference(ReadPreference.primary())
    .writeConcern(WriteConcern.MAJORITY.withJournal(true)).build();
  private static final int NO_SUCH_TRANSACTION = 251;
  /** What an operation is told whose session was killed. */
  private static final int INTERRUPTED = 11601;
  /** What an operation is told whose transaction came to the end of its life. */
  private static final int TOO_OLD = 290;
  private static final int TOO_LARGE = 388;
  private static final int FIRST_PAUSE_MS = 10;
  private static final int LONGEST_PAUSE_MS = 1_000;

  private final MongoSet set;
  private final Context context;
  private final String name;
  private final String mark;
  private ClientSession session;
  private boolean busy;
  /** Of the unit of work that runs, the same in all its attempts. */
  private long unit;
  /** Of the unit of work that runs: how many attempts may still take too long. */
  private int lateLeft;
  /** Whether one of its attempts came to its commit. */
  private boolean asked;
  /** Another allotment than the first; null = none. */
  private String another;

  /** Counted over all slots of the process, for the metrics and the benches. */
  public static final AtomicLong COMMITTED = new AtomicLong();
  public static final AtomicLong ABORTED = new AtomicLong();

  CommitSlot(MongoSet set, Context context, String name) {
    this.set = set;
    this.context = context;
    this.name = name;
    this.mark = allotment();
  }

  /** The id of the slot's allotment: unique among all slots that ever were in this set. */
  public String allotment() {
    String first = set.incarnation().number() + "/" + name;
    return another != null && another.startsWith(first) ? another : first;
  }

  /** Between two units of work, until the next life: the id of another allotment, which begins with that of the first one. */
  public void changeAllotment(String id) {
    another = id;
  }

  public Context context() {
    return context;
  }

  public boolean isBusy() {
    return busy;
  }

  /** Completes when the unit of work is durable on a majority. */
  public Future<Void> run(UnitOfWork work) {
    return run(work, Integer.MAX_VALUE);
  }

  /**
   * The same for what may be too much for one transaction: fails with {@link GivenUp} when so many attempts have taken longer than one lives, or than an answer is waited for. Attempts
   * that fail for another reason do not count.
   */
  public Future<Void> run(UnitOfWork work, int mostLate) {
    if (busy) return Future.failedFuture(new IllegalStateException("commit slot " + name + " already runs a unit of work"));
    if (work.isEmpty()) return Future.succeededFuture();
    busy = true;
    unit = set.incarnation().nextToken();
    lateLeft = mostLate;
    asked = false;
    return attempt(work, 1, false).onSuccess(v -> COMMITTED.incrementAndGet()).andThen(done -> busy = false);
  }

  /**
   * @param settled whether a majority holds all that was there before this attempt began; see {@link #judge}
   */
  private Future<Void> attempt(UnitOfWork work, int number, boolean settled) {
    return begin()
      .compose(open -> work.apply(context, set.db(), open, mark, unit))
      .compose(v -> {
        asked = true;
        return commit(1);
      })
      .recover(failure -> judge(work, number, settled, failure));
  }

  private Future<ClientSession> begin() {
    Future<ClientSession> ready = session != null ? Future.succeededFuture(session)
      : Mongo.first(context, set.client().startSession(ClientSessionOptions.builder().causallyConsistent(false).build())).onSuccess(fresh -> session = fresh);
    return ready.map(open -> {
      set.incarnation().list(name, open.getServerSession().getIdentifier());
      open.startTransaction(DURABLE);
      return open;
    });
  }

  /** Unless it is known to have failed, a commit is asked for again until it succeeds; the slot then goes on with a new session. */
  private Future<Void> commit(int number) {
    return Mongo.first(context, session.commitTransaction()).recover(failure -> {
      if (isOutage(failure)) set.doubt();
      if (!(failure instanceof MongoException) || has(failure, MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL) || set.isClosed()) return Future.failedFuture(failure);
      if (number % 10 == 3) log.warn("slot {} of {} asks for the {}th time whether its unit of work is committed: {}", name, set, number, told(failure));
      return pause(Math.min(number, 5)).compose(v -> commit(number + 1)).onSuccess(v -> drop());
    });
  }

  /**
   * What a failed attempt means. A duplicate id says that an earlier attempt did commit, but the one who says so may be a
   * primary that is about to be voted out with our writes: it is believed only when it is said again after a majority has
   * acknowledged a later write.
   */
  private Future<Void> judge(UnitOfWork work, int number, boolean settled, Throwable failure) {
    if (isOutage(failure)) set.doubt();
    boolean repeated = number > 1 && isDuplicateId(failure);
    if (!repeated && !isPassing(failure) || set.isClosed()) return abandon().compose(v -> Future.failedFuture(failure));
    if (isLate(failure) && --lateLeft <= 0) return abandon().compose(v -> Future.failedFuture(new GivenUp(asked, failure)));
    if (!repeated) return abandon().compose(v -> again(work, number, false, failure));
    if (settled) return abandon();
    return abandon().compose(v -> set.barrier(context)).transform(reached -> again(work, number, reached.succeeded(), failure));
  }

  private Future<Void> again(UnitOfWork work, int number, boolean settled, Throwable failure) {
    ABORTED.incrementAndGet();
    if (number % 10 == 3) log.warn("unit of work in slot {} of {} is tried again after attempt {}: {}", name, set, number, told(failure));
    if (set.isClosed()) return Future.failedFuture(failure);
    return pause(number).compose(v -> attempt(work, number + 1, settled));
  }

  private Future<Void> pause(int number) {
    int most = (int) Math.min(LONGEST_PAUSE_MS, (long) FIRST_PAUSE_MS << Math.min(number, 10));
    Promise<Void> rested = Promise.promise();
    context.owner().setTimer(1 + ThreadLocalRandom.current().nextInt(most), t -> rested.complete());
    return rested.future();
  }

  /** Gives up the open transaction. A session that met an error is not used again: its state at the server is unknown. */
  private Future<Void> abandon() {
    if (session == null) return Future.succeededFuture();
    ClientSession old = session;
    session = null;
    Future<Void> aborted = old.hasActiveTransaction() ? Mongo.first(context, old.abortTransaction()) : Future.succeededFuture();
    return aborted.transform(done -> {
      old.close();
      return Future.succeededFuture();
    });
  }

  private void drop() {
    if (session != null) session.close();
    session = null;
  }

  /** Between two units of work. */
  public void close() {
    if (busy) return;
    drop();
    set.incarnation().unlist(name);
  }

  /** In a line: the driver's own text holds the server's whole answer. */
  private static String told(Throwable failure) {
    return failure instanceof MongoCommandException e ? e.getErrorCodeName() + " (" + e.getErrorCode() + ") " + e.getErrorLabels() : failure.toString();
  }

  private static boolean has(Throwable failure, String label) {
    return failure instanceof MongoException e && e.hasErrorLabel(label);
  }

  private static boolean isPassing(Throwable failure) {
    return has(failure, MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL) || has(failure, MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL)
      || isOutage(failure)
      || failure instanceof MongoException e && (e.getCode() == NO_SUCH_TRANSACTION || e.getCode() == INTERRUPTED || e.getCode() == TOO_OLD);
  }

  /** MongoDB has ended the transaction, which it does with those that are too old, or did not answer. */
  private static boolean isLate(Throwable failure) {
    return failure instanceof MongoSocketReadTimeoutException || failure instanceof MongoException e && (e.getCode() == NO_SUCH_TRANSACTION || e.getCode() == TOO_OLD);
  }

  /** Whether a unit of work is more than MongoDB's cache takes as one transaction: it never fits there. */
  public static boolean isTooLarge(Throwable failure) {
    if (failure instanceof MongoBulkWriteException bulk) return bulk.getWriteErrors().stream().anyMatch(error -> error.getCode() == TOO_LARGE);
    return failure instanceof MongoException e && e.getCode() == TOO_LARGE;
  }

  /** Each attempt took too long. */
  public static final class GivenUp extends RuntimeException {
    private final boolean mayBeDone;

    private GivenUp(boolean mayBeDone, Throwable last) {
      super("a unit of work takes longer than a transaction may: " + told(last), null, false, false);
      this.mayBeDone = mayBeDone;
    }

    /**
     * Unless an attempt came to its commit, none has taken or will take effect. Else the last word is what a majority holds after a later write ({@link MongoSet#barrier}): a commit that is
     * not known to have failed is asked for until it is answered, so that nothing is on its way any more.
     */
    public boolean mayBeDone() {
      return mayBeDone;
    }
  }

  /** The primary is gone, or nobody could ask it. */
  public static boolean isOutage(Throwable failure) {
    return failure instanceof MongoSocketException || failure instanceof MongoTimeoutException
      || failure instanceof MongoNotPrimaryException || failure instanceof MongoNodeIsRecoveringException
      || failure instanceof MongoConnectionPoolClearedException;
  }

  private static boolean isDuplicateId(Throwable failure) {
    if (failure instanceof MongoBulkWriteException e) {
      return e.getWriteErrors().stream().anyMatch(w -> w.getCategory() == ErrorCategory.DUPLICATE_KEY && w.getMessage().contains("_id_"));
    }
    return failure instanceof MongoException e && e.getCode() == 11000 && String.valueOf(e.getMessage()).contains("_id_");
  }
}
