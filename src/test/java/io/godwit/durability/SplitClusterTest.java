package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Status;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Pipe;
import io.godwit.testing.Ports;
import io.godwit.testing.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two gateways with everything, members of one cluster, each of which the other reaches through a {@link Pipe} only: it tells the other where
 * the pipe begins. When the pipes are cut, each half takes the other for dead and goes on as a cluster of its own; when they are open
 * again the halves merge. The event bus connects past the pipes, to whoever is a member: a half sends the other no hints because it is none.
 */
@Tag("slow")
class SplitClusterTest {
  private static final int RATE = 20;

  /** Where each listens for the other, and where the way there begins. */
  private final List<Integer> ends = List.of(Ports.free(), Ports.free());
  private final List<Integer> ways = List.of(Ports.free(), Ports.free());

  @Test
  void halvesOfASplitClusterGoOnAloneAndTogetherAgainAndCommitNothingTwice() {
    try (Site site = Site.open(MongoCluster.shared()).link("binds", 2);
         Pipe toOne = new Pipe(ways.get(0), ends.get(0));
         GodwitProcess one = member(site, 0).start().awaitReady();
         Pipe toOther = new Pipe(ways.get(1), ends.get(1));
         GodwitProcess other = member(site, 1).start();
         Load here = Load.on(one).start(RATE);
         Load there = Load.on(other).start(RATE)) {
      awaitMembers(2, one, other);
      goOn(site, here, there);
      for (Pipe pipe : List.of(toOne, toOther)) pipe.cut();
      awaitMembers(1, one, other);
      goOn(site, here, there);
      for (Pipe pipe : List.of(toOne, toOther)) pipe.heal();
      awaitMembers(2, one, other);
      goOn(site, here, there);
      assertEquals(Set.of(), unanswered(here.stop(), there), "posts that hung");
      assertEquals(0, one.stop(), "exit code");
      there.awaitAccepted(RATE).stop();
      site.awaitAllFinal(60);
      for (Load load : List.of(here, there)) {
        site.assertNothingLost(load.accepted().keySet());
        assertEquals(0, site.assertArrivedAndExplained(load.accepted()), "copies");
      }
      site.assertCleanBooks();
    }
  }

  /** Not started yet. Every three seconds it looks whether there is another half; without the options that is every two minutes. */
  private GodwitProcess member(Site site, int which) {
    return site.gateway("half-" + which).with("GODWIT_CLUSTER_NAME", "split-" + ways.get(0)).with("GODWIT_CLUSTER_PORT", ends.get(which))
      .with("GODWIT_CLUSTER_MEMBERS", "127.0.0.1:" + ways.get(0) + ",127.0.0.1:" + ways.get(1)).with("GODWIT_BUS_PORT", Ports.free())
      .with("JAVA_TOOL_OPTIONS", "-Dhazelcast.local.publicAddress=127.0.0.1:" + ways.get(which)
        + " -Dhazelcast.merge.first.run.delay.seconds=3 -Dhazelcast.merge.next.run.delay.seconds=3");
  }

  /** Waits until each takes so many, itself included, for the members of its cluster. */
  private static void awaitMembers(int members, GodwitProcess... gateways) {
    for (GodwitProcess gateway : gateways) {
      Await.until(() -> gateway + " has " + members + " members, not " + gateway.lastLogged("Members {"), 60, () -> gateway.lastLogged("Members {").contains("Members {size:" + members + ","));
    }
  }

  /** What each accepts from now on is delivered. */
  private static void goOn(Site site, Load... loads) {
    for (Load load : loads) {
      Set<String> before = Set.copyOf(load.accepted().keySet());
      load.awaitAccepted(2 * RATE);
      List<String> fresh = new ArrayList<>(load.accepted().keySet());
      fresh.removeAll(before);
      for (String id : fresh.subList(0, RATE)) Await.until("what was accepted meanwhile is delivered", 60, () -> site.state(id).status() == Status.DELIVERED);
    }
  }

  private static Set<String> unanswered(Load one, Load other) {
    return one.unknown().isEmpty() ? other.unknown() : one.unknown();
  }
}
