package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** kill -9 of a gateway that is busy, on a real three-node set. */
@Tag("slow")
class KilledGatewayTest {
  private static final int RATE = 200;
  private static final int WINDOW = 20;
  private static final int UNSETTLED_MAX = 60;
  /** What the next one has said when it is killed. */
  private static final List<String> DEATHS = List.of("is up", "Godwit runs", "beats no more", "freed", "is up");
  private static final JsonObject CARRIER = new JsonObject().put("answerDelayMin", 50).put("answerDelayMax", 50).put("receiptDelayMin", 300);

  @Test
  void killedGatewayLosesNothingAndResendsAtMostTheUnsettled() {
    try (Site site = Site.open(MongoCluster.sharedThree(), CARRIER).link("window", WINDOW).link("unsettledMax", UNSETTLED_MAX);
         GodwitProcess gateway = site.gateway("killed").start().awaitReady();
         Load load = Load.on(gateway).start(RATE)) {
      load.awaitAccepted(800);
      site.fillWindow(WINDOW);
      gateway.kill();
      site.answerAgain();
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

  /** Its heirs die, too: while they wait for it to be dead, while they take over, and at work. */
  @Test
  void aGatewayThatIsKilledAgainAndAgainLosesNothing() {
    try (Site site = Site.open(MongoCluster.sharedThree(), CARRIER).link("window", WINDOW).link("unsettledMax", UNSETTLED_MAX);
         GodwitProcess gateway = site.gateway("mortal").start().awaitReady();
         Load load = Load.on(gateway).start(RATE / 2)) {
      for (String sign : DEATHS) {
        load.awaitAccepted(50);
        gateway.kill();
        boolean nothingIsLeft = sign.equals("freed") && gateway.hasLogged(sign);
        gateway.start();
        gateway.awaitLog(nothingIsLeft ? "is up" : sign);
      }
      load.awaitAccepted(50).stop();
      site.awaitAllFinal(90);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      long copies = site.assertArrivedAndExplained(load.accepted());
      System.out.printf("kill -9 of the gateway, %d times: %d accepted, 0 lost, %d copies%n", DEATHS.size(), load.accepted().size(), copies);
      assertTrue(copies <= (long) DEATHS.size() * UNSETTLED_MAX, copies + " copies");
    }
  }
}
