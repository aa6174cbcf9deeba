package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.testing.Await;
import io.godwit.testing.PostgresServer;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaTest {
  private final Vertx vertx = Vertx.vertx();
  private final Pool pool = ReportingDatabase.writers(vertx, PostgresServer.shared().freshDatabase(), 1);

  @AfterEach
  void close() {
    Await.await(pool.close());
    Await.await(vertx.close());
  }

  private List<Row> run(String sql) {
    List<Row> rows = new ArrayList<>();
    Await.await(pool.query(sql).execute()).forEach(rows::add);
    return rows;
  }

  private static String script(String name) throws IOException {
    try (InputStream in = Schema.class.getResourceAsStream("/db/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aDatabaseOfAnEarlierReleaseIsBroughtFurtherWithAllThatIsInIt() throws IOException {
    for (String file : List.of("001_messages.sql", "002_volume.sql", "003_billed.sql")) run(script(file));
    run("CREATE TABLE schema_version (version integer PRIMARY KEY, file text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()); INSERT INTO schema_version VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    run("SELECT make_message_partition('2026-11-01'); INSERT INTO message (id, day, set_no, accepted_at, facts_n, account, status, link, price_micros, currency)"
      + " VALUES ('m', '2026-11-01', 0, now(), 1, 'acme', 'SENT', 'north', 70000, 'EUR')");
    run("INSERT INTO billed VALUES (0, 'acme', '2026-11-01', 'EUR', 'DE', 3, 4, 280000)");
    run("CREATE VIEW of_others AS SELECT customer, volume FROM volume_by_day");

    for (int twice = 0; twice < 2; twice++) Await.await(new Schema(vertx).prepare(pool));
    Row billed = run("SELECT network, messages, micros FROM billed").get(0);
    assertEquals(" 3 280000", billed.getString(0) + " " + billed.getLong(1) + " " + billed.getLong(2));
    Row volume = run("SELECT customer, volume, price::text, cost, network FROM volume_by_day").get(0);
    assertEquals("acme 1 null null", volume.getString(0) + " " + volume.getLong(1) + " " + volume.getValue(3) + " " + volume.getValue(4));
    assertEquals(1, run("SELECT * FROM of_others").size(), "what others have built upon the views stays");
    run("SELECT make_message_partition('2026-11-02')");
    assertEquals(2, run("SELECT 1 FROM information_schema.columns WHERE column_name = 'cost_currency' AND table_name LIKE 'message_2%'").size());
  }
}
