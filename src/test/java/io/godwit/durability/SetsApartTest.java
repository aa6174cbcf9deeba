package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.ConnectionString;
import io.godwit.message.MessageId;
import io.godwit.store.Sets;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A message is work for the set that holds it, and for no other, not even the control set: so the cost of sets is the sum of their messages'.
 * What a set without messages does all the time (beats, polls, sweeps) does not depend on the messages of others.
 */
@Tag("slow")
class SetsApartTest {
  private static final int FEW = 200;
  private static final int MANY = 2_000;
  /** Either takes so many seconds at least: what is done once a second, such as fetching credit, is done as often for a few as for many. */
  private static final int SECONDS = 10;
  /** Commands a message: credit is drawn for many at once. */
  private static final double AMORTISED = 0.05;
  /** By so much of its commands a set without messages may have more in the one time than in the other, as when a machine stands still for a moment. */
  private static final double UNEVEN = 0.25;
  /** Drivers and this test ask these. */
  private static final Set<String> NOT_COUNTED = Set.of("hello", "isMaster", "ping", "serverStatus", "count");
  private static MongoCluster controlSet;
  private static MongoCluster otherSet;

  @BeforeAll
  static void twoSets() {
    controlSet = MongoCluster.start(1);
    otherSet = MongoCluster.start(1);
  }

  @AfterAll
  static void end() {
    controlSet.close();
    otherSet.close();
  }

  /** What the two sets were asked to do, by command, in so long a time. */
  private record Cost(long nanos, Map<String, Long> control, Map<String, Long> other) { }

  @Test
  void messagesOfOneSetAreNoWorkForAnother() {
    try (Site site = Site.open(List.of(controlSet, otherSet), new JsonObject()).link("window", 100).link("unsettledMax", 300)) {
      GodwitProcess gateway = site.gateway("of-one-set").start().awaitReady();
      site.change(Sets.KIND, "0", set -> set.put("drain", true));
      try (Load first = Load.on(gateway).start(FEW)) {
        Await.until("set 0 takes nothing new", () -> newest(first).size() == FEW && setsOf(newest(first)).equals(Set.of(1)));
        first.stop();
        site.awaitAllFinal(60);
      }
      Cost many = cost(site, gateway, MANY, 0);
      Cost few = cost(site, gateway, FEW, many.nanos());
      long more = sum(many.control()) - sum(few.control());
      double most = Math.max(AMORTISED * (MANY - FEW), UNEVEN * sum(few.control()));
      System.out.printf("commands for %d and %d messages, in %d s each: %d and %d in the set that holds them, %d and %d in the other%n", FEW, MANY, many.nanos() / 1_000_000_000,
        sum(few.other()), sum(many.other()), sum(few.control()), sum(many.control()));
      assertTrue(more < most, () -> more + " commands more, of " + most + ", in a set that has none of the messages: " + few.control() + ", with more messages " + many.control());
      assertTrue(sum(many.other()) > 2 * sum(many.control()), () -> "is anything counted where they are? " + many.other());
      site.awaitAllFinal(60);
      site.assertCleanBooks();
    }
  }

  /** Of so many messages from the post to the receipt, and of the time after them until so many nanoseconds are over. */
  private static Cost cost(Site site, GodwitProcess gateway, int messages, long atLeast) {
    long begin = System.nanoTime();
    Map<String, Long> control = commands(controlSet);
    Map<String, Long> other = commands(otherSet);
    try (Load load = Load.on(gateway).atMost(messages).start(messages / SECONDS).awaitAccepted(messages).stop()) {
      assertEquals(Set.of(1), setsOf(load.accepted().keySet()), "sets of the messages");
    }
    Await.until("all messages are final", () -> parcels(site) == 0);
    Await.until("that time is over", 120, () -> System.nanoTime() - begin >= atLeast);
    long end = System.nanoTime();
    return new Cost(end - begin, since(control, commands(controlSet)), since(other, commands(otherSet)));
  }

  private static Set<Integer> setsOf(Collection<String> ids) {
    return ids.stream().map(MessageId::set).collect(Collectors.toSet());
  }

  private static List<String> newest(Load load) {
    return load.accepted().keySet().stream().sorted((a, b) -> Long.compare(MessageId.millis(b), MessageId.millis(a))).limit(FEW).toList();
  }

  /** That wait in the second set; asks nobody else. */
  private static int parcels(Site site) {
    String database = new ConnectionString(site.uris(2).split(" ")[1]).getDatabase();
    return otherSet.command(database, new Document("count", "parcels")).getInteger("n");
  }

  /** How often each command was given to the cluster since it started. */
  private static Map<String, Long> commands(MongoCluster cluster) {
    Document commands = cluster.command("admin", new Document("serverStatus", 1)).get("metrics", Document.class).get("commands", Document.class);
    Map<String, Long> totals = new TreeMap<>();
    commands.forEach((name, numbers) -> {
      if (!NOT_COUNTED.contains(name) && numbers instanceof Document of && of.get("total") instanceof Number total) totals.put(name, total.longValue());
    });
    return totals;
  }

  private static Map<String, Long> since(Map<String, Long> before, Map<String, Long> after) {
    Map<String, Long> more = new TreeMap<>();
    after.forEach((name, count) -> more.put(name, count - before.getOrDefault(name, 0L)));
    more.values().removeIf(count -> count == 0);
    return more;
  }

  private static long sum(Map<String, Long> commands) {
    return commands.values().stream().mapToLong(count -> count).sum();
  }
}
