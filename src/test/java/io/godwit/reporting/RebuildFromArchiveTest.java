package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.events.Archive;
import io.godwit.events.ArchiveFolder;
import io.godwit.events.EventStream;
import io.godwit.ops.DayKeeper;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebuildFromArchiveTest {
  private static final String ROWS = "SELECT id, day, status, final, n, price_micros, text, done_at FROM message ORDER BY id";
  @TempDir Path home;

  @Test void aRebuildAfterArchivingGivesTheSameRowsAsOneBefore() {
    try (Stand stand = new Stand()) {
      ArchiveFolder folder = ArchiveFolder.at(stand.vertx, home);
      String old = EventStream.collection(LocalDate.now(java.time.ZoneOffset.UTC).minusDays(5));
      List<List<io.godwit.message.Event>> lives = new Histories(11, System.currentTimeMillis()).some(60);
      List<List<io.godwit.message.Event>> pages = Fold.shuffledPages(11, lives);
      Await.await(stand.set.ensureCollection(old));
      for (int i = 0; i < pages.size(); i++) {
        if (i % 2 == 0) stand.insert(old, stand.page("p" + i, 0, pages.get(i)));
        else stand.write(pages.get(i));
      }
      Stand.Running running = stand.project(Stand.QUICK.copy().put("watchMs", 2_000));   // whoever brings days in beats once a second
      stand.awaitCaughtUp();
      List<String> before = stand.lines(ROWS);
      ProjectedDays reports = ProjectedDays.open(stand.vertx, stand.uri);
      Archive archive = new Archive(stand.context, stand.set, folder, new DayKeeper(reports));
      Archive.Outcome outcome = Await.on(stand.context, () -> archive.run(LocalDate.now(java.time.ZoneOffset.UTC)));
      assertEquals(List.of(old), outcome.archived().stream().map(day -> day.day()).toList(), outcome.obstacles().toString());
      Await.await(Mongo.first(stand.context, stand.set.db().getCollection(old).drop()));

      assertTrue(Stand.failure(Await.start(stand.context, () -> RebuildReports.run(stand.context, stand.pool, List.of(stand.set), null))).getMessage().contains("--archive"));
      assertEquals(before, stand.lines(ROWS), "nothing is emptied without the files");
      Await.on(stand.context, () -> RebuildReports.run(stand.context, stand.pool, List.of(stand.set), folder));
      long all = pages.size();
      Await.until("all pages are in again", () -> stand.pagesApplied() == all);
      assertEquals(before, stand.lines(ROWS));
      reports.close();
      stand.stop(running);
    }
  }

  private static final String BILLED = "SELECT set_no, account, currency, country, network, messages, segments, micros FROM billed ORDER BY 1, 2, 3, 4, 5, day";
  private static final String OLD = EventStream.collection(LocalDate.now(java.time.ZoneOffset.UTC).minusDays(5));
  /** Set 0 stops where the first of its archived days is written, until somebody lets it go on. */
  private static final String STOP = """
      CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.set_no = 0 THEN PERFORM pg_advisory_xact_lock(7); END IF; RETURN NEW; END $$;
      CREATE TRIGGER stop BEFORE INSERT ON projected_day FOR EACH ROW EXECUTE FUNCTION stop()""";
  private static final String STOPPED = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

  /** What began five days ago: the first event of each message is of that day, the others are of today. */
  private static void write(Stand stand, List<List<io.godwit.message.Event>> lives) {
    Await.await(stand.set.ensureCollection(OLD));
    stand.insert(OLD, stand.page("first", 0, lives.stream().map(life -> life.get(0)).toList()));
    stand.write(lives.stream().flatMap(life -> life.subList(1, life.size()).stream()).toList());
    stand.project(Stand.QUICK.copy().put("watchMs", 2_000));
  }

  private void archive(Stand stand, ProjectedDays reports) {
    Archive archive = new Archive(stand.context, stand.set, ArchiveFolder.at(stand.vertx, home), new DayKeeper(reports));
    Archive.Outcome outcome = Await.on(stand.context, () -> archive.run(LocalDate.now(java.time.ZoneOffset.UTC)));
    assertEquals(List.of(OLD), outcome.archived().stream().map(day -> day.day()).toList(), outcome.obstacles().toString());
    Await.await(Mongo.first(stand.context, stand.set.db().getCollection(OLD).drop()));
  }

  @Test void noSetIsProjectedBeforeItsOwnArchivedDaysAreIn() {
    try (Stand one = new Stand(); Stand two = one.another()) {
      write(one, new Histories(31, System.currentTimeMillis(), 0).some(40));
      write(two, new Histories(32, System.currentTimeMillis(), 1).some(40));
      long pages = one.pagesWritten() + two.pagesWritten();
      Await.until("all pages are in", () -> two.pagesApplied() == pages);
      List<String> before = two.lines(BILLED);
      ProjectedDays reports = ProjectedDays.open(one.vertx, one.uri);
      for (Stand stand : List.of(one, two)) archive(stand, reports);

      Await.await(two.pool.query(STOP).execute());
      Pool stopping = ReportingDatabase.writers(two.vertx, two.uri, 1);
      Await.await(Await.await(stopping.getConnection()).query("SELECT pg_advisory_lock(7)").execute());
      Future<Void> rebuilt = Await.start(one.context, () -> RebuildReports.run(one.context, one.pool, List.of(one.set, two.set), ArchiveFolder.at(one.vertx, home)));
      Await.until("the days of the first set are being brought in", () -> two.number(STOPPED) >= 1);
      long beat = two.number("SELECT beat FROM projector WHERE set_no = 1");
      Await.until("the second set's place was looked at some times", 60, () -> two.number("SELECT beat FROM projector WHERE set_no = 1") >= beat + 6);
      Await.await(stopping.close());
      Await.await(rebuilt);
      Await.until("all pages are in again", () -> two.pagesApplied() == pages);
      assertEquals(before, two.lines(BILLED));
      reports.close();
    }
  }

  @Test void aDayThatTheReportsDoNotHaveStays() {
    try (Stand stand = new Stand()) {
      String old = EventStream.collection(LocalDate.now(java.time.ZoneOffset.UTC).minusDays(5));
      Await.await(stand.set.ensureCollection(old));
      stand.insert(old, stand.page("p", 0, new Histories(3, System.currentTimeMillis()).sent()));
      ProjectedDays reports = ProjectedDays.open(stand.vertx, stand.uri);
      Archive archive = new Archive(stand.context, stand.set, ArchiveFolder.at(stand.vertx, home), new DayKeeper(reports));
      Archive.Outcome outcome = Await.on(stand.context, () -> archive.run(LocalDate.now(java.time.ZoneOffset.UTC)));
      assertEquals(List.of("set 0: " + old + " stays: the reports have 0 of its 1 pages"), outcome.obstacles());
      reports.close();
    }
  }
}
