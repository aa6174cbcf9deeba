package io.godwit.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Account;
import io.godwit.events.Trail;
import io.godwit.link.AwaitVerticle;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Segment;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that nobody takes end at their time: neither a worker nor a link runs here. */
class ExpiryTest {
  private static final long MINUTE = 60_000;
  private final TestNode test = TestNode.start(1);
  private final MessageQueue queue = test.node.queue(0);
  private final Context context = test.vertx.getOrCreateContext();
  private final Slot slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot("test")));
  private final List<String> deployed = new ArrayList<>();

  @AfterEach
  void stop() {
    for (String deployment : deployed) test.await(() -> test.vertx.undeploy(deployment));
    test.close();
  }

  private void start(Supplier<Future<String>> deployment) {
    test.put(Account.KIND, "demo", new JsonObject());
    deployed.add(test.await(deployment));
  }

  private void startTheRescue() {
    start(() -> test.vertx.deployVerticle(() -> new RescueVerticle(test.node), new DeploymentOptions()));
  }

  private void put(String name, long at, Message message, Event... events) {
    Step step = new Step().put(Parcel.of(queue.newId(), name, Lane.BULK, at, at, List.of(message)));
    for (Event event : events) step.event(event);
    Await.on(context, () -> slot.commit(step));
  }

  private List<String> types(Message m) {
    return Await.on(context, () -> Trail.of(context, test.sets.control(), m.id())).stream().map(Event::type).toList();
  }

  private void untilTypes(Message m, String... types) {
    Await.until("its trail is " + List.of(types), () -> types(m).equals(List.of(types)));
    assertEquals(null, Await.on(context, () -> queue.holding(context, m.id())), "it waits no more");
  }

  @Test
  void aScheduledMessageThatNoWorkerTakesWhenItIsDueExpires() {
    Message m = test.message("demo", "+4917012345678");
    put(Parcel.ROUTE, m.validUntil() - MINUTE, m, new Event.Scheduled(m, queue.now()));
    startTheRescue();
    test.clock.set(m.validUntil() + 1);
    untilTypes(m, "SCHEDULED", "EXPIRED");
  }

  @Test
  void aMessageThatWaitsToBeTriedAgainByALinkThatStoppedExpires() {
    Message m = test.message("demo", "+4917012345678");
    Message again = m.next().withRoute("gone", List.of()).next().again(false);
    put(Parcel.link("gone"), m.validUntil(), again, new Event.Accepted(m, queue.now()), new Event.Routed(m.id(), 2, queue.now(), "gone", "Godwit", null, null),
      new Event.Retried(m.id(), 3, queue.now(), "gone", new Failure("carrier-busy", true, null, "busy"), false, m.validUntil()));
    startTheRescue();
    test.clock.set(m.validUntil() + 1);
    untilTypes(m, "ACCEPTED", "ROUTED", "RETRIED", "EXPIRED");
  }

  @Test
  void ofALongMessageThatExpiresTheSegmentThatACarrierTookIsToldAndPaidFor() {
    List<Leg> legs = List.of(new Leg("demo", "operator", 10, "EUR"));
    Message m = test.message("demo", "+4917012345678");
    List<Segment> parts = List.of(new Segment(List.of("id-1"), List.of(1L), Segment.State.SENT), new Segment(List.of(), List.of(), Segment.State.SENT));
    Message again = m.next().withRoute("gone", legs).next().again(false).withParts(parts);
    put(Parcel.link("gone"), m.validUntil(), again, new Event.Accepted(m, queue.now()), new Event.Routed(m.id(), 2, queue.now(), "gone", "Godwit", Money.reserved(legs), null),
      new Event.Retried(m.id(), 3, queue.now(), "gone", new Failure("carrier-busy", true, null, "busy"), false, m.validUntil()));
    startTheRescue();
    test.clock.set(m.validUntil() + 1);
    untilTypes(m, "ACCEPTED", "ROUTED", "RETRIED", "EXPIRED", "TAKEN");
    List<Event> events = Await.on(context, () -> Trail.of(context, test.sets.control(), m.id()));
    assertEquals(Money.billed(legs), events.get(3).money());
    Event.Taken taken = (Event.Taken) events.get(4);
    assertEquals(List.of("id-1"), taken.carrierIds());
    assertEquals("gone", taken.link());
  }

  @Test
  void aMessageThatMayHaveBeenSentAndWaitsForAnotherTryOfALinkThatStoppedIsUnknownAndBilled() {
    List<Leg> legs = List.of(new Leg("demo", "operator", 5, "EUR"));
    Message m = test.message("demo", "+4917012345678");
    Message again = m.next().withRoute("gone", legs).next().again(true);
    put(Parcel.link("gone"), m.validUntil(), again, new Event.Accepted(m, queue.now()), new Event.Routed(m.id(), 2, queue.now(), "gone", "Godwit", Money.reserved(legs), null),
      new Event.Retried(m.id(), 3, queue.now(), "gone", new Failure("outcome-unknown", true, null, "lost"), true, m.validUntil()));
    startTheRescue();
    test.clock.set(m.validUntil() + 1);
    untilTypes(m, "ACCEPTED", "ROUTED", "RETRIED", "UNKNOWN");
    List<Event> events = Await.on(context, () -> Trail.of(context, test.sets.control(), m.id()));
    assertEquals(Money.billed(legs), events.get(3).money());
  }

  @Test
  void aMessageInDoubtWhoseNeighbourExpiresIsTriedAgainInItsTime() {
    test.put("link", "gone", new JsonObject().put("host", "localhost").put("systemId", "godwit").put("unknownWait", MINUTE));
    Message lasting = test.message("demo", "+4917012345678").withRoute("gone", List.of());
    Message brief = Message.accepted(queue.newId(), Lane.BULK, "demo", "Godwit", "+4917012345679", "Hello", Encoding.GSM7, 1, "DE", test.clock.get() + MINUTE, Origin.NONE).withRoute("gone", List.of());
    Step step = new Step().put(Parcel.of(queue.newId(), Parcel.link("gone"), Lane.BULK, 0, 0, List.of(lasting, brief)));
    for (Message m : List.of(lasting, brief)) step.event(new Event.Accepted(m, queue.now()));
    Await.on(context, () -> slot.commit(step));
    Await.on(context, () -> queue.claim(Parcel.link("gone"), 1, 2).compose(held -> queue.giveBack(held, true)));
    test.clock.set(brief.validUntil() + 1);
    startTheRescue();
    untilTypes(brief, "ACCEPTED", "UNKNOWN");
    assertEquals(List.of("ACCEPTED", "RETRIED"), types(lasting));
    Parcel waiting = Await.on(context, () -> queue.holding(context, lasting.id()));
    assertEquals(Parcel.link("gone"), waiting.queue());
    assertTrue(waiting.message(0).resent());
  }

  @Test
  void aMessageWhoseReceiptNobodyBringsEndsAfterItsGrace() {
    Message m = test.message("demo", "+4917012345678");
    test.put("link", "gone", new JsonObject().put("host", "localhost").put("systemId", "godwit").put("receiptGrace", MINUTE));
    Message sent = m.next().withRoute("gone", List.of()).next().sent(List.of(new Segment(List.of("1"), List.of(1L), Segment.State.SENT)));
    put(Parcel.await("gone"), m.validUntil() + MINUTE, sent, new Event.Accepted(m, queue.now()), new Event.Routed(m.id(), 2, queue.now(), "gone", "Godwit", null, null),
      new Event.Sent(m.id(), 3, queue.now(), "gone", List.of("1"), false, Money.billed(List.of())));
    start(() -> test.vertx.deployVerticle(() -> new AwaitVerticle(test.node), new DeploymentOptions()));
    test.clock.set(m.validUntil() + MINUTE + 1);
    untilTypes(m, "ACCEPTED", "ROUTED", "SENT", "UNKNOWN");
  }

  @Test
  void aMessageWhoseReceiptIsAwaitedFromALinkThatIsNotConfiguredAnyMoreEndsAfterTheUsualGraceAndIsBilled() {
    List<Leg> legs = List.of(new Leg("demo", "operator", 5, "EUR"));
    Message m = test.message("demo", "+4917012345678");
    Message sent = m.next().withRoute("gone", legs).next().sent(List.of(new Segment(List.of("1"), List.of(1L), Segment.State.SENT)));
    long due = m.validUntil() + Limits.RECEIPT_GRACE;
    put(Parcel.await("gone"), due, sent, new Event.Accepted(m, queue.now()), new Event.Routed(m.id(), 2, queue.now(), "gone", "Godwit", Money.reserved(legs), null),
      new Event.Sent(m.id(), 3, queue.now(), "gone", List.of("1"), false, null));
    start(() -> test.vertx.deployVerticle(() -> new AwaitVerticle(test.node), new DeploymentOptions()));
    test.clock.set(due + 1);
    untilTypes(m, "ACCEPTED", "ROUTED", "SENT", "UNKNOWN");
    assertEquals(Money.billed(legs), Await.on(context, () -> Trail.of(context, test.sets.control(), m.id())).get(3).money());
  }
}
