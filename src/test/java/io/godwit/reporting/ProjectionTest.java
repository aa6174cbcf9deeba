package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.godwit.store.Mongo;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProjectionTest {
  private Stand stand;

  @BeforeEach void open() {
    stand = new Stand();
  }

  @AfterEach void close() {
    stand.close();
  }

  @Test void everyPageIsAppliedOnceAndTheRowsAreTheFoldOfTheEvents() {
    long seed = new Random().nextLong();
    List<List<Event>> lives = new Histories(seed, System.currentTimeMillis()).some(600);
    Stand.Running run = stand.project(Stand.QUICK.copy().put("batchEvents", 37));
    for (List<Event> page : Fold.shuffledPages(seed, lives)) stand.write(page);
    stand.awaitCaughtUp();
    Fold.assertRows(stand, lives, "seed " + seed);
    assertEquals(stand.pagesWritten(), stand.number("SELECT pages FROM projected_day"));
    Stand.until("the lag to be gone", () -> run.lag().pages() == 0 && run.lag().seconds() == 0);
  }

  @Test void whatHappenedWhileItWasOffIsCaughtUp() {
    Histories histories = new Histories(1, System.currentTimeMillis());
    List<List<Event>> lives = histories.some(50);
    Stand.Running first = stand.project();
    lives.forEach(stand::write);
    stand.awaitCaughtUp();
    stand.stop(first);
    List<List<Event>> later = histories.some(50);
    later.forEach(stand::write);
    stand.project();
    stand.awaitCaughtUp();
    lives.addAll(later);
    Fold.assertRows(stand, lives, "");
  }

  @Test void yesterdaysCollectionIsReadBeforeTodays() {
    Histories histories = new Histories(2, System.currentTimeMillis() - 86_400_000L);
    List<Event> life = histories.sent();
    Stand.await(stand.set.ensureCollection("events_20200101"));
    stand.write(life);
    stand.project(new JsonObject().put("pollMs", 20).put("batchEvents", 1));
    stand.awaitCaughtUp();
    assertEquals(List.of(MessageTable.day(MessageId.millis(life.get(0).id())).toString()), stand.lines("SELECT day FROM message"));
  }
}
