package io.godwit.reporting;

import io.godwit.events.ArchiveFolder;
import io.godwit.events.ArchivedDays;
import io.godwit.events.Manifest;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.util.List;
import org.bson.RawBsonDocument;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one set's archived days into the reports, beside the projection of its live ones: neither meets the other's pages, and rows come in any order. */
final class ArchivedRows {
  private static final Logger log = LoggerFactory.getLogger(ArchivedRows.class);

  private final Context context;
  private final MongoSet set;
  private final ArchiveFolder folder;
  private final Contest contest;
  private final BatchWriter writer;
  private volatile Tenure tenure;
  private volatile boolean waits;

  /** @param folder null when it is not known where archived days are */
  ArchivedRows(Context context, MongoSet set, ArchiveFolder folder, Pool pool) {
    this.context = context;
    this.set = set;
    this.folder = folder;
    this.contest = new Contest(pool, set.index(), "rebuild-reports");
    this.writer = new BatchWriter(pool, set.index());
  }

  /** The days to bring in; fails when the files of one are not at hand. */
  Future<List<Manifest>> check() {
    return new ArchivedDays(context, set).manifests().compose(days -> {
      Future<Void> done = Future.succeededFuture();
      for (Manifest day : days) done = done.compose(v -> check(day));
      return done.map(days);
    });
  }

  private Future<Void> check(Manifest day) {
    if (folder == null) return Future.failedFuture(new IOException(set + ": " + day.day() + " is archived, and nobody says where: --archive"));
    return folder.manifest(set.index(), day.day()).compose(here -> here.equals(day) ? Future.succeededFuture()
      : Future.failedFuture(new IOException(set + ": the files of " + day.day() + " in " + folder + " are not those that were archived")));
  }

  /** Becomes the set's projector, in the transaction that empties the reports: no live page is met before the archived ones are in. */
  Future<Void> hold(SqlConnection connection) {
    return contest.take(connection).map(gained -> {
      tenure = gained;
      waits = true;
      return null;
    });
  }

  /** Shows that the place is held, while other sets' days are brought in. */
  void beat() {
    if (waits) contest.resume(tenure.epoch).onFailure(e -> log.warn("{}: its place may be taken before its archived days are in: {}", set, e.toString()));
  }

  /** Leaves the place when they are in, or cannot be brought; fails with {@link Tenure.Fenced} when another one comes. */
  Future<Void> bring(List<Manifest> days) {
    waits = false;
    Future<Void> done = Future.succeededFuture();
    for (Manifest day : days) done = done.compose(v -> folder.each(context, set.index(), day.day(), pages -> write(tenure, day.day(), pages)));
    return done.eventually(this::leave);
  }

  /** May be called again. */
  Future<Void> leave() {
    waits = false;
    return contest.leave(tenure.epoch);
  }

  private Future<Void> write(Tenure tenure, String day, List<RawBsonDocument> pages) {
    List<PageRef> refs = pages.stream().map(page -> new PageRef(day, page.getString("_id").getValue(), page.getTimestamp("ts").getValue())).toList();
    return context.owner().executeBlocking(() -> Batch.of(refs, new PageReader.Fetched(List.of(), pages))).compose(batch -> writer.writeArchived(tenure, batch));
  }
}
