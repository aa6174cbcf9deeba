package io.godwit.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteException;
import com.mongodb.WriteConcern;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

class MongoClusterTest {
  @Test void aRealMongodAnswersAndCommitsATransaction() {
    MongoCluster cluster = MongoCluster.shared();
    try (MongoClient client = connect(cluster)) {
      var database = client.getDatabase(cluster.freshDatabase());
      answer(database.createCollection("things"));
      try (var session = answer(client.startSession())) {
        session.startTransaction();
        answer(database.getCollection("things").insertOne(session, new Document("_id", 1)));
        answer(session.commitTransaction());
      }
      assertEquals(1, answer(database.getCollection("things").countDocuments()));
    }
  }

  @Test void everyTestHasADatabaseOfItsOwn() {
    assertNotEquals(MongoCluster.shared().freshDatabase(), MongoCluster.shared().freshDatabase());
  }

  @Test @Tag("slow") void aThreeNodeSetSurvivesTheDeathOfItsPrimary() {
    MongoCluster cluster = MongoCluster.sharedThree();
    try (MongoClient client = connect(cluster)) {
      MongoCollection<Document> things = client.getDatabase(cluster.freshDatabase()).getCollection("things");
      answer(things.insertOne(new Document("_id", "before")));
      int dead = cluster.primary();
      cluster.kill(dead);
      answer(things.insertOne(new Document("_id", "after")));
      assertNotEquals(dead, cluster.primary());
      cluster.restart(dead);
      assertEquals(2, answer(things.countDocuments()));
    }
  }

  @Test @Tag("slow") void aThreeNodeSetSurvivesAPrimaryThatHangs() {
    MongoCluster cluster = MongoCluster.sharedThree();
    try (MongoClient client = connect(cluster)) {
      MongoCollection<Document> things = client.getDatabase(cluster.freshDatabase()).getCollection("things");
      answer(things.insertOne(new Document("_id", "before")));
      int hung = cluster.primary();
      cluster.pause(hung);
      insertUntilItIsThere(things, "after");
      cluster.resume(hung);
      cluster.heal();
      assertEquals(2, answer(things.countDocuments()));
    }
  }

  /** The driver tries twice and may meet the hung node both times (a read that times out does not make it doubt a node): the rest is ours. */
  private static void insertUntilItIsThere(MongoCollection<Document> things, String id) {
    for (int attempt = 1; ; attempt++) {
      try {
        answer(things.insertOne(new Document("_id", id)));
        return;
      } catch (MongoSocketException | MongoTimeoutException e) {
        if (attempt == 5) {
          throw e;
        }
      } catch (MongoWriteException e) {
        assertEquals(11000, e.getCode(), "only a duplicate: an earlier attempt had got through");
        return;
      }
    }
  }

  private static MongoClient connect(MongoCluster cluster) {
    return MongoClients.create(MongoClientSettings.builder()
        .applyConnectionString(new ConnectionString(cluster.uri()))
        .applyToSocketSettings(socket -> socket.readTimeout(5, TimeUnit.SECONDS)) // or it waits for a hung node as long as that hangs
        .writeConcern(WriteConcern.MAJORITY.withJournal(true)).build());
  }

  private static <T> T answer(Publisher<T> publisher) {
    return Mono.from(publisher).block(Duration.ofSeconds(30));
  }
}
