package io.godwit.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.pgclient.PgConnection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class PostgresServerTest {
  @Test void aRealPostgresAnswersAndIsDurable(Vertx vertx) throws Exception {
    String uri = PostgresServer.shared().freshDatabase();
    assertEquals("on", ask(vertx, uri, "SHOW fsync"));
    assertEquals("on", ask(vertx, uri, "SHOW synchronous_commit"));
    assertEquals("UTF8", ask(vertx, uri, "SHOW server_encoding"));
  }

  @Test void everyTestHasADatabaseOfItsOwn() {
    assertNotEquals(PostgresServer.shared().freshDatabase(), PostgresServer.shared().freshDatabase());
  }

  @Test @Tag("slow") void dataOutlivesAStop(Vertx vertx) throws Exception {
    try (PostgresServer server = PostgresServer.start()) {
      String uri = server.freshDatabase();
      ask(vertx, uri, "CREATE TABLE kept AS SELECT 'here'::text AS word");
      server.suspend();
      server.resume();
      assertEquals("here", ask(vertx, uri, "SELECT word FROM kept"));
    }
  }

  /** The first column of the first row as a string, or null. */
  private static String ask(Vertx vertx, String uri, String sql) throws Exception {
    Future<String> answer = PgConnection.connect(vertx, uri).compose(connection -> connection.query(sql).execute()
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getString(0))
        .eventually(connection::close));
    return answer.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
