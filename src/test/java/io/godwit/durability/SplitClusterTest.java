package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two gateways with everything, that share the store and nothing else: neither hears the other, as when the cluster has split. */
@Tag("slow")
class SplitClusterTest {
  @Test
  void halvesOfASplitClusterLoseTheirHintsAndCommitNothingTwice() {
    try (Site site = Site.open(MongoCluster.shared()).link("binds", 2);
         GodwitProcess one = site.gateway("one-half").start().awaitReady();
         GodwitProcess other = site.gateway("other-half").start();
         Load here = Load.on(one).start(40);
         Load there = Load.on(other).start(40)) {
      here.awaitAccepted(150);
      there.awaitAccepted(150);
      assertEquals(0, one.stop(), "exit code"); // what it held goes to the other half, which is not told
      here.stop();
      there.awaitAccepted(50).stop();
      site.awaitAllFinal(60);
      site.assertNothingLost(here.accepted().keySet());
      site.assertNothingLost(there.accepted().keySet());
      site.assertCleanBooks();
      assertEquals(0, site.assertArrivedAndExplained(here.accepted()), "copies");
      site.assertArrivedAndExplained(there.accepted());
    }
  }
}
