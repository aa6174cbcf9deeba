package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.MessageId;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway on two replica sets, of which one dies whole and is brought back. Nothing else knows what the dead one holds. */
@Tag("slow")
class SetDeathTest {
  private static final int RATE = 60;
  private static final MongoCluster CONTROL = MongoCluster.start(1);
  private static final MongoCluster OTHER = MongoCluster.start(1);

  private Site site;
  private GodwitProcess gateway;

  @BeforeEach
  void open() {
    site = Site.open(List.of(CONTROL, OTHER), new JsonObject().put("receiptDelayMin", 300).put("receiptDelayMax", 1_500)).link("window", 100).link("unsettledMax", 300);
    gateway = site.gateway("of-two-sets");
  }

  @AfterEach
  void close() {
    site.close();
    for (MongoCluster mongo : List.of(CONTROL, OTHER)) mongo.heal();
  }

  @AfterAll
  static void end() {
    CONTROL.close();
    OTHER.close();
  }

  private static Set<Integer> sets(Set<String> ids) {
    return ids.stream().map(MessageId::set).collect(Collectors.toSet());
  }

  @Test
  void messagesOfADeadSetWaitAndTheOthersGoOn() {
    gateway.start().awaitReady();
    try (Load load = Load.on(gateway).start(RATE)) {
      load.awaitAccepted(200);
      assertEquals(Set.of(0, 1), sets(load.accepted().keySet()), "sets that took messages");
      String waiting = load.accepted().keySet().stream().filter(id -> MessageId.set(id) == 1).findFirst().orElseThrow();
      OTHER.kill(0);
      long died = System.currentTimeMillis();
      load.awaitAccepted(100);
      System.out.printf("100 accepted %d ms after the death%n", System.currentTimeMillis() - died);
      Set<String> before = new HashSet<>(load.accepted().keySet());
      load.awaitAccepted(300);
      Set<String> after = new HashSet<>(load.accepted().keySet());
      after.removeAll(before);
      assertEquals(Set.of(0), sets(after), "sets that took messages while one was dead");
      long asked = System.nanoTime();
      JsonObject answer = gateway.ask("/v1/messages/" + waiting);
      System.out.println(answer + " after " + (System.nanoTime() - asked) / 1_000_000);
      System.out.println("health " + gateway.health() + " refused " + load.refused() + " unknown " + load.unknown().size());
      OTHER.restart(0);
      long back = System.currentTimeMillis();
      Await.until("the set takes messages again", () -> load.accepted().keySet().stream().anyMatch(id -> MessageId.set(id) == 1 && MessageId.millis(id) > back));
      System.out.printf("takes messages %d ms after%n", System.currentTimeMillis() - back);
      load.awaitAccepted(100).stop();
      site.awaitAllFinal(60);
      System.out.printf("all final %d ms after%n", System.currentTimeMillis() - back);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      assertEquals(0, site.assertArrivedAndExplained(load.accepted()), "copies");
      System.out.println("accepted " + load.accepted().size() + " refused " + load.refused() + " unknown " + load.unknown().size());
    }
  }

  @Test
  void deathOfTheControlSetIsSurvived() {
    gateway.start().awaitReady();
    try (Load load = Load.on(gateway).start(RATE)) {
      load.awaitAccepted(300);
      CONTROL.kill(0);
      long died = System.currentTimeMillis();
      load.awaitAccepted(300);
      System.out.printf("300 accepted %d ms after the death of the control set%n", System.currentTimeMillis() - died);
      System.out.println("health " + gateway.health() + " refused " + load.refused() + " unknown " + load.unknown().size());
      List<String> meanwhile = load.accepted().keySet().stream().filter(id -> MessageId.set(id) == 1 && MessageId.millis(id) > died).toList();
      System.out.println(meanwhile.stream().collect(Collectors.groupingBy(id -> site.trail(id).size() + " " + site.state(id).status(), Collectors.counting())));
      try {
        Await.until("a message of the other set is final", 20, () -> meanwhile.stream().anyMatch(id -> site.state(id).isFinal()));
      } catch (AssertionError e) { System.out.println(e); }
      System.out.printf("final %d ms after%n", System.currentTimeMillis() - died);
      System.out.println(meanwhile.stream().collect(Collectors.groupingBy(id -> site.trail(id).size() + " " + site.state(id).status(), Collectors.counting())));
      CONTROL.restart(0);
      long back = System.currentTimeMillis();
      load.awaitAccepted(200).stop();
      site.awaitAllFinal(60);
      System.out.printf("all final %d ms after%n", System.currentTimeMillis() - back);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      assertEquals(0, site.assertArrivedAndExplained(load.accepted()), "copies");
      System.out.println("accepted " + load.accepted().size() + " refused " + load.refused() + " unknown " + load.unknown().size());
    }
  }

  @Test
  void gatewayThatIsKilledWhileASetIsDeadStartsWithoutIt() {
    gateway.start().awaitReady();
    try (Load load = Load.on(gateway).start(RATE)) {
      load.awaitAccepted(200);
      OTHER.kill(0);
      load.awaitAccepted(60);
      gateway.kill();
      long died = System.currentTimeMillis();
      gateway.start();
      System.out.printf("started %d ms after%n", System.currentTimeMillis() - died);
      gateway.awaitReady();
      load.awaitAccepted(120);
      System.out.println("health " + gateway.health() + " refused " + load.refused() + " unknown " + load.unknown().size());
      OTHER.restart(0);
      long back = System.currentTimeMillis();
      Await.until("the set takes messages again", () -> load.accepted().keySet().stream().anyMatch(id -> MessageId.set(id) == 1 && MessageId.millis(id) > back));
      System.out.printf("takes messages %d ms after%n", System.currentTimeMillis() - back);
      load.awaitAccepted(100).stop();
      site.awaitAllFinal(60);
      System.out.printf("all final %d ms after%n", System.currentTimeMillis() - back);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      long copies = site.assertArrivedAndExplained(load.accepted());
      System.out.println("accepted " + load.accepted().size() + " refused " + load.refused() + " unknown " + load.unknown().size() + " copies " + copies);
    }
  }

  @Test
  void hungSetIsLeftOutAndComesBack() {
    gateway.start().awaitReady();
    try (Load load = Load.on(gateway).start(RATE)) {
      load.awaitAccepted(200);
      OTHER.pause(0);
      long died = System.currentTimeMillis();
      load.awaitAccepted(200);
      System.out.printf("200 accepted %d ms after%n", System.currentTimeMillis() - died);
      Set<String> before = new HashSet<>(load.accepted().keySet());
      load.awaitAccepted(200);
      System.out.println("health " + gateway.health() + " refused " + load.refused() + " unknown " + load.unknown().size());
      OTHER.resume(0);
      load.awaitAccepted(100).stop();
      site.awaitAllFinal(60);
      site.assertNothingLost(load.accepted().keySet());
      site.assertCleanBooks();
      assertEquals(0, site.assertArrivedAndExplained(load.accepted()), "copies");
      System.out.println("accepted " + load.accepted().size() + " refused " + load.refused() + " unknown " + load.unknown().size());
    }
  }
}
