package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.simulator.Profile;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SIGTERM of a gateway that is busy: what it knows is settled, and what it held goes on at once. */
@Tag("slow")
class StoppedGatewayTest {
  private static final Profile CARRIER = Profile.from(new JsonObject().put("answerDelayMin", 100).put("answerDelayMax", 200));

  @Test
  void stoppedGatewaySettlesItsWindowAndSendsNothingTwice() {
    try (Site site = Site.open(MongoCluster.sharedThree(), CARRIER);
         GodwitProcess gateway = site.gateway("stopped").start().awaitReady();
         Load load = Load.on(gateway).start(150)) {
      load.awaitAccepted(300);
      assertEquals(0, gateway.stop(), "exit code");
      load.stop();
      gateway.start();
      site.awaitAllFinal(60);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      assertEquals(0, site.assertArrivedAndExplained(load.accepted()), "copies");
    }
  }
}
