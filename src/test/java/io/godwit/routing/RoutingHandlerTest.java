package io.godwit.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.godwit.link.LinkConfig;
import io.godwit.link.Order;
import io.godwit.message.Carriage;
import io.godwit.message.Encoding;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.quality.Qualities;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.godwit.worker.MessageHandler.Decision;
import io.godwit.worker.MessageHandler.Surroundings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which links are eligible, by what the directory says of them and what an operator wants of them. */
class RoutingHandlerTest {
  private final RoutingHandler handler = new RoutingHandler();
  private TestNode node;

  @BeforeEach
  void aRouteOverTwoLinks() {
    node = TestNode.start(1);
    node.put("account", "demo", new JsonObject());
    link("first", new JsonObject());
    link("second", new JsonObject());
    node.put("route", "all", new JsonObject().put("links", new JsonArray().add(hop("first", 1)).add(hop("second", 2))));
    node.await(() -> handler.start(new Surroundings(node.node, 0, null, new JsonObject())));
  }

  @AfterEach
  void close() {
    node.await(handler::stop);
    node.close();
  }

  private static JsonObject hop(String link, int priority) {
    return new JsonObject().put("link", link).put("priority", priority);
  }

  private void link(String id, JsonObject more) {
    node.put(LinkConfig.KIND, id, new JsonObject().put("host", "localhost").put("systemId", "godwit").mergeIn(more));
  }

  private void order(String link, String order) {
    node.put(Order.KIND, link, new JsonObject().put("order", order));
  }

  private Decision decide(String text, int segments) {
    Message m = Message.accepted(node.node.queue(0).newId(), Lane.BULK, "demo", "Godwit", "+4915112345678", text, Encoding.GSM7, segments, "DE", Long.MAX_VALUE, Origin.NONE);
    return node.await(() -> handler.handle(List.of(m))).get(0);
  }

  private String link(String text, int segments) {
    return assertInstanceOf(Decision.Next.class, decide(text, segments)).message().link();
  }

  @Test
  void aMessageThatALinkWouldCutIntoMoreSegmentsThanWerePricedGoesOverAnother() {
    link("first", new JsonObject().put("concat", "udh16"));
    assertEquals("first", link("x".repeat(304), 2));
    assertEquals("second", link("x".repeat(306), 2));
  }

  @Test
  void aMessageThatNoLinkCanCarryInItsSegmentsIsRefusedAndToldSo() {
    link("first", new JsonObject().put("concat", "udh16"));
    link("second", new JsonObject().put("alphabet", "ascii"));
    assertEquals("second", link("x".repeat(306), 2));
    Decision.Refuse refused = assertInstanceOf(Decision.Refuse.class, decide("é".repeat(306), 2));
    assertEquals("segments-exceeded", refused.error().code());
  }

  @Test
  void theNetworkAndWhatTheLinkChargesForAllSegmentsGoWithTheMessage() {
    node.put("network", "telekom", new JsonObject().put("mccmnc", "26201").put("prefixes", new JsonArray().add("49151")));
    node.put("cost", "first", new JsonObject().put("currency", "EUR").put("prices", new JsonObject().put("49", 41_000)));
    Message routed = assertInstanceOf(Decision.Next.class, decide("x".repeat(306), 2)).message();
    assertEquals(new Carriage("26201", 82_000, "EUR"), routed.carriage());
    order("first", "stop");
    assertEquals(new Carriage("26201", 0, null), assertInstanceOf(Decision.Next.class, decide("Hello", 1)).message().carriage(), "of the second link no cost is known");
  }

  @Test
  void whatOtherProcessesHaveMeasuredKeepsALinkOut() {
    node.put("route", "all", new JsonObject().put("minDelivery", 90).put("links", new JsonArray().add(hop("first", 1)).add(hop("second", 2))));
    assertEquals("first", link("Hello", 1));
    Document measured = new Document("_id", "another").append("at", new Date(node.clock.get())).append("written", new Date())
      .append("c", List.of(new Document("link", "first").append("country", "DE").append("delivered", 899L).append("ended", 1_000L)));
    node.await(() -> Mongo.first(node.sets.control().context(), node.sets.control().db().getCollection("quality").insertOne(measured)));
    node.await(() -> Qualities.open(node.node).refresh());
    Await.until("the rate is known", () -> link("Hello", 1).equals("second"));
  }

  @Test
  void aDetourIsOverALinkThatSendsAndNeverOverItsOwn() {
    Detour detour = node.await(() -> Detour.open(node.node));
    Message first = assertInstanceOf(Decision.Next.class, decide("Hello", 1)).message();
    assertEquals("first", first.link());
    assertEquals("second", detour.link(first, Set.of("first", "second")));
    assertNull(detour.link(first, Set.of("first")), "its own link is none");
    order("second", "drain");
    assertNull(detour.link(first, Set.of("first", "second")));
  }

  @Test
  void whatIsDrainedPausedOrStoppedGetsNothingNewWhileAnotherLinkOfTheRouteSends() {
    for (String order : List.of("drain", "pause", "stop")) {
      order("first", order);
      assertEquals("second", link("Hello", 1), order);
    }
    order("second", "stop");
    assertEquals("first", link("Hello", 1), "with none that sends the messages wait for the first");
    order("first", "run");
    assertEquals("first", link("Hello", 1));
  }
}
