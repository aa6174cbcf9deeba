package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mongodb.reactivestreams.client.ClientSession;
import io.godwit.events.EventStream;
import io.godwit.message.Event;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.PostgresServer;
import io.godwit.testing.SteppedClock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The primary's own clock is stepped, as by NTP or by hand, and with it the timestamps by which pages are listed. */
@Tag("slow")
class SteppedClockTest {
  private static final int MINUTE = 60;

  @Test void aPageWhoseTransactionIsOpenWhileThePrimarysClockIsSteppedForwardIsNotSkipped() {
    Optional<SteppedClock> clock = SteppedClock.find();
    assumeTrue(clock.isPresent(), "libfaketime is missing");
    try (MongoCluster mongo = MongoCluster.start(clock.get()); Stand stand = new Stand(PostgresServer.shared(), mongo)) {
      // else mongod takes the transaction for older than it is, and may abort it: then it would be a new one, after the step
      mongo.command("admin", new Document("setParameter", 1).append("transactionLifetimeLimitSeconds", 3_600));
      stand.project();
      List<List<Event>> lives = new Histories(6, System.currentTimeMillis()).some(2);
      ClientSession late = Await.await(Mongo.first(stand.context, stand.set.client().startSession()));
      late.startTransaction();
      String today = EventStream.collection(LocalDate.now(ZoneOffset.UTC));
      Await.await(Mongo.first(stand.context, stand.set.db().getCollection(today, RawBsonDocument.class).insertOne(late, stand.page("late", 0, lives.get(0)))));
      clock.get().step(MINUTE);
      stand.write(lives.get(1));
      Await.until("the page of after the step is applied", () -> stand.pagesApplied() == 1);
      Await.await(Mongo.first(stand.context, late.commitTransaction()));
      stand.awaitCaughtUp();
      Fold.assertRows(stand, lives, "");
      long apart = (stand.number("SELECT max(ts) FROM applied_page") >> 32) - (stand.number("SELECT min(ts) FROM applied_page") >> 32);
      assertTrue(apart >= MINUTE, "the timestamps are " + apart + " s apart: the clock was not stepped");
    }
  }
}
