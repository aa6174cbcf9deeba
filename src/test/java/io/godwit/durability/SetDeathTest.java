package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.godwit.message.Status;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway on two replica sets, of which one dies whole and is brought back. Nothing else knows what the dead one holds. */
@Tag("slow")
class SetDeathTest {
  private static final int RATE = 60;
  /** Of a load while a set is away that does not come back before: the other one takes it at once. Whoever waited for a time-out, or until the set is known to be dead, would wait for ten seconds. */
  private static final long LONGEST_GAP_MS = 8_000;
  private static MongoCluster control;
  private static MongoCluster other;

  private Site site;
  private GodwitProcess gateway;

  @BeforeEach
  void open() {
    site = Site.open(List.of(control, other), new JsonObject().put("receiptDelayMin", 300).put("receiptDelayMax", 1_500)).link("window", 100).link("unsettledMax", 300);
    gateway = site.gateway("of-two-sets");
  }

  @AfterEach
  void close() {
    site.close();
    for (MongoCluster mongo : List.of(control, other)) mongo.heal();
  }

  /** Here, since a test that failed is run once more, after the end. */
  @BeforeAll
  static void begin() {
    control = MongoCluster.start(1);
    other = MongoCluster.start(1);
  }

  @AfterAll
  static void end() {
    control.close();
    other.close();
  }

  private static Set<Integer> sets(Collection<String> ids) {
    return ids.stream().map(MessageId::set).collect(Collectors.toSet());
  }

  /** The ids of what was accepted after that moment, milliseconds since 1970. */
  private static List<String> since(Load load, long moment) {
    return load.accepted().keySet().stream().filter(id -> MessageId.millis(id) > moment).toList();
  }

  /** The sets of so many messages that were accepted after the moment: a load that was held up makes up for what it missed, all at once. */
  private static Set<Integer> setsSince(Load load, long moment, int messages) {
    Await.until(messages + " messages are accepted since then", () -> since(load, moment).size() >= messages);
    return sets(since(load, moment));
  }

  private void awaitMessagesIn(int set, Load load) {
    long now = System.currentTimeMillis();
    Await.until("set " + set + " takes messages", 120, () -> since(load, now).stream().anyMatch(id -> MessageId.set(id) == set));
  }

  private static void assertNoStall(Load load, long since) {
    assertTrue(load.longestGap(since) < LONGEST_GAP_MS, () -> "nothing was accepted for " + load.longestGap(since) + " ms");
  }

  private void assertAllWell(Load load) {
    site.awaitAllFinal(60);
    site.assertNothingLost(load.accepted().keySet());
    site.assertCleanBooks();
  }

  private void report(String what, Load load, long copies) {
    System.out.printf("%s at %d/s: %d accepted, 0 lost, %d refused, %d unknown, %d copies%n", what, RATE, load.accepted().size(), load.refused(), load.unknown().size(), copies);
  }

  @Test
  void messagesOfADeadSetWaitAndTheOthersGoOn() {
    lose("kill -9 of the other set", other::kill, other::restart);
  }

  @Test
  void hungSetIsLeftOutAndComesBack() {
    lose("SIGSTOP of the other set", other::pause, other::resume);
  }

  private void lose(String what, IntConsumer harm, IntConsumer repair) {
    gateway.start().awaitReady();
    try (Load load = Load.on(gateway).start(RATE).awaitAccepted(100)) {
      Await.until("both sets have taken messages", () -> sets(load.accepted().keySet()).equals(Set.of(0, 1)));
      String waiting = load.accepted().keySet().stream().filter(id -> MessageId.set(id) == 1).findFirst().orElseThrow();
      long harmed = System.currentTimeMillis();
      harm.accept(0);
      load.awaitAccepted(60);
      awaitDead("1");
      long known = System.currentTimeMillis();
      assertEquals(Set.of(0), setsSince(load, known, 100), "sets that took messages while one was known to be dead");
      assertNoStall(load, harmed);
      assertEquals("store-unavailable", gateway.ask("/v1/messages/" + waiting).getString("code"), "answer about a message of the dead set");
      assertEquals("ready", gateway.health().getString("status"));
      assertEquals(0, load.refused(), "refused");
      repair.accept(0);
      awaitMessagesIn(1, load);
      load.stop();
      assertAllWell(load);
      long copies = site.assertArrivedAndExplained(load.accepted());
      report(what, load, copies);
      assertEquals(0, copies, "copies, though the gateway knew what it had sent");
    }
  }

