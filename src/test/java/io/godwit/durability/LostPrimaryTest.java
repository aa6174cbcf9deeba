package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The MongoDB primary dies or hangs under load. The gateway lives, so it knows what it has sent. */
@Tag("slow")
class LostPrimaryTest {
  private final MongoCluster mongo = MongoCluster.sharedThree();

  @AfterEach
  void heal() {
    mongo.heal();
  }

  @Test
  void killedPrimaryLosesNoAcceptedMessage() {
    lose("kill -9 of the primary", mongo::kill, mongo::restart);
  }

  @Test
  void hungPrimaryLosesNoAcceptedMessage() {
    lose("SIGSTOP of the primary", mongo::pause, mongo::resume);
  }

  private void lose(String what, IntConsumer harm, IntConsumer repair) {
    try (Site site = Site.open(mongo); GodwitProcess gateway = site.gateway("unmoved").start().awaitReady(); Load load = Load.on(gateway).start(100)) {
      load.awaitAccepted(200);
      int primary = mongo.primary();
      harm.accept(primary);
      load.awaitAccepted(200);
      repair.accept(primary);
      load.awaitAccepted(100).stop();
      site.awaitAllFinal(90);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      long copies = site.assertArrivedAndExplained(load.accepted());
      System.out.printf("%s at 100/s: %d accepted, 0 lost, %d copies%n", what, load.accepted().size(), copies);
      assertEquals(0, copies, "copies, though the gateway knew what it had sent");
    }
  }
}
