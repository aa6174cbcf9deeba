package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.godwit.message.Event;
import io.godwit.testing.Await;
import io.godwit.testing.PostgresServer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What dies on the way of a page into the reports, and that each page still counts once. */
class OutageTest {
  private Stand stand;

  @BeforeEach void open() {
    stand = new Stand();
  }

  @AfterEach void close() {
    stand.close();
  }

  @Test void connectionsThatBreakInTheMidstOfTransactionsMakeNothingCountTwice() {
    long seed = new Random().nextLong();
    List<List<Event>> lives = new Histories(seed, System.currentTimeMillis()).some(800);
    stand.project(Stand.QUICK.copy().put("batchEvents", 20));
    int written = 0;
    for (List<Event> page : Fold.shuffledPages(seed, lives)) {
      stand.write(page);
      if (++written % 20 == 0) stand.lines("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()");
    }
    stand.awaitCaughtUp();
    Fold.assertRows(stand, lives, "seed " + seed);
  }

  @Test void aProjectorThatIsKilledIsFollowedByOneThatAppliesNothingTwice() {
    long seed = new Random().nextLong();
    List<List<Event>> lives = new Histories(seed, System.currentTimeMillis()).some(400);
    List<Stand.Running> killed = new ArrayList<>();
    for (List<Event> page : Fold.shuffledPages(seed, lives)) {
      if (stand.pagesWritten() % 20 == 0) {
        killed.forEach(Stand::kill);
        killed.clear();
        killed.add(stand.project(Stand.QUICK.copy().put("batchEvents", 20)));
      }
      stand.write(page);
    }
    stand.awaitCaughtUp();
    Fold.assertRows(stand, lives, "seed " + seed);
  }

  @Test void ofTwoProjectorsOneProjectsAndTheOtherTakesOverWhenItEnds() {
    List<List<Event>> lives = new Histories(6, System.currentTimeMillis()).some(40);
    JsonObject patient = Stand.QUICK.copy().put("watchMs", 1_000);   // whoever projects beats once a second: five looks at him last longer
    Stand.Running first = stand.project(patient);
    Await.until("the first projects", () -> stand.epoch() == 1);
    Stand.Running second = stand.project(patient);
    Await.until("the second projects", () -> stand.epoch() == 2);
    lives.subList(0, 10).forEach(stand::write);
    stand.awaitCaughtUp();
    lives.subList(10, 20).forEach(stand::write);
    stand.awaitCaughtUp();
    assertEquals(2, stand.epoch(), "the fenced one watches and does not fight");
    stand.stop(second);
    lives.subList(20, 30).forEach(stand::write);
    stand.awaitCaughtUp();
    assertEquals(3, stand.epoch());
    Stand.Running third = stand.project(patient);
    Await.until("the third projects", () -> stand.epoch() == 4);
    Stand.kill(third);
    lives.subList(30, 40).forEach(stand::write);
    stand.awaitCaughtUp();
    assertNull(first.projection().trouble());
    Fold.assertRows(stand, lives, "");
  }

  @Test void aTransactionOfAnEarlierEpochLeavesNoTrace() {
    Contest contest = new Contest(stand.pool, 0, "stale");
    Tenure stale = Await.await(contest.enter());
    Await.await(contest.enter());
    Batch batch = new Batch(List.of(new PageRef("events_20260101", "p", 1)), 1, 0, Set.of(), null, List.of(), new CarriedSums());
    Throwable failure = Stand.failure(new BatchWriter(stand.pool, 0).write(stale, batch));
    assertEquals(Tenure.Fenced.class, failure.getClass());
    assertEquals(0, stand.number("SELECT count(*) FROM applied_page"));
    assertNull(Await.await(contest.resume(stale.epoch)));
  }

  @Test void aRebuildGivesTheSameRows() {
    List<List<Event>> lives = new Histories(7, System.currentTimeMillis()).some(100);
    Fold.shuffledPages(7, lives).forEach(stand::write);
    stand.project();
    stand.awaitCaughtUp();
    stand.lines("UPDATE message SET status = 'WRONG', recipient = 'x'");
    Await.await(RebuildReports.run(stand.pool));
    stand.awaitCaughtUp();
    Fold.assertRows(stand, lives, "");
  }

  @Test void whilePostgresIsDownItWaitsAndSaysSoAndThenGoesOn() {
    try (PostgresServer postgres = PostgresServer.start(); Stand own = new Stand(postgres)) {
      List<List<Event>> lives = new Histories(8, System.currentTimeMillis()).some(30);
      Stand.Running run = own.project();
      lives.subList(0, 10).forEach(own::write);
      own.awaitCaughtUp();
      postgres.suspend();
      lives.subList(10, 30).forEach(own::write);
      Await.until("it says so", () -> run.projection().trouble() != null && run.lag().seconds() > 0);
      assertFalse(run.projection().trouble().isBlank());
      postgres.resume();
      own.awaitCaughtUp();
      Await.until("it is well again", () -> run.projection().trouble() == null && run.lag().seconds() == 0);
      Fold.assertRows(own, lives, "");
    }
  }
}
