package io.godwit.ops;

import io.godwit.events.Archive;
import io.godwit.events.ArchiveFolder;
import io.godwit.events.EventStream;
import io.godwit.node.Node;
import io.godwit.node.Settings;
import io.godwit.reporting.ProjectedDays;
import io.godwit.store.Duty;
import io.godwit.store.MongoSet;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.LocalDate;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives days that are older than {@code archive.keepDays}, where {@code conf/godwit.json} names a folder; any number of processes may run
 * it on one folder, and for each set one of them does it. {@code periodSeconds} in verticles.json: how often it is looked (3,600).
 */
public final class ArchiveVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(ArchiveVerticle.class);

  private final Node node;
  private Settings.Archive settings;
  private ArchiveFolder folder;
  private ProjectedDays reports;
  private volatile int obstacles;
  private volatile long archivedDays;
  private Future<Void> round = Future.succeededFuture();
  private long timer;
  private boolean stopping;

  public ArchiveVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    long period = new Period("archive", config()).seconds(3_600);
    settings = node.settings().archive();
    if (settings == null) {
      log.info("no archive.folder is configured: old days stay in MongoDB");
      return Future.succeededFuture();
    }
    folder = ArchiveFolder.at(vertx, settings.folder());
    if (node.settings().postgres() != null) reports = ProjectedDays.open(vertx, node.settings().postgres());
    Gauge.builder("godwit.archive.obstacles", () -> obstacles).description("Days that are due and could not be archived or dropped").register(node.meters());
    Gauge.builder("godwit.archive.days", () -> archivedDays).description("Days archived by this process").register(node.meters());
    later(TimeUnit.SECONDS.toMillis(period), ThreadLocalRandom.current().nextLong(1, 1 + Math.min(60_000, period * 1_000)));
    return Future.succeededFuture();
  }

  private void later(long period, long pause) {
    timer = vertx.setTimer(pause, t -> {
      round = round(period);
      round.onComplete(done -> {
        if (!stopping) later(period, period);
      });
    });
  }

  private Future<Void> round(long period) {
    obstacles = 0;
    Future<Void> done = Future.succeededFuture();
    for (MongoSet set : node.sets().all()) {
      done = done.compose(v -> stopping || !set.isTrusted() ? Future.succeededFuture() : visit(set, period)).recover(e -> {
        obstacles++;
        log.warn("{}: old days are archived later: {}", set, e.toString());
        return Future.succeededFuture();
      });
    }
    return done;
  }

  private Future<Void> visit(MongoSet set, long period) {
    Duty duty = new Duty(context, set, "archive");
    return duty.take(period / 2).compose(mine -> mine ? archive(set).compose(v -> duty.done(), e -> duty.leave().transform(left -> Future.failedFuture(e))) : Future.succeededFuture());
  }

  private Future<Void> archive(MongoSet set) {
    LocalDate before = EventStream.day(set.clock().getAsLong()).minusDays(settings.keepDays());
    return new Archive(context, set, folder, new DayKeeper(reports)).run(before).map(outcome -> {
      archivedDays += outcome.archived().size();
      obstacles += outcome.obstacles().size();
      outcome.dropped().forEach(day -> log.info("{}: {} is dropped, it is in the archive", set, day));
      outcome.obstacles().forEach(log::warn);
      return null;
    });
  }

  /** The day under way is not waited for: it is begun again where it is not finished. */
  @Override
  public Future<?> stop() {
    stopping = true;
    if (settings == null) return Future.succeededFuture();
    vertx.cancelTimer(timer);
    if (reports != null) reports.close();
    return Future.succeededFuture();
  }
}
