package io.godwit.perf;

import com.mongodb.ConnectionString;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.godwit.events.EventStream;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.SqlClient;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.bson.RawBsonDocument;
import reactor.core.publisher.Flux;

/**
 * The two ends of the projection, each alone: the driver reads all of today's and yesterday's pages undecoded, and PostgreSQL copies the rows that came of
 * them into a table with the same indexes in one statement. Seconds
 * for each, the better of two reads.
 */
public final class ProjectionCeiling {
  private ProjectionCeiling() {
  }

  public static void main(String[] words) {
    Arguments.measure(words, arguments -> new JsonObject()
      .put("read_seconds", Math.min(read(arguments.text("mongo")), read(arguments.text("mongo"))))
      .put("copy_seconds", copy(arguments.text("postgres"))));
  }

  private static double read(String uri) {
    ConnectionString address = new ConnectionString(uri);
    try (MongoClient mongo = MongoClients.create(address)) {
      MongoDatabase db = mongo.getDatabase(address.getDatabase() == null ? "godwit" : address.getDatabase());
      LocalDate today = LocalDate.now(ZoneOffset.UTC);
      long began = System.nanoTime();
      for (LocalDate day : new LocalDate[] {today.minusDays(1), today}) {
        Flux.from(db.getCollection(EventStream.collection(day), RawBsonDocument.class).find()).blockLast();
      }
      return (System.nanoTime() - began) / 1e9;
    }
  }

  private static double copy(String uri) throws Exception {
    Vertx vertx = Vertx.vertx();
    SqlClient postgres = PgBuilder.client().connectingTo(uri).using(vertx).build();
    postgres.query("DROP TABLE IF EXISTS ceiling").execute().await(60, TimeUnit.SECONDS);
    postgres.query("CREATE TABLE ceiling (LIKE message INCLUDING ALL)").execute().await(60, TimeUnit.SECONDS);
    long began = System.nanoTime();
    postgres.query("INSERT INTO ceiling SELECT * FROM message").execute().await(300, TimeUnit.SECONDS);
    return (System.nanoTime() - began) / 1e9;
  }
}
