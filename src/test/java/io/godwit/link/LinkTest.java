package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.intake.Intake;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.simulator.MessageLog;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One link to the simulated carrier, on a real MongoDB: what becomes of routed messages. */
class LinkTest {
  private final TestNode test = TestNode.start(1);
  private final MessageQueue queue = test.node.queue(0);
  private final Slot slot = test.await(() -> io.vertx.core.Future.succeededFuture(queue.openSlot("test")));
  private Simulator simulator;

  @BeforeEach
  void startTheCarrier() {
    test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
    simulator = test.await(() -> Simulator.start(test.vertx, SimulatorConfig.embedded(profile(new JsonObject()))));
  }

  @AfterEach
  void stop() {
    test.undeployAll();
    test.close();
  }

  private static Profile profile(JsonObject changes) {
    return Profile.from(new JsonObject().put("receiptDelayMin", 20).put("receiptDelayMax", 20).mergeIn(changes));
  }

  private String startLink(JsonObject changes) {
    test.put(LinkConfig.KIND, "sim", new JsonObject().put("host", "127.0.0.1").put("port", simulator.port()).put("systemId", "godwit")
      .put("unknownWait", 200).put("retryPause", 50).mergeIn(changes));
    test.await(() -> test.vertx.deployVerticle(() -> new AwaitVerticle(test.node), new DeploymentOptions()));
    return test.await(() -> test.vertx.deployVerticle(() -> new LinkVerticle(test.node), new DeploymentOptions()));
  }

  private Message routed(String to, String text, int segments, long validFor) {
    return Message.accepted(queue.newId(), Lane.BULK, "demo", "Godwit", to, text, Encoding.GSM7, segments, "DE", queue.now() + validFor, Origin.NONE)
      .withRoute("sim", List.of());
  }

  /** As if a worker had routed them just now. */
  private void send(List<Message> messages) {
    Step step = new Step();
    messages.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    step.put(Parcel.of(queue.newId(), Parcel.link("sim"), Lane.BULK, queue.now(), 0, messages));
    test.await(() -> slot.commit(step));
  }

  private List<Event> events(Message message) {
    return test.await(() -> Trail.of(test.vertx.getOrCreateContext(), test.sets.control(), message.id()));
  }

  private List<String> types(Message message) {
    return events(message).stream().map(Event::type).toList();
  }

  private Status status(Message message) {
    return MessageState.of(events(message)).status();
  }

