package io.godwit.store;

import com.mongodb.ClientSessionOptions;
import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
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
 * fail, only {@link UnitOfWork.Fenced}, a closed set, or a document that MongoDB refuses.
 */
public final class CommitSlot {
  private static final Logger log = LoggerFactory.getLogger(CommitSlot.class);
  private static final TransactionOptions DURABLE = TransactionOptions.builder()
    .readConcern(ReadConcern.LOCAL).readPreference(ReadPreference.primary())
    .writeConcern(WriteConcern.MAJORITY.withJournal(true)).build();
  private static final int FIRST_PAUSE_MS = 10;
  private static final int LONGEST_PAUSE_MS = 1_000;

  private final MongoSet set;
  private final Context context;
  private final String name;
  private ClientSession session;
  private boolean busy;

  /** Attempts that were tried again, over all slots of the process. */
  public static final AtomicLong ABORTED = new AtomicLong();

  CommitSlot(MongoSet set, Context context, String name) {
    this.set = set;
    this.context = context;
    this.name = name;
  }

  /** The id of the slot's allotment: unique among all slots that ever were in this set. */
  public String allotment() {
    return set.incarnation().number() + "/" + name;
  }

  public Context context() {
    return context;
  }

  public boolean isBusy() {
    return busy;
  }

  /** Completes when the unit of work is durable on a majority. */
  public Future<Void> run(UnitOfWork work) {
    if (busy) return Future.failedFuture(new IllegalStateException("commit slot " + name + " already runs a unit of work"));
    busy = true;
    return attempt(work, 1).andThen(done -> busy = false);
  }

  private Future<Void> attempt(UnitOfWork work, int number) {
    return begin()
      .compose(open -> work.apply(context, set.db(), open))
      .compose(v -> commit())
      .recover(failure -> judge(work, number, failure));
  }

  private Future<ClientSession> begin() {
    Future<ClientSession> ready = session != null ? Future.succeededFuture(session)
      : Mongo.first(context, set.client().startSession(ClientSessionOptions.builder().causallyConsistent(false).build())).onSuccess(this::adopt);
    return ready.map(open -> {
      open.startTransaction(DURABLE);
      return open;
    });
  }

  private void adopt(ClientSession fresh) {
    session = fresh;
    set.incarnation().list(name, fresh.getServerSession().getIdentifier());
  }

  /** A commit whose outcome is unknown is asked for again until it is known; the slot then goes on with a new session. */
  private Future<Void> commit() {
    return Mongo.first(context, session.commitTransaction()).recover(failure -> {
      if (!has(failure, MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL) || set.isClosed()) return Future.failedFuture(failure);
      return pause(5).compose(v -> commit()).onSuccess(v -> drop());
    });
  }

  private Future<Void> judge(UnitOfWork work, int number, Throwable failure) {
    if (number > 1 && isDuplicateId(failure)) return abandon().compose(v -> set.barrier()).recover(lost -> again(work, number, lost));
    if (failure instanceof UnitOfWork.Fenced || set.isClosed() || !isPassing(failure)) return abandon().compose(v -> Future.failedFuture(failure));
    return abandon().compose(v -> again(work, number, failure));
  }

  private Future<Void> again(UnitOfWork work, int number, Throwable failure) {
    ABORTED.incrementAndGet();
    if (number % 10 == 3) log.warn("unit of work in slot {} of {} is tried again after attempt {}: {}", name, set, number, failure.toString());
    if (set.isClosed()) return Future.failedFuture(failure);
    return pause(number).compose(v -> attempt(work, number + 1));
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

  public void close() {
    if (!busy) drop();
  }

  private static boolean has(Throwable failure, String label) {
    return failure instanceof MongoException e && e.hasErrorLabel(label);
  }

  private static boolean isPassing(Throwable failure) {
    return has(failure, MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL) || has(failure, MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL)
      || failure instanceof com.mongodb.MongoSocketException || failure instanceof MongoTimeoutException
      || failure instanceof com.mongodb.MongoNotPrimaryException || failure instanceof com.mongodb.MongoNodeIsRecoveringException
      || failure instanceof com.mongodb.MongoInterruptedException
      || failure instanceof MongoCommandException e && e.getErrorCode() == 251;   // NoSuchTransaction
  }

  private static boolean isDuplicateId(Throwable failure) {
    if (failure instanceof MongoBulkWriteException e) {
      return e.getWriteErrors().stream().anyMatch(w -> w.getCategory() == ErrorCategory.DUPLICATE_KEY && w.getMessage().contains("_id_"));
    }
    return failure instanceof MongoException e && e.getCode() == 11000 && String.valueOf(e.getMessage()).contains("_id_");
  }
}
