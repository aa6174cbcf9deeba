package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.PostgresServer;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The door in one process and everything else in another, in one cluster on the loopback address: neither needs the other to be up. */
@Tag("slow")
class ComponentsTest {
  private static final int RATE = 20;
  /** Below the poll of 500 ms, on which it would depend if no wake-ups came over the bus. */
  private static final long WAKE_UP_MS = 200;

  private Site site;
  private GodwitProcess door;
  private GodwitProcess works;

  @BeforeEach
  void configure() {
    site = Site.open(MongoCluster.sharedThree()).reporting(PostgresServer.shared().freshDatabase());
    door = site.gateway("door").only("submission");
    works = site.gateway("works").only("worker", "link", "reporting");
    site.cluster(door, works);
  }

  @AfterEach
  void end() {
    site.close();
  }

  @Test
  void componentsMayStartAndStopInAnyOrder() {
    door.start();
    try (Load load = Load.on(door).start(RATE).awaitAccepted(20)) {
      works.start().awaitReady();
      load.awaitAccepted(20);
      assertEquals(0, works.stop(), "exit code of the works");
      load.awaitAccepted(20);
      works.start();
      load.awaitAccepted(20);
      assertEquals(0, door.stop(), "exit code of the door");
      site.awaitAllFinal(30);
      assertEquals(0, works.stop(), "exit code of the works");
      works.start().awaitReady();
      door.start();
      load.awaitAccepted(20).stop();
      site.awaitAllFinal(30);
      site.assertNothingLost(load.accepted().keySet());
      assertEquals(0, site.assertArrivedAndExplained(load.accepted()), "copies");
      site.assertCleanBooks();
      int all = site.events().size();
      Await.until("the report knows all " + all + " messages, each once", () -> delivered() == all);
    }
  }

  @Test
  void eachComponentMayBeStoppedAndStartedAlone() {
    GodwitProcess worker = site.gateway("worker").only("worker");
    GodwitProcess link = site.gateway("link").only("link");
    GodwitProcess reporting = site.gateway("reporting").only("reporting");
    for (GodwitProcess one : List.of(link, reporting, worker)) one.start();
    door.start();
    try (Load load = Load.on(door).start(10).awaitAccepted(10)) {
      for (GodwitProcess one : List.of(worker, link, reporting)) {
        one.awaitReady();
        assertEquals(0, one.stop(), "exit code of " + one);
        load.awaitAccepted(10);
        one.start();
      }
      load.awaitAccepted(10).stop();
      assertEquals(0, door.stop(), "exit code of the door");
      site.awaitAllFinal(60);
      site.assertNothingLost(load.accepted().keySet());
      assertEquals(0, site.assertArrivedAndExplained(load.accepted()), "copies");
      site.assertCleanBooks();
      door.start();
      int all = site.events().size();
      Await.until("the report knows all " + all + " messages, each once", () -> delivered() == all);
    }
  }

  /** As the door reads it from what the works have written. */
  private int delivered() {
    JsonObject report = door.ask("/v1/reports/volume?groupBy=status");
    if (report == null || !report.containsKey("rows")) return -1;
    return report.getJsonArray("rows").stream().map(JsonObject.class::cast).filter(row -> row.getString("status").equals("DELIVERED"))
      .mapToInt(row -> row.getInteger("volume")).sum();
  }

  /** The way after the 202 is a claim, a unit of work and a submit, about as much as three answers take, and a poll waits for a quarter of a second beside. The best of five tries. */
  @Test
  void wakeUpsOverTheBusMakeTwoProcessesQuick() {
    works.start().awaitReady();
    door.start();
    Load.on(door).start(RATE).awaitAccepted(40).stop().close();
    site.awaitAllFinal(30);
    boolean quick = false;
    for (int i = 0; i < 5 && !quick; i++) quick = isQuick();
    assertTrue(quick, "no wake-ups over the bus?");
  }

  private boolean isQuick() {
    try (Load load = Load.on(door).start(RATE).awaitAccepted(100).stop()) {
      site.awaitAllFinal(30);
      site.assertNothingLost(load.accepted().keySet());
      Map<String, Long> arrivals = site.arrivedAt();
      long answer = median(load, text -> load.acceptedAt(text) - load.postedAt(text));
      long wire = median(load, text -> arrivals.get(text) - load.postedAt(text));
      System.out.printf("two processes and the bus between them, %d/s: POST to 202 p50 %d, to submit_sm p50 %d ms%n", RATE, answer, wire);
      return wire < WAKE_UP_MS + 4 * answer;
    }
  }

  private static long median(Load load, ToLongFunction<String> millis) {
    long[] all = load.accepted().values().stream().mapToLong(millis).sorted().toArray();
    return all[all.length / 2];
  }
}
