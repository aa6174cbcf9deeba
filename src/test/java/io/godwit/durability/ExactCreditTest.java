package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.events.MessageState;
import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.godwit.message.Status;
import io.godwit.simulator.Counters.Count;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Eight workers spend the credit of one prepaid account that is good for exactly so many messages: whatever dies, so many are billed, and all others are refused for it. */
@Tag("slow")
class ExactCreditTest {
  /** What a message to Britain costs demo, and what the reseller pays for it. */
  private static final long PRICE = 35_000;
  private static final long COST = 28_000;
  private static final int GOOD_FOR = 300;
  private static final int TOO_MANY = 150;
  private static final int RATE = 150;
  /** So long the control set stays down while messages wait: as long as one may wait for credit that others hold. */
  private static final int DOWN_SECONDS = 60;
  private static final int TRICKLE = 5;
  private static MongoCluster control;
  private static MongoCluster other;

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

  private static Site site(List<MongoCluster> clusters, int workers) {
    return Site.open(clusters, new JsonObject()).link("window", 100).link("unsettledMax", 300).workers(workers).credit("demo", GOOD_FOR * PRICE + PRICE - 1);
  }

  @Test
  void eightWorkersBillExactlyWhatTheCreditIsGoodFor() {
    try (Site site = site(List.of(control), 8)) {
      GodwitProcess gateway = site.gateway("of-eight-workers").start().awaitReady();
      try (Load load = Load.on(gateway).start(RATE).awaitAccepted(GOOD_FOR + TOO_MANY).stop()) {
        assertExact(site, load, List.of(gateway));
      }
    }
  }

  /** It is the seller's credit here that ends. */
  @Test
  void aWorkerProcessThatIsKilledWithCreditInItsHandsCostsNobodyAnything() {
    try (Site site = site(List.of(control, other), 4).credit("demo", 1_000 * PRICE).credit("demo-reseller", GOOD_FOR * COST + COST - 1)) {
      GodwitProcess door = site.gateway("door").only("submission", "link");
      GodwitProcess killed = site.gateway("killed").only("worker");
      GodwitProcess left = site.gateway("left").only("worker");
      site.cluster(door, killed, left);
      for (GodwitProcess each : List.of(door, killed, left)) each.start();
      door.awaitReady();
      try (Load load = Load.on(door).start(RATE).awaitAccepted(GOOD_FOR / 2)) {
        Await.await(site.carrier().counters().await(Count.SUBMITS, GOOD_FOR / 4));
        killed.kill();
        load.awaitAccepted(GOOD_FOR / 2 + TOO_MANY).stop();
        assertExact(site, load, List.of(left, door));
      }
    }
  }

  @Test
  void whileTheControlSetIsDownForAMinuteWhatLacksCreditWaitsAndNobodyIsRefused() {
    try (Site site = site(List.of(control, other), 8)) {
      GodwitProcess gateway = site.gateway("without-its-control-set").start().awaitReady();
      try (Load load = Load.on(gateway).atMost(GOOD_FOR / 2).start(RATE).awaitAccepted(GOOD_FOR / 3)) { // so that the credit cannot end before the control set does
        control.kill(0);
        load.atMost(Integer.MAX_VALUE).awaitAccepted(GOOD_FOR / 3);
        gateway.awaitLog("messages wait for credit that cannot be asked for");
        long waiting = System.nanoTime();
        load.awaitAccepted(GOOD_FOR / 3).stop();
        assertNobodyIsRefused(site, load);
        try (Load more = Load.on(gateway).start(TRICKLE)) {
          Await.until("the control set has been down for a minute", 2 * DOWN_SECONDS, () -> System.nanoTime() - waiting >= TimeUnit.SECONDS.toNanos(DOWN_SECONDS));
          load.accepted().putAll(more.awaitAccepted(TRICKLE).stop().accepted());
        }
        assertNobodyIsRefused(site, load);
        control.restart(0);
        gateway.awaitReady();
        try (Load rest = Load.on(gateway).start(RATE).awaitAccepted(TOO_MANY).stop()) {
          load.accepted().putAll(rest.accepted());
          assertExact(site, load, List.of(gateway));
        }
      } finally {
        control.heal();
      }
    }
  }

  /** Of what was accepted by the set that is there. */
  private static void assertNobodyIsRefused(Site site, Load load) {
    assertEquals(List.of(), load.accepted().keySet().stream().filter(id -> MessageId.set(id) == 1 && site.state(id).status() == Status.NO_CREDIT).toList(), "refused though nobody can know");
  }

  /** Counts what the events tell: the answer to a post may have been lost, and its message be paid for all the same. */
  private static void assertExact(Site site, Load load, List<GodwitProcess> gateways) {
    site.awaitAllFinal(90);
    List<MessageState> all = site.events().values().stream().map(MessageState::of).toList();
    long refused = all.size() - GOOD_FOR;
    assertEquals(Map.of(Event.Money.Action.BILLED, (long) GOOD_FOR, "none", refused), count(all, state -> state.money() == null ? "none" : state.money().action()));
    assertEquals(refused, count(all, MessageState::status).get(Status.NO_CREDIT));
    site.assertNothingLost(load.accepted().keySet());
    site.assertCleanBooks();
    gateways.forEach(GodwitProcess::stop);
    for (String account : List.of("demo", "demo-reseller")) assertEquals(List.of(0L, 0L), site.credit(account).subList(1, 3), "held and underway of " + account);
    site.assertCleanBooks();
  }

  private static Map<Object, Long> count(List<MessageState> messages, Function<MessageState, Object> of) {
    return messages.stream().collect(Collectors.groupingBy(of, Collectors.counting()));
  }
}
