package io.godwit.reporting;

import io.godwit.events.ArchiveFolder;
import io.godwit.events.Manifest;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Empties the reporting database and brings the archived days in again; the projection does so with the live ones. Emptying is one
 * transaction: the raised epoch fences off whoever projects, with whatever it has under way; once its place is free it takes it again and
 * reads every live page anew.
 */
public final class RebuildReports {
  private static final int PATIENCE_HOURS = 24;
  private static final long BEAT_MS = 1_000;

  private RebuildReports() {
  }

  static Future<Void> run(Pool pool) {
    return pool.withTransaction(RebuildReports::empty);
  }

  private static Future<Void> empty(SqlConnection connection) {
    return connection.query("UPDATE projector SET epoch = epoch + 1, holder = NULL, mark = 0, updated_at = now()").execute()
      .compose(v -> connection.query("TRUNCATE message, billed, carried, applied_page, projected_day").execute()).mapEmpty();
  }

  /**
   * The same with the archived days of these sets. Nothing is emptied unless all their files are at hand; and no set is projected before its archived days are in: what is
   * billed finds country, network and segments in the row of the message, which an archived page may hold.
   */
  static Future<Void> run(Context context, Pool pool, List<MongoSet> sets, ArchiveFolder folder) {
    List<ArchivedRows> archives = sets.stream().map(set -> new ArchivedRows(context, set, folder, pool)).toList();
    List<Future<List<Manifest>>> days = archives.stream().map(ArchivedRows::check).toList();
    return Future.all(days).compose(v -> pool.withTransaction(connection -> hold(connection, archives))).compose(v -> {
      long beats = context.owner().setPeriodic(BEAT_MS, t -> archives.forEach(ArchivedRows::beat));
      Future<Void> done = Future.succeededFuture();
      for (int i = 0; i < archives.size(); i++) {
        int one = i;
        done = done.compose(x -> archives.get(one).bring(days.get(one).result()));
      }
      return done.recover(e -> Future.join(archives.stream().map(ArchivedRows::leave).toList()).transform(left -> Future.failedFuture(e)))
        .onComplete(x -> context.owner().cancelTimer(beats));
    });
  }

  private static Future<Void> hold(SqlConnection connection, List<ArchivedRows> archives) {
    Future<Void> done = empty(connection);
    for (ArchivedRows archive : archives) done = done.compose(v -> archive.hold(connection));
    return done;
  }

  /** {@code --postgres URI --mongo URIS [--archive FOLDER]}; ends with 1 and a sentence when it cannot be done. */
  public static void main(String[] args) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) options.put(args[i], args[i + 1]);
    if (args.length % 2 != 0 || !options.containsKey("--postgres") || !options.containsKey("--mongo") || !Set.of("--postgres", "--mongo", "--archive").containsAll(options.keySet())) {
      System.err.println("usage: RebuildReports --postgres URI --mongo URIS [--archive FOLDER]");
      System.exit(2);
    }
    Vertx vertx = Vertx.vertx();
    Context context = vertx.getOrCreateContext();
    Pool pool = ReportingDatabase.writers(vertx, options.get("--postgres"), 1);
    List<MongoSet> sets = new ArrayList<>();
    for (String uri : options.get("--mongo").trim().split("\\s+")) sets.add(MongoSet.connect(vertx, sets.size(), uri, System::currentTimeMillis));
    ArchiveFolder folder = options.containsKey("--archive") ? ArchiveFolder.at(vertx, Path.of(options.get("--archive")).toAbsolutePath()) : null;
    try {
      new Schema(vertx).prepare(pool).compose(v -> run(context, pool, sets, folder)).await(PATIENCE_HOURS, TimeUnit.HOURS);
      System.out.println("The reports hold the archived days now. The gateway's reporting component builds the others again from the events.");
    } catch (Exception e) {
      System.err.println("The reports are not built again, begin anew: " + e.getMessage());
      System.exit(1);
    }
    System.exit(0);
  }
}
