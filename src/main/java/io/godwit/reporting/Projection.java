package io.godwit.reporting;

import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the pages of one set into rows, for ever: look, fetch, fold, write, and look again. One turn at a time, on the context that
 * started it. Whatever fails, the next turn begins by reading from PostgreSQL where things really stand.
 */
final class Projection {
  private static final Logger log = LoggerFactory.getLogger(Projection.class);
  /** Pages that one look brings at most; they are fetched and written in several batches. */
  private static final int LOOK_PAGES = 1_000;
  private static final int LARGEST_FETCH = 250;
  private static final int SMALLEST_FETCH = 10;
  private static final long BEAT_NANOS = 1_000_000_000L;
  private static final long FIRST_PAUSE_MS = 200;
  private static final long LONGEST_PAUSE_MS = 5_000;

  private final MongoSet set;
  private final Context context;
  private final ReportingConfig config;
  private final Supplier<Future<Void>> schema;
  private final PageReader reader;
  private final Contest contest;
  private final BatchWriter writer;
  private final Lag lag;

  /** What is to be done first in the next turn. */
  private Supplier<Future<Tenure>> claim;
  private Tenure tenure;
  private int fetchPages = SMALLEST_FETCH;
  private long lastWrite;
  private int failures;
  private volatile String trouble;
  private long timer = -1;
  private boolean stopping;
  private final Promise<Void> stopped = Promise.promise();

  /**
   * @param schema brings the database to its tables; asked before each claim, and done when it was done once
   * @param holder how others see who projects
   */
  Projection(MongoSet set, Context context, Pool pool, ReportingConfig config, Supplier<Future<Void>> schema, String holder, Lag lag) {
    this.set = set;
    this.context = context;
    this.config = config;
    this.schema = schema;
    this.reader = new PageReader(set, context);
    this.contest = new Contest(pool, set.index(), holder);
    this.writer = new BatchWriter(pool, set.index());
    this.lag = lag;
    this.claim = contest::enter;
  }

  /** Why nothing goes on, for an operator; null when all is well. Any thread. */
  String trouble() {
    return trouble;
  }

  /** Whether its set answers; any thread. */
  boolean isReadable() {
    return set.isTrusted();
  }

  void start() {
    next(0);
  }

  /** Completes when the turn under way has ended and the place is free for another process. */
  Future<Void> stop() {
    stopping = true;
    if (timer >= 0 && vertx().cancelTimer(timer)) end();
    return stopped.future();
  }

  private void next(long pause) {
    if (stopping) end();
    else if (pause <= 0) context.runOnContext(v -> turn());
    else timer = vertx().setTimer(pause, t -> turn());
  }

  private void turn() {
    timer = -1;
    Future.succeededFuture().compose(v -> tenure == null ? claim() : project()).onComplete(done -> {
      if (done.succeeded()) next(done.result());
      else next(failed(done.cause()));
    });
  }

  /** Each of these answers with the pause before the next turn, in milliseconds. */
  private Future<Long> claim() {
    return schema.get().compose(v -> claim.get()).map(gained -> {
      well();
      tenure = gained;
      if (gained == null) {
        claim = contest::watch;
        return config.watchMs();
      }
      log.info("{}: projects to PostgreSQL from {} under epoch {}", set, gained.mark.value() >>> 32, gained.epoch);
      return 0L;
    });
  }

  private Future<Long> project() {
    long began = System.nanoTime();
    return reader.look(tenure.mark.lookFrom(began), tenure.applied(), LOOK_PAGES).compose(look -> {
      long ended = System.nanoTime();
      return apply(look.fresh())
        .compose(whole -> whole ? beat() : Future.succeededFuture())
        .map(v -> {
          if (!stopping) tenure.mark.advance(began, ended, look.highest());
          well();
          return look.more() ? 0L : config.pollMs();
        });
    });
  }

  /** Batch after batch; whether all could be done. */
  private Future<Boolean> apply(List<PageRef> fresh) {
    lag.waiting(fresh);
    if (fresh.isEmpty() || stopping) return Future.succeededFuture(fresh.isEmpty());
    List<PageRef> pages = fresh.subList(0, Math.min(fetchPages, fresh.size()));
    return reader.fetch(pages)
      .compose(found -> vertx().executeBlocking(() -> Batch.of(pages, found), false))
      .compose(this::write)
      .compose(v -> apply(fresh.subList(pages.size(), fresh.size())));
  }

  private Future<Void> write(Batch batch) {
    return writer.write(tenure, batch).onSuccess(v -> {
      lastWrite = System.nanoTime();
      lag.applied(batch);
      fetchPages = nextFetch(batch);
    });
  }

  /** As many pages as held the wanted number of events last time, at most twice as many as then. */
  private int nextFetch(Batch batch) {
    if (batch.pages().isEmpty()) return fetchPages;
    long wanted = (long) config.batchEvents() * batch.pages().size() / Math.max(1, batch.events());
    return (int) Math.max(1, Math.min(Math.min(wanted, LARGEST_FETCH), Math.max(SMALLEST_FETCH, 2L * batch.pages().size())));
  }

  /** Shows that we live when there was nothing to write, and stores the mark. */
  private Future<Void> beat() {
    return System.nanoTime() - lastWrite < BEAT_NANOS ? Future.succeededFuture() : write(Batch.EMPTY);
  }

  private void well() {
    if (trouble != null) log.info("{}: the reports go on", set);
    trouble = null;
    failures = 0;
  }

  private long failed(Throwable cause) {
    long epoch = tenure == null ? -1 : tenure.epoch;
    tenure = null;
    if (cause instanceof Tenure.Fenced) {
      log.info("{}: {}", set, cause.getMessage());
      claim = contest::watch;
      return config.watchMs();
    }
    if (epoch >= 0) claim = () -> contest.resume(epoch);
    lag.stalled();
    if (failures++ == 0 || trouble == null) log.warn("{}: the reports stand still, sending goes on: {}", set, cause.toString());
    trouble = "reports of " + set + " stand still, sending goes on: " + cause.getMessage();
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(failures - 1, 10));
  }

  private void end() {
    Future<Void> left = tenure == null ? Future.succeededFuture() : contest.leave(tenure.epoch);
    lag.close();
    left.onComplete(done -> stopped.tryComplete());
  }

  private Vertx vertx() {
    return context.owner();
  }
}
