package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.ops.Totals;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The books of a gateway that is at work. */
@Tag("slow")
class LiveAuditTest {
  private static final int RATE = 150;
  private static final int AUDITS = 12;

  /** A message is on its way for as long as the carrier takes, so that each audit meets some in every stage. */
  @Test
  void anAuditBesideLiveTrafficFindsNothingThoughMessagesAreOnTheirWay() {
    try (Site site = Site.open(MongoCluster.sharedThree(), new JsonObject().put("answerDelayMin", 20).put("answerDelayMax", 200).put("receiptDelayMin", 0).put("receiptDelayMax", 2_000));
         GodwitProcess gateway = site.gateway("audited").start().awaitReady();
         Load load = Load.on(gateway).start(RATE)) {
      long onTheirWay = 0;
      for (int i = 0; i < AUDITS; i++) {
        load.awaitAccepted(RATE / 2);
        Totals totals = site.assertCleanBooks();
        onTheirWay += totals.waiting().values().stream().mapToLong(Long::longValue).sum();
      }
      load.stop();
      site.awaitAllFinal(60);
      site.assertNothingLost(load.accepted().keySet());
      assertTrue(onTheirWay > AUDITS, "messages were met on their way: " + onTheirWay);
      System.out.printf("%d audits beside %d/s: 0 findings, %d messages met on their way%n", AUDITS, RATE, onTheirWay);
    }
  }
}