  private void untilFinal(Message message) {
    try {
      Await.until("message " + message.id() + " is final", () -> MessageState.of(events(message)).isFinal());
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ": " + events(message) + " in " + test.await(() -> queue.holding(test.vertx.getOrCreateContext(), message.id()))
        + " of " + test.await(() -> queue.depths(test.vertx.getOrCreateContext())));
    }
  }

  /** Parcels with messages: a receipt for a copy whose answer was lost may look for its message a while longer. */
  private long parcels() {
    return test.await(() -> queue.depths(test.vertx.getOrCreateContext())).stream().filter(d -> !d.queue().equals(Parcel.RECEIPTS))
      .mapToLong(MessageQueue.Depth::parcels).sum();
  }

  /** Order, not speed: of two thousand bulk messages, that take forty seconds, most are still there when the alert has passed. */
  @Test
  void anAlertOvertakesTheBulkThatTheLinkHoldsAlready() {
    startLink(new JsonObject().put("rate", 50));
    List<String> arrived = new java.util.concurrent.CopyOnWriteArrayList<>();
    simulator.onAccepted(arrived::add);
    for (int i = 0; i < 20; i++) send(java.util.stream.IntStream.range(0, 100).mapToObj(n -> routed("+4917012345678", "bulk", 1, 600_000)).toList());
    Await.until("the campaign has begun", () -> arrived.size() >= 20);
    Message alert = Message.accepted(queue.newId(), Lane.ALERT, "demo", "Godwit", "+4915112345678", "alert", Encoding.GSM7, 1, "DE", queue.now() + 600_000, Origin.NONE)
      .withRoute("sim", List.of());
    test.await(() -> slot.commit(new Step().event(new Event.Accepted(alert, queue.now()))
      .put(Parcel.of(queue.newId(), Parcel.link("sim"), Lane.ALERT, queue.now(), 0, List.of(alert)))));
    int before = arrived.size();
    Await.until("the alert is on the wire", () -> arrived.contains("4915112345678"));
    assertTrue(arrived.indexOf("4915112345678") < before + 400, "it was number " + arrived.indexOf("4915112345678") + ", and came after " + before);
    untilFinal(alert);
  }

  @Test
  void aLinkThatIsThrottledForLongGivesBackWhatItHasNotTriedAndSaysThatItDoesNotSend() {
    test.await(() -> simulator.profile(profile(new JsonObject().put("errors", new JsonObject().put("0x58", 1.0)))));
    startLink(new JsonObject().put("failoverAfter", 500).put("window", 5).put("unsettledMax", 10));
    List<Message> messages = java.util.stream.IntStream.range(0, 50).mapToObj(n -> routed("+4917012345678", "bulk", 1, 600_000)).toList();
    send(messages);
    Standings standings = new Standings(test.vertx.getOrCreateContext(), test.sets.control());
    Await.until("what was not tried is there for others", () -> test.await(() -> queue.waiting(test.vertx.getOrCreateContext(), Parcel.link("sim"), Lane.BULK,
      Long.MIN_VALUE, java.util.Set.of(), 10)).stream().anyMatch(parcel -> parcel.left() > 20 && parcel.tried() < parcel.size()));
    Await.until("it says that it does not send", () -> !test.await(standings::sending).contains("sim"));
  }

  @Test
  void aRoutedMessageIsSentAndDelivered() {
    startLink(new JsonObject());
    Message message = routed("+4917012345678", "Hello", 1, 600_000);
    send(List.of(message));
    untilFinal(message);
    assertEquals(List.of("ACCEPTED", "SENT", "DELIVERED"), types(message));
    assertEquals(List.of(1, 2, 3), events(message).stream().map(Event::n).toList());
    assertEquals(0, parcels());
  }

  @Test
  void receiptsOfParcelsThatSomebodyElseHasChangedMeanwhileMeetTheirMessagesAllTheSame() {
    test.await(() -> simulator.profile(profile(new JsonObject().put("deliveriesHeld", true))));
    startLink(new JsonObject());
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 30; i++) messages.add(routed("+49170123456" + (10 + i), "Hello " + i, 1, 600_000));
    send(messages);
    Await.until("all are sent", () -> messages.stream().allMatch(m -> types(m).contains("SENT")));
    for (Message each : List.of(messages.get(0), messages.get(25))) { // as another node does that got the receipt
      Parcel waiting = test.await(() -> queue.holding(test.vertx.getOrCreateContext(), each.id()));
      int position = waiting.position(each.id());
      Message there = waiting.message(position).next();
      test.await(() -> slot.commit(new Step().amend(waiting, java.util.Set.of(position), java.util.Map.of())
        .event(new Event.Delivered(there.id(), there.n(), queue.now(), queue.now(), Event.Money.billed(List.of())))));
    }
    test.await(() -> simulator.profile(profile(new JsonObject())));
    messages.forEach(this::untilFinal);
    Await.until("both late receipts were told apart or wait", () -> parcels() == 0);
    messages.forEach(m -> assertEquals(List.of("ACCEPTED", "SENT", "DELIVERED"), types(m).stream().filter(type -> !type.equals("LATE_RECEIPT")).toList()));
  }

  @Test
  void aReceiptThatIsFasterThanTheCommitOfItsMessageWaitsForIt() {
    test.await(() -> simulator.profile(profile(new JsonObject().put("receiptDelayMin", 0).put("receiptDelayMax", 0))));
    startLink(new JsonObject());
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 40; i++) messages.add(routed("+49170123456" + (10 + i), "Hello " + i, 1, 600_000));
    send(messages);
    messages.forEach(this::untilFinal);
    messages.forEach(m -> assertEquals(List.of("ACCEPTED", "SENT", "DELIVERED"), types(m)));
    assertEquals(0, test.await(() -> queue.depths(test.vertx.getOrCreateContext())).stream().mapToLong(MessageQueue.Depth::parcels).sum(), "no receipt had to be stored");
  }

  @Test
  void manyMessagesAreEachSubmittedOnceThroughASmallWindow() {
    startLink(new JsonObject().put("window", 5).put("unsettledMax", 10));
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 300; i++) messages.add(routed("+49170" + (1_000_000 + i), "Hello " + i, 1, 600_000));
    send(messages);
    messages.forEach(this::untilFinal);
    assertEquals(300, simulator.log().count());
    messages.forEach(m -> assertEquals(Status.DELIVERED, status(m)));
    assertEquals(0, parcels());
  }

  @Test
  void aLongMessageIsDeliveredWhenAllItsSegmentsAre() {
    startLink(new JsonObject());
    Message message = routed("+4917012345678", "x".repeat(400), 3, 600_000);
    send(List.of(message));
    untilFinal(message);
    assertEquals(3, simulator.log().count());
    assertEquals(Status.DELIVERED, status(message));
    Event.Sent sent = assertInstanceOf(Event.Sent.class, events(message).get(1));
    assertEquals(3, sent.carrierIds().size());
  }

  @Test
  void whatTheCarrierRefusesForGoodFails() {
    startLink(new JsonObject());
    Message message = routed("+491709990004", "Hello", 1, 600_000);
    send(List.of(message));
    untilFinal(message);
    assertEquals(Status.TELCO_ERROR, status(message));
    assertEquals("0x0000000B", MessageState.of(events(message)).error().carrierCode());
  }

  @Test
  void aTextThatNoNumberOfSegmentsCarriesFailsAndHoldsUpNobody() {
    startLink(new JsonObject());
    Message endless = routed("+4917012345678", "x".repeat(153 * 256), 256, 600_000);
    Message next = routed("+4917012345679", "Hello", 1, 600_000);
    send(List.of(endless, next));
    untilFinal(next);
    untilFinal(endless);
    assertEquals("unencodable", MessageState.of(events(endless)).error().code());
    assertEquals(Status.DELIVERED, status(next));
  }

  @Test
  void aMessageOnWhichTheLinksOwnCodeFailsEndsAndHoldsUpNobody() {
    startLink(new JsonObject());
    Message bad = routed("+4917012345678", null, 1, 600_000);
    Message next = routed("+4917012345679", "Hello", 1, 600_000);
    send(List.of(bad, next));
    untilFinal(next);
    untilFinal(bad);
    assertEquals(List.of("ACCEPTED", "FAILED"), types(bad));
    assertEquals("unencodable", MessageState.of(events(bad)).error().code());
  }

  @Test
  void aThrottledMessageIsTriedAgainUntilItIsTaken() {
    startLink(new JsonObject());
    Message message = routed("+491709990005", "Hello", 1, 600_000);
    send(List.of(message));
    untilFinal(message);
    assertEquals(List.of("ACCEPTED", "RETRIED", "SENT", "DELIVERED"), types(message));
  }

  @Test
  void aMessageWhoseAnswerIsLostIsSentAgainOnceAndThenUnknown() {
    startLink(new JsonObject().put("responseTimeout", 200));
    Message message = routed("+491709990007", "Hello", 1, 600_000);
    send(List.of(message));
    untilFinal(message);
    assertEquals(List.of("ACCEPTED", "RETRIED", "UNKNOWN"), types(message));
    assertTrue(((Event.Retried) events(message).get(1)).resent());
    assertEquals(2, simulator.counters().get(io.godwit.simulator.Counters.Count.UNANSWERED));
  }

  @Test
  void aReceiptOfFailureMakesItUndeliverable() {
    startLink(new JsonObject());
    Message message = routed("+491709990001", "Hello", 1, 600_000);
    send(List.of(message));
    untilFinal(message);
    assertEquals(Status.TELCO_ERROR, status(message));
    assertEquals("carrier-undeliverable", MessageState.of(events(message)).error().code());
  }

  @Test
  void aReceiptThatComesTwiceIsLateTheSecondTime() {
    startLink(new JsonObject());
    Message message = routed("+491709990008", "Hello", 1, 600_000);
    send(List.of(message));
    Await.until("the second receipt came", () -> types(message).contains("LATE_RECEIPT"));
    assertEquals(Status.DELIVERED, status(message));
    assertEquals(List.of("ACCEPTED", "SENT", "DELIVERED", "LATE_RECEIPT"), types(message));
  }

  @Test
  void aMessageWhoseReceiptNeverComesEndsAtItsTime() {
    startLink(new JsonObject().put("receiptGrace", 1_000));
    Message message = routed("+491709990003", "Hello", 1, 60_000);
    send(List.of(message));
    Await.until("it is sent", () -> types(message).contains("SENT"));
    assertFalse(MessageState.of(events(message)).isFinal());
    test.clock.addAndGet(62_000);
    untilFinal(message);
    assertEquals(Status.UNKNOWN, status(message));
    assertEquals(0, parcels());
  }

  @Test
  void aMessageIsNotSentAfterItsValidity() {
    test.put(LinkConfig.KIND, "sim", new JsonObject().put("host", "127.0.0.1").put("port", simulator.port()).put("systemId", "godwit"));
    Message message = routed("+4917012345678", "Hello", 1, 60_000);
    send(List.of(message));
    test.clock.addAndGet(61_000);
    startLink(new JsonObject());
    untilFinal(message);
    assertEquals(Status.EXPIRED, status(message));
    assertEquals(0, simulator.log().count());
  }

  @Test
  void aMessageThatMayHaveBeenSentAndIsThrottledUntilItsValidityEndsIsUnknownAndBilled() {
    test.await(() -> simulator.profile(profile(new JsonObject().put("neverAnswered", 1.0))));
    startLink(new JsonObject().put("responseTimeout", 3_000).put("unknownWait", 200_000)); // long enough for the refusal, on a machine that stands still for a moment
    List<Leg> legs = List.of(new Leg("demo", "operator", 5, "EUR"));
    Message message = routed("+4917012345678", "Hello", 1, 600_000).withRoute("sim", legs);
    send(List.of(message));
    Await.until("it may have been sent", () -> types(message).contains("RETRIED"));
    test.await(() -> simulator.profile(profile(new JsonObject().put("errors", new JsonObject().put("0x58", 1.0)))));
    test.clock.addAndGet(200_000);
    Await.until("it is throttled", () -> types(message).stream().filter("RETRIED"::equals).count() > 1);
    test.clock.addAndGet(600_000);
    untilFinal(message);
    assertEquals(Status.UNKNOWN, status(message));
    assertEquals(Event.Money.billed(legs), events(message).get(events(message).size() - 1).money());
  }

  @Test
  void onALinkWithoutReceiptsSentIsTheEnd() {
    startLink(new JsonObject().put("receipts", false));
    Message message = routed("+4917012345678", "Hello", 1, 600_000);
    send(List.of(message));
    untilFinal(message);
    assertEquals(Status.SENT, status(message));
    assertEquals(0, parcels());
  }

  @Test
  void aLinkThatStopsSettlesAndReturnsTheRest() {
    test.await(() -> simulator.profile(profile(new JsonObject().put("answerDelayMin", 200).put("answerDelayMax", 200)))); // all would take eight seconds
    String link = startLink(new JsonObject().put("window", 5).put("unsettledMax", 10));
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 200; i++) messages.add(routed("+49170" + (1_000_000 + i), "Hello " + i, 1, 600_000));
    send(messages);
    Await.until("some are submitted", () -> simulator.log().count() >= 20);
    test.await(() -> test.vertx.undeploy(link));
    long submitted = simulator.log().count();
    assertTrue(submitted < 200, "all were submitted before the stop");
    long waiting = test.await(() -> queue.depths(test.vertx.getOrCreateContext())).stream()
      .filter(d -> d.queue().equals("link.sim") && d.state().equals("ready")).mapToLong(MessageQueue.Depth::messages).sum();
    assertEquals(200 - submitted, waiting);
    test.await(() -> simulator.profile(profile(new JsonObject())));
    test.await(() -> test.vertx.deployVerticle(() -> new LinkVerticle(test.node), new DeploymentOptions()));
    messages.forEach(this::untilFinal);
    assertEquals(200, simulator.log().count(), "a copy was sent");
  }

  @Test
  void aDroppedConnectionLeavesNothingBehind() {
    test.await(() -> simulator.profile(profile(new JsonObject().put("answerDelayMin", 50).put("answerDelayMax", 50))));
    startLink(new JsonObject().put("window", 10).put("unsettledMax", 20));
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 200; i++) messages.add(routed("+49170" + (1_000_000 + i), "Hello " + i, 1, 600_000));
    send(messages);
    Await.until("some are submitted", () -> simulator.log().count() >= 30);
    test.await(() -> simulator.drop(null));
    messages.forEach(this::untilFinal);
    messages.forEach(m -> assertEquals(Status.DELIVERED, status(m)));
    assertTrue(simulator.log().count() <= 200 + 20, "more copies than may be unsettled: " + simulator.log().count());
    assertEquals(0, parcels());
  }

  @Test
  void aLongMessageThatIsCutInTheMiddleGoesOnInOneParcelOnly() {
    test.await(() -> simulator.profile(profile(new JsonObject().put("paused", true))));
    startLink(new JsonObject().put("window", 1));
    Message message = routed("+4917012345678", "x".repeat(400), 3, 600_000);
    send(List.of(message));
    Await.until("the first segment is submitted", () -> simulator.log().count() == 1);
    test.await(() -> simulator.drop(null));
    test.await(() -> simulator.profile(profile(new JsonObject())));
    untilFinal(message);
    assertEquals(List.of("ACCEPTED", "RETRIED", "SENT", "DELIVERED"), types(message));
    assertEquals(List.of(1, 2, 3, 4), events(message).stream().map(Event::n).toList());
    assertEquals(1 + 3, simulator.log().count());
    assertEquals(0, parcels());
  }

  @Test
  void aLinkThatMayHaveOneUnsettledMessageSendsThemOneByOne() {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 5; i++) messages.add(routed("+49170" + (1_000_000 + i), "Hello " + i, 1, 600_000));
    send(messages);
    startLink(new JsonObject().put("unsettledMax", 1));
    messages.forEach(this::untilFinal);
    assertEquals(5, simulator.log().count());
  }

  @Test
  void messagesThatAreCancelledUnderTheLinksHandsAreNotSentAndTheOthersAreSentOnce() {
    test.await(() -> simulator.profile(profile(new JsonObject().put("paused", true))));
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 400; i++) messages.add(routed("+49170" + (1_000_000 + i), "Hello " + i, 1, 600_000));
    Intake intake = test.await(() -> io.vertx.core.Future.succeededFuture(Intake.open(test.node, 30_000)));
    startLink(new JsonObject().put("window", 5).put("unsettledMax", 10));
    send(messages);
    Await.until("the link has submitted a window", () -> simulator.log().count() == 5);
    assertTrue(test.await(() -> intake.cancel("demo", messages.get(399).id())));
    test.await(() -> simulator.profile(profile(new JsonObject().put("answerDelayMin", 5).put("answerDelayMax", 5))));
    int cancelled = 1;
    for (int i = 396; i > 0; i -= 3) {
      String id = messages.get(i).id();
      if (test.await(() -> intake.cancel("demo", id))) cancelled++;
    }
    messages.forEach(this::untilFinal);
    assertEquals(400 - cancelled, simulator.log().count());
    assertEquals(cancelled, messages.stream().filter(m -> status(m) == Status.CANCELLED).count());
    assertEquals(0, parcels());
    test.await(intake::close);
  }

  @Test
  void aLinkWhoseLifeEndedCanStillGiveMoneyBack() {
    startLink(new JsonObject());
    Message first = routed("+4917012345678", "Hello", 1, 600_000);
    send(List.of(first));
    untilFinal(first);
    int life = test.sets.control().incarnation().number();
    Await.first(test.sets.control().db().getCollection("incarnations").updateOne(Filters.eq("_id", life), Updates.set("alive", false)));
    Await.until("the link is bound again", () -> simulator.counters().get(io.godwit.simulator.Counters.Count.BINDS) == 2 && test.await(simulator::sessions).size() == 1);
    Message refused = routed("+491709990004", "Hello", 1, 600_000).withRoute("sim", List.of(new Leg("demo", "", 5, "EUR")));
    Slot door = test.await(() -> io.vertx.core.Future.succeededFuture(queue.openSlot("again")));
    test.await(() -> door.commit(new Step().event(new Event.Accepted(refused, queue.now()))
      .put(Parcel.of(queue.newId(), Parcel.link("sim"), Lane.BULK, queue.now(), 0, List.of(refused)))));
    untilFinal(refused);
    assertEquals(Status.TELCO_ERROR, status(refused));
  }

  @Test
  void aProcessWithAllBindsOfALinkHasItsWholeRate() {
    startLink(new JsonObject().put("binds", 4).put("rate", 80));
    Await.until("all are bound", () -> test.await(simulator::sessions).size() == 4);
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 200; i++) messages.add(routed("+49170" + (1_000_000 + i), "Hello " + i, 1, 600_000));
    long began = System.nanoTime();
    send(messages);
    Await.until("all are submitted", () -> simulator.log().count() == 200);
    long millis = (System.nanoTime() - began) / 1_000_000;
    List<Long> at = simulator.log().entries().stream().map(MessageLog.Entry::receivedAtMillis).toList();
    long fastest = java.util.stream.IntStream.range(0, 150).mapToLong(i -> at.get(i + 50) - at.get(i)).min().orElseThrow();
    assertTrue(millis >= 2_000, "200 segments at 80 a second took " + millis + " ms");
    assertTrue(fastest < 2_000, "the fastest 50 took " + fastest + " ms, as if only a quarter of the rate was this process's");
    messages.forEach(this::untilFinal);
  }

  @Test
  void aLinkThatGetsReceiptsFromNowOnWaitsForThemWithoutBindingAnew() {
    startLink(new JsonObject().put("receipts", false));
    Message first = routed("+4917012345678", "Hello", 1, 600_000);
    send(List.of(first));
    untilFinal(first);
    assertEquals(Status.SENT, status(first));
    test.put(LinkConfig.KIND, "sim", new JsonObject().put("host", "127.0.0.1").put("port", simulator.port()).put("systemId", "godwit"));
    Await.until("a message waits for its receipt", () -> {
      Message next = routed("+4917012345678", "Hello", 1, 600_000);
      send(List.of(next));
      untilFinal(next);
      return status(next) == Status.DELIVERED;
    });
    assertEquals(1, simulator.counters().get(io.godwit.simulator.Counters.Count.BINDS));
  }
}