  @Test
  void deathOfTheControlSetIsSurvived() {
    gateway.start().awaitReady();
    try (Load load = Load.on(gateway).start(RATE).awaitAccepted(150)) {
      control.kill(0);
      long died = System.currentTimeMillis();
      assertEquals(Set.of(1), setsSince(load, died + 1_000, 100), "sets that took messages while the control set was dead");
      assertNoStall(load, died);
      control.restart(0);
      awaitMessagesIn(0, load);
      load.stop();
      assertAllWell(load);
      assertTrue(load.accepted().keySet().stream().noneMatch(id -> site.state(id).status() == Status.NO_CREDIT), "credit that could not be asked for counted as none");
      long copies = site.assertArrivedAndExplained(load.accepted());
      report("kill -9 of the control set", load, copies);
      assertEquals(0, copies, "copies, though the gateway knew what it had sent");
    }
  }

  @Test
  void gatewayThatIsKilledWhileASetIsDeadStartsWithoutIt() {
    gateway.start().awaitReady();
    try (Load load = Load.on(gateway).start(RATE).awaitAccepted(100)) {
      other.kill(0);
      load.awaitAccepted(60);
      gateway.kill();
      gateway.start().awaitReady();
      load.awaitAccepted(60);
      other.restart(0);
      awaitMessagesIn(1, load);
      load.stop();
      assertAllWell(load);
      report("kill -9 of the other set, and then of the gateway", load, site.assertArrivedAndExplained(load.accepted()));
    }
  }

  @Test
  void whileBothSetsAreDeadNothingIsAcceptedAndNothingIsLost() {
    gateway.start().awaitReady();
    try (Load load = Load.on(gateway).start(RATE).awaitAccepted(150)) {
      control.kill(0);
      other.kill(0);
      Await.until("it says that it takes no messages", () -> !"ready".equals(status()));
      int refused = load.refused();
      Await.until("posts are refused", () -> load.refused() > refused + 20);
      other.restart(0);
      awaitMessagesIn(1, load);
      control.restart(0);
      awaitMessagesIn(0, load);
      load.stop();
      assertAllWell(load);
      long copies = site.assertArrivedAndExplained(load.accepted());
      report("kill -9 of both sets", load, copies);
      assertEquals(0, copies, "copies, though the gateway knew what it had sent");
    }
  }

  private String status() {
    JsonObject health = gateway.health();
    return health == null ? null : health.getString("status");
  }

  @Test
  void stopFromAHandsetWhileTheControlSetIsDeadIsObeyedWhenItIsBack() {
    String handset = "+447911123456";
    site.number("+447700900001", "demo");
    gateway = site.gateway("with-a-number").start().awaitReady();
    control.kill(0);
    awaitDead("0");
    Await.await(site.carrier().mo(handset, "+447700900001", "STOP", "godwit"));
    gateway.awaitLog(" waits: ");
    control.restart(0);
    Await.until("the reply is received", () -> received(handset) == 1);
    try (Load load = Load.on(gateway)) {
      Await.until("a message is accepted again", () -> "ready".equals(status()));
      load.post("after the stop", handset);
      load.awaitAccepted(1).stop();
      site.awaitAllFinal(30);
      assertEquals(Status.OPTED_OUT, site.state(load.onlyId()).status());
    }
    assertEquals(1, received(handset), "replies received");
    site.assertCleanBooks();
  }

  private void awaitDead(String set) {
    Await.until("the health says that set " + set + " is down", () -> {
      JsonObject health = gateway.health();
      return health != null && "down".equals(health.getJsonObject("sets").getString(set));
    });
  }

  private long received(String handset) {
    return site.events().values().stream().flatMap(List::stream)
      .filter(e -> e instanceof Event.Received received && received.message().from().equals(handset)).count();
  }

  @Test
  void gatewayThatIsStoppedWhileASetIsDeadEndsInTimeAndLosesNothing() {
    gateway.start().awaitReady();
    try (Load load = Load.on(gateway).start(RATE).awaitAccepted(100)) {
      other.kill(0);
      awaitDead("1");
      load.awaitAccepted(60);
      assertEquals(0, gateway.stop(), "exit code");
      load.stop();
      other.restart(0);
      gateway.start().awaitReady();
      assertAllWell(load);
      long copies = site.assertArrivedAndExplained(load.accepted());
      report("kill -9 of the other set, and then SIGTERM of the gateway", load, copies);
      assertTrue(copies <= 300, copies + " copies");
    }
  }
}
