package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.MessageId;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One of two sets has three members, and its primary dies: it elects another while the other set goes on. */
@Tag("slow")
class SetElectionTest {
  private static final int RATE = 60;

  @Test
  void whileTheControlSetElectsNothingIsRefused() {
    try (MongoCluster single = MongoCluster.start(1)) {
      elect(0, List.of(MongoCluster.sharedThree(), single));
    }
  }

  @Test
  void whileTheOtherSetElectsNothingIsRefused() {
    try (MongoCluster single = MongoCluster.start(1)) {
      elect(1, List.of(single, MongoCluster.sharedThree()));
    }
  }

  private static void elect(int electing, List<MongoCluster> sets) {
    MongoCluster three = sets.get(electing);
    JsonObject carrier = new JsonObject().put("receiptDelayMin", 300).put("receiptDelayMax", 1_500);
    try (Site site = Site.open(sets, carrier).link("window", 100).link("unsettledMax", 300);
         GodwitProcess gateway = site.gateway("of-two-sets").start().awaitReady();
         Load load = Load.on(gateway).start(RATE).awaitAccepted(100)) {
      three.kill(three.primary());
      int next = three.primary();
      long elected = System.currentTimeMillis();
      Await.until("the set takes messages under node " + next,
        () -> load.accepted().keySet().stream().anyMatch(id -> MessageId.set(id) == electing && MessageId.millis(id) > elected));
      load.awaitAccepted(60).stop();
      three.heal();
      site.awaitAllFinal(60);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      long copies = site.assertArrivedAndExplained(load.accepted());
      System.out.printf("kill -9 of the primary of set %d of two at %d/s: %d accepted, 0 lost, %d refused, %d copies%n", electing, RATE,
        load.accepted().size(), load.refused(), copies);
      assertEquals(0, copies, "copies, though the gateway knew what it had sent");
      assertEquals(0, load.refused(), "refused");
    } finally {
      three.heal();
    }
  }
}
