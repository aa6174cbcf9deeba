package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.simulator.Profile;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** kill -9 of the MongoDB primary under load. The gateway lives, so it knows what it has sent. */
@Tag("slow")
class KilledPrimaryTest {
  @Test
  void killedPrimaryLosesNoAcceptedMessage() {
    MongoCluster mongo = MongoCluster.sharedThree();
    try (Site site = Site.open(mongo, Profile.DEFAULT);
         GodwitProcess gateway = site.gateway("unmoved").start().awaitReady();
         Load load = Load.on(gateway).start(100)) {
      load.awaitAccepted(200);
      int dead = mongo.primary();
      mongo.kill(dead);
      load.awaitAccepted(200);
      mongo.restart(dead);
      load.awaitAccepted(100).stop();
      site.awaitAllFinal(90);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      long copies = site.assertArrivedAndExplained(load.accepted());
      System.out.printf("kill -9 of the primary at 100/s: %d accepted, 0 lost, %d copies%n", load.accepted().size(), copies);
      assertEquals(0, copies, "copies, though the gateway knew what it had sent");
    } finally {
      mongo.heal();
    }
  }
}
