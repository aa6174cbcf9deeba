package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.simulator.Counters.Count;
import io.godwit.simulator.Profile;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** kill -9 of a gateway that is busy, on a real three-node set. */
@Tag("slow")
class KilledGatewayTest {
  private static final int RATE = 200;
  private static final int WINDOW = 20;
  private static final int UNSETTLED_MAX = 60;
  private static final JsonObject CARRIER = new JsonObject().put("answerDelayMin", 50).put("answerDelayMax", 50).put("receiptDelayMin", 300);

  @Test
  void killedGatewayLosesNothingAndResendsAtMostTheUnsettled() {
    try (Site site = Site.open(MongoCluster.sharedThree(), Profile.from(CARRIER)).link("window", WINDOW).link("unsettledMax", UNSETTLED_MAX);
         GodwitProcess gateway = site.gateway("killed").start().awaitReady();
         Load load = Load.on(gateway).start(RATE)) {
      load.awaitAccepted(800);
      killWithFullWindow(site, gateway);
      gateway.start();
      load.awaitAccepted(800).stop();
      site.awaitAllFinal(90);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      long copies = site.assertArrivedAndExplained(load.accepted());
      System.out.printf("kill -9 of the gateway at %d/s: %d accepted, 0 lost, %d copies of at most %d; %d posts unanswered%n",
        RATE, load.accepted().size(), copies, UNSETTLED_MAX, load.unknown().size());
      assertTrue(copies >= WINDOW, copies + " copies, though so many were in the window when it was killed");
      assertTrue(copies <= UNSETTLED_MAX, copies + " copies");
    }
  }

  /** The carrier takes messages and does not answer, until the window is full: all of that will be of unknown outcome. */
  private static void killWithFullWindow(Site site, GodwitProcess gateway) {
    Await.await(site.carrier().profile(Profile.from(CARRIER.copy().put("paused", true))));
    long before = site.carrier().counters().get(Count.SUBMITS);
    Await.await(site.carrier().counters().await(Count.SUBMITS, before + WINDOW));
    gateway.kill();
    Await.await(site.carrier().profile(Profile.from(CARRIER)));
  }
}
