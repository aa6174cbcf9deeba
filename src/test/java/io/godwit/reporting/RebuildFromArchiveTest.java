package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.events.Archive;
import io.godwit.events.ArchiveFolder;
import io.godwit.events.EventStream;
import io.godwit.ops.DayKeeper;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
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
      Stand.Running running = stand.project();
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
