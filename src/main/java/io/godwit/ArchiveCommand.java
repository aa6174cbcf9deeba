package io.godwit;

import com.mongodb.MongoException;
import io.godwit.events.Archive;
import io.godwit.events.ArchiveFolder;
import io.godwit.events.EventStream;
import io.godwit.ops.DayKeeper;
import io.godwit.reporting.ProjectedDays;
import io.godwit.store.Duty;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the component {@code archive} does by itself, by hand: takes old days out of MongoDB into compressed files. */
@Command(name = "archive", mixinStandardHelpOptions = true, description = "Writes days of events to files, compares these with MongoDB, and drops the days ten minutes or more "
  + "later: run it again for that. Exit code 1 when days that are due stay, 2 when it could not be done.")
final class ArchiveCommand implements Callable<Integer> {
  private static final int HOURS = 24;

  @Option(names = "--mongo", description = "connection strings, one a set, divided by spaces (default: $GODWIT_MONGO_URIS)", defaultValue = "${GODWIT_MONGO_URIS}")
  String mongo;
  @Option(names = "--dir", description = "the folder of the archive (default: $GODWIT_ARCHIVE_FOLDER)", defaultValue = "${GODWIT_ARCHIVE_FOLDER}")
  Path folder;
  @Option(names = "--before", required = true, description = "the first day that stays, such as 2026-11-16; the last three days always stay")
  LocalDate before;
  @Option(names = "--pg", description = "the reporting database, which must have all of a day before it goes (default: $GODWIT_PG_URL)", defaultValue = "${GODWIT_PG_URL}")
  String postgres;
  @Option(names = "--no-reports", description = "there is no reporting database")
  boolean noReports;
  @Option(names = "--dry-run", description = "only says what would be done")
  boolean dryRun;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<MongoSet> sets = new ArrayList<>();
  private boolean stays;

  @Override
  public Integer call() throws Exception {
    if (isMissing(mongo)) return complain("--mongo or GODWIT_MONGO_URIS must say where the sets are");
    if (folder == null || isMissing(folder.toString())) return complain("--dir or GODWIT_ARCHIVE_FOLDER must say where the archive is");
    if (isMissing(postgres) == !noReports) return complain("either --pg (or GODWIT_PG_URL) says where the reports are, or --no-reports that there are none");
    ProjectedDays reports = noReports ? null : ProjectedDays.open(vertx, postgres);
    try {
      for (String uri : mongo.trim().split("\\s+")) visit(open(uri), reports);
      return stays ? 1 : 0;
    } catch (MongoException e) {
      return complain("a set cannot be asked: " + e.getMessage());
    } finally {
      if (reports != null) reports.close();
      Future.join(sets.stream().map(MongoSet::close).toList()).await(5, TimeUnit.SECONDS);
      vertx.close().await(5, TimeUnit.SECONDS);
    }
  }

  private static boolean isMissing(String option) {
    return option == null || option.isBlank() || option.startsWith("$");
  }

  private static int complain(String why) {
    System.err.println("archive: " + why);
    return 2;
  }

  /** With a life of its own, so that others see who is at it. */
  private MongoSet open(String uri) throws Exception {
    MongoSet set = dryRun ? MongoSet.connect(vertx, sets.size(), uri, System::currentTimeMillis)
      : MongoSet.open(vertx, sets.size(), uri, System::currentTimeMillis).await(1, TimeUnit.MINUTES);
    sets.add(set);
    return set;
  }

  private void visit(MongoSet set, ProjectedDays reports) throws Exception {
    Archive archive = new Archive(context, set, ArchiveFolder.at(vertx, folder.toAbsolutePath()), new DayKeeper(reports));
    if (dryRun) archive.plan(before).await(HOURS, TimeUnit.HOURS).forEach(System.out::println);
    else if (new EventStream(set).prepareDays().compose(v -> new Duty(context, set, "archive").take(0)).await(1, TimeUnit.MINUTES)) run(set, archive);
    else print(set + ": another process is at it");
  }

  private void run(MongoSet set, Archive archive) throws Exception {
    try {
      Archive.Outcome outcome = archive.run(before).await(HOURS, TimeUnit.HOURS);
      outcome.archived().forEach(day -> print(set + ": " + day.day() + " is archived: " + day.pages() + " pages, " + day.events() + " events, " + day.bytes() + " bytes"));
      outcome.dropped().forEach(day -> print(set + ": " + day + " is dropped"));
      outcome.obstacles().forEach(System.err::println);
      stays |= !outcome.obstacles().isEmpty();
    } finally {
      new Duty(context, set, "archive").leave().await(10, TimeUnit.SECONDS);
    }
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
