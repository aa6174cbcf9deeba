package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Event;
import io.godwit.message.Status;
import io.godwit.simulator.Simulator;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Ports;
import io.godwit.testing.Site;
import io.godwit.testing.SpoiltCarrier;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Carriers that keep silent, are not there, or talk nonsense. */
@Tag("slow")
class LinkTroubleTest {
  private static final String NEVER_GETS_A_RECEIPT = "+447919990003";
  private static final int WINDOW = 20;
  private static final int SEED = 20_240_907;

  @Test
  void aMessageWhoseReceiptNeverComesEndsFinalAtItsTime() {
    try (Site site = Site.open(MongoCluster.shared()).link("receiptGrace", 1_000);
         GodwitProcess gateway = site.gateway("patient").start().awaitReady();
         Load load = Load.on(gateway, validFor("PT10S"))) {
      load.post("no receipt", NEVER_GETS_A_RECEIPT);
      load.stop();
      site.awaitAllFinal(30);
      List<Event> events = site.trail(load.onlyId());
      assertEquals(Status.UNKNOWN, site.state(load.onlyId()).status());
      long late = events.get(events.size() - 1).at() - ((Event.Accepted) events.get(0)).message().validUntil();
      assertTrue(late >= 1_000 && late < 30_000, "ended " + late + " ms after its validity, and not soon after the grace");
      site.assertCleanBooks();
    }
  }

  @Test
  void messagesOfALinkWithoutCarrierWaitAndExpireAtTheirTime() {
    try (Site site = Site.open(MongoCluster.shared());
         GodwitProcess gateway = site.link("port", Ports.free()).gateway("unbound").start();
         Load load = Load.on(gateway, validFor("PT10S")).start(20)) {
      load.awaitAccepted(40).stop();
      site.awaitAllFinal(30);
      site.events().forEach((each, events) -> assertEquals(List.of("ACCEPTED", "ROUTED", "EXPIRED"), events.stream().map(Event::type).toList(), each));
      site.assertCleanBooks();
    }
  }

  @Test
  void messagesOfALinkWithoutCarrierAreSentWhenItAppears() {
    int port;
    try (Site site = Site.open(MongoCluster.shared());
         GodwitProcess gateway = site.link("port", port = Ports.free()).gateway("unbound").start();
         Load load = Load.on(gateway).start(20)) {
      load.awaitAccepted(40).stop();
      Simulator late = site.carrierOn(port);
      site.awaitAllFinal(60);
      assertEquals(load.accepted().size(), late.log().count());
      site.events().forEach((each, events) -> assertEquals(List.of("ACCEPTED", "ROUTED", "SENT", "DELIVERED"), events.stream().map(Event::type).toList(), each));
      site.assertCleanBooks();
    }
  }

  @Test
  void whatADeadLinkNeverTriedGoesOverTheOtherAndWhatItTriedWaitsForIt() {
    int port;
    try (Site site = Site.open(MongoCluster.shared()).link("failoverAfter", 2_000).link("receipts", false)) {
      Simulator spare = site.spare(port = Ports.free()).carrierOn(port);
      GodwitProcess gateway = site.gateway("detour").start().awaitReady();
      try (Load load = Load.on(gateway).start(100)) {
        load.awaitAccepted(100);
        site.fillWindow(WINDOW);
        load.awaitAccepted(300).stop();
        site.endCarrier();
        Await.until("what was never tried has gone over the other link", 120, () -> spare.log().count() >= 200);
        site.carrierOn(site.carrier().port());
        site.awaitAllFinal(90);
        site.assertNothingLost(load.accepted().keySet());
      }
      assertTrue(site.events().values().stream().anyMatch(LinkTroubleTest::isDetour));
      assertTrue(site.events().values().stream().anyMatch(events -> events.stream().anyMatch(e -> e instanceof Event.Retried)), "nothing was tried");
      site.events().values().stream().filter(LinkTroubleTest::isDetour)
        .forEach(events -> assertEquals(List.of("ACCEPTED", "ROUTED", "ROUTED", "SENT"), events.stream().map(Event::type).toList()));
      site.events().values().stream().flatMap(List::stream).filter(e -> e instanceof Event.Retried).forEach(e -> assertEquals(Site.LINK, ((Event.Retried) e).link()));
      site.assertCleanBooks();
    }
  }

  private static boolean isDetour(List<Event> events) {
    return events.stream().anyMatch(e -> e instanceof Event.Routed routed && Site.LINK.equals(routed.instead()));
  }

  @Test
  void garbageFromTheCarrierClosesTheSessionAndTheLinkBindsAgain() {
    try (Site site = Site.open(MongoCluster.shared()); SpoiltCarrier carrier = SpoiltCarrier.listen(site.vertx())) {
      GodwitProcess gateway = site.link("port", carrier.port()).gateway("spammed").start();
      for (Buffer garbage : List.of(random(), header(Integer.MAX_VALUE), header(3), header(0xFFFF_FFF0))) {
        Await.until("the link is bound again", carrier::isBound);
        int binds = carrier.binds(); // the closed moment itself may be too short to be seen
        carrier.say(garbage);
        Await.until("the session is closed on " + garbage.length() + " bytes of garbage and bound anew", () -> carrier.binds() > binds);
      }
      Await.until("the link is bound after all", carrier::isBound);
      assertTrue(gateway.isAlive());
      try (Load load = Load.on(gateway)) {
        load.post();
        load.stop();
        assertEquals(1, load.accepted().size(), "accepted after all that garbage");
      }
    }
  }

  private static JsonObject validFor(String duration) {
    return new JsonObject().put("validFor", duration);
  }

  private static Buffer random() {
    byte[] bytes = new byte[4_096];
    new Random(SEED).nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  /** Of a PDU that says it is so long. */
  private static Buffer header(int length) {
    return Buffer.buffer().appendInt(length).appendInt(0x15).appendInt(0).appendInt(1);
  }
}
