package io.godwit.reporting;

import io.godwit.events.ArchiveFolder;
import io.godwit.events.ArchivedDays;
import io.godwit.events.Manifest;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.util.List;
import org.bson.RawBsonDocument;

/** Brings one set's archived days into the reports, beside the projection of its live ones: neither meets the other's pages, and rows come in any order. */
final class ArchivedRows {
  private final Context context;
  private final MongoSet set;
  private final ArchiveFolder folder;
  private final Contest contest;
  private final BatchWriter writer;

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

  /** As the set's projector meanwhile; fails with {@link Tenure.Fenced} when another one comes. */
  Future<Void> bring(List<Manifest> days) {
    if (days.isEmpty()) return Future.succeededFuture();
    return contest.enter().compose(tenure -> {
      Future<Void> done = Future.succeededFuture();
      for (Manifest day : days) done = done.compose(v -> folder.each(context, set.index(), day.day(), pages -> write(tenure, day.day(), pages)));
      return done.eventually(() -> contest.leave(tenure.epoch));
    });
  }

  private Future<Void> write(Tenure tenure, String day, List<RawBsonDocument> pages) {
    List<PageRef> refs = pages.stream().map(page -> new PageRef(day, page.getString("_id").getValue(), page.getTimestamp("ts").getValue())).toList();
    return context.owner().executeBlocking(() -> Batch.of(refs, new PageReader.Fetched(List.of(), pages))).compose(batch -> writer.writeArchived(tenure, batch));
  }
}
