package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.simulator.Counters.Count;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway that stands still for longer than others wait for it, as a virtual machine does that is moved. */
@Tag("slow")
class PausedGatewayTest {
  private static final int WINDOW = 20;
  private static final int UNSETTLED_MAX = 60;
  /** About so long; others may use this machine, too. */
  private static final int TAKE_OVER_SECONDS = 15;

  @Test
  void pausedGatewayIsTakenOverInTimeAndSendsNothingItNoLongerHolds() {
    try (Site site = Site.open(MongoCluster.sharedThree()).link("window", WINDOW).link("unsettledMax", UNSETTLED_MAX);
         GodwitProcess paused = site.gateway("paused").start().awaitReady();
         GodwitProcess heir = site.gateway("heir").start();
         Load load = Load.on(heir).start(50)) {
      load.awaitAccepted(100);
      site.fillWindow(WINDOW);
      paused.pause();
      long stoodStill = System.nanoTime();
      site.answerAgain();
      long before = site.carrier().counters().get(Count.BINDS);
      Await.await(site.carrier().counters().await(Count.BINDS, before + 1));
      heir.awaitReady();
      load.awaitAccepted(100);
      heir.awaitLog("freed "); // else the paused one may still settle what is its own, and nothing is sent twice
      long takenOver = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - stoodStill);
      paused.resume();
      paused.awaitLog("declared dead");
      load.awaitAccepted(100).stop();
      site.awaitAllFinal(60);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      long copies = site.assertArrivedAndExplained(load.accepted());
      System.out.printf("SIGSTOP of the gateway with the bind: %d accepted, 0 lost, %d copies of at most %d, taken over within %d s%n",
        load.accepted().size(), copies, UNSETTLED_MAX, takenOver);
      assertTrue(takenOver <= 4 * TAKE_OVER_SECONDS, "taken over after " + takenOver + " s");
      assertTrue(copies >= WINDOW, copies + " copies, though so many were in the window when it stood still");
      assertTrue(copies <= UNSETTLED_MAX, copies + " copies");
    }
  }
}
