package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.mongodb.reactivestreams.client.ClientSession;
import io.godwit.events.EventStream;
import io.godwit.message.Event;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.bson.codecs.EncoderContext;
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
    assertEquals(stand.pagesWritten(), stand.number("SELECT sum(pages)::bigint FROM projected_day"));
    Await.until("the lag is gone", () -> run.lag().pages() == 0 && run.lag().seconds() == 0);
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

  @Test void daysAreReadFromTheOldestOn() {
    List<Event> life = new Histories(2, System.currentTimeMillis() - 86_400_000L).sent();
    Await.await(stand.set.ensureCollection("events_20200101"));
    stand.insert("events_20200101", stand.page("early", 1_577_880_000L << 32, life.subList(0, 1)));
    stand.write(life.subList(1, life.size()));
    stand.project(Stand.QUICK.copy().put("batchEvents", 1));
    stand.awaitCaughtUp();
    Fold.assertRows(stand, List.of(life), "");
  }

  @Test void aPageThatCommitsAfterALaterOneIsNotSkipped() {
    stand.project();
    transactionsMayLast(60);
    try {
      commitAPageAfterALaterOne();
    } finally {
      transactionsMayLast(5);
    }
  }

  /** With five seconds, as everywhere, mongod would abort one on a machine that stands still for so long. */
  private static void transactionsMayLast(int seconds) {
    MongoCluster.shared().command("admin", new Document("setParameter", 1).append("transactionLifetimeLimitSeconds", seconds));
  }

  private void commitAPageAfterALaterOne() {
    List<List<Event>> lives = new Histories(3, System.currentTimeMillis()).some(2);
    ClientSession late = Await.await(Mongo.first(stand.context, stand.set.client().startSession()));
    late.startTransaction();
    String today = EventStream.collection(LocalDate.now(ZoneOffset.UTC));
    Await.await(Mongo.first(stand.context, stand.set.db().getCollection(today, RawBsonDocument.class)
      .insertOne(late, stand.page("late", 0, lives.get(0)))));
    stand.write(lives.get(1));
    Await.until("the later page is applied", () -> stand.pagesApplied() == 1);
    Await.await(Mongo.first(stand.context, late.commitTransaction()));
    stand.awaitCaughtUp();
    Fold.assertRows(stand, lives, "");
    assertEquals(List.of("late"), stand.lines("SELECT id FROM applied_page ORDER BY ts LIMIT 1"));
  }

  @Test void aPageThatIsSecondsLateIsAppliedAfterARestartToo() {
    List<List<Event>> lives = new Histories(4, System.currentTimeMillis()).some(2);
    Stand.Running first = stand.project();
    stand.write(lives.get(0));
    stand.awaitCaughtUp();
    stand.stop(first);
    long highest = stand.number("SELECT max(ts) FROM applied_page");
    stand.insert(EventStream.collection(LocalDate.now(ZoneOffset.UTC)), stand.page("late", highest - (10L << 32), lives.get(1)));
    stand.project();
    stand.awaitCaughtUp();
    Fold.assertRows(stand, lives, "");
  }

  @Test void whatANewerReleaseWroteIsLeftOutAndDoesNotStopTheRest() {
    List<Event> life = new Histories(5, System.currentTimeMillis()).sent();
    stand.insert(EventStream.collection(LocalDate.now(ZoneOffset.UTC)), Mongo.encodeWhole(writer -> new DocumentCodec().encode(writer,
      new Document("_id", "new").append("ts", new BsonTimestamp(0)).append("e", List.of(new Document("id", life.get(0).id()).append("n", 9).append("type", "TELEPORTED"))),
      EncoderContext.builder().build())));
    stand.write(life);
    Stand.Running run = stand.project();
    stand.awaitCaughtUp();
    Fold.assertRows(stand, List.of(life), "");
    assertNull(run.projection().trouble());
  }
}
