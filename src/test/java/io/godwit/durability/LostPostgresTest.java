package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.PostgresServer;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** PostgreSQL is gone while messages are sent. */
@Tag("slow")
class LostPostgresTest {
  @Test
  void sendingDoesNotNoticeThatPostgresIsGoneAndTheProjectionCatchesUpExactly() {
    try (PostgresServer postgres = PostgresServer.start();
         Site site = Site.open(MongoCluster.shared()).reporting(postgres.freshDatabase());
         GodwitProcess gateway = site.gateway("reporting").start().awaitReady();
         Load load = Load.on(gateway).start(50).awaitAccepted(50)) {
      postgres.suspend();
      load.awaitAccepted(200).stop();
      site.awaitAllFinal(30);
      assertEquals(0, load.refused(), "refused");
      assertEquals(0, load.unknown().size(), "not answered");
      postgres.resume();
      site.assertNothingLost(load.accepted().keySet());
      assertEquals(0, site.assertArrivedAndExplained(load.accepted()), "copies");
      int all = site.events().size();
      Await.until("the report knows all " + all + " messages, each once", () -> delivered(gateway) == all);
      site.assertCleanBooks();
    }
  }

  private static int delivered(GodwitProcess gateway) {
    JsonObject report = gateway.ask("/v1/reports/volume?groupBy=status");
    if (report == null || !report.containsKey("rows")) return -1;
    return report.getJsonArray("rows").stream().map(JsonObject.class::cast).filter(row -> row.getString("status").equals("DELIVERED"))
      .mapToInt(row -> row.getInteger("volume")).sum();
  }
}
