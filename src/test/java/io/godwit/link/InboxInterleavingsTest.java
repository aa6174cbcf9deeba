package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.events.Trail;
import io.godwit.message.DeliveryReport;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.simulator.Counters.Count;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A real link and carrier in one process, whose unit of work is stopped while another process changes what it stands on: receipts that are
 * settled from memory ({@link Awaiting}, {@link Inbox}), and settlements that receipts overtake.
 */
class InboxInterleavingsTest {
  private final TestNode one = TestNode.start(1);
  private final Gate gate = new Gate();
  private final TestNode sender = one.another(gate);
  private final MessageQueue queue = one.node.queue(0);
  private final Context context = one.vertx.getOrCreateContext();
  private final Slot slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot("test")));
  private Simulator simulator;

  @BeforeEach
  void startTheLink() {
    one.vertx.setPeriodic(10, t -> one.clock.addAndGet(10));
    simulator = one.await(() -> Simulator.start(one.vertx, SimulatorConfig.embedded(profile(true))));
    configure(new JsonObject());
    sender.await(() -> sender.vertx.deployVerticle(() -> new LinkVerticle(sender.node), new DeploymentOptions()));
    Await.until("the link is bound", () -> one.await(simulator::sessions).size() == 1);
  }

  @AfterEach
  void stop() {
    sender.undeployAll();
    sender.close();
    gate.close();
    one.close();
  }

  private void configure(JsonObject more) {
    one.put(LinkConfig.KIND, "sim", new JsonObject().put("host", "127.0.0.1").put("port", simulator.port()).put("systemId", "godwit").mergeIn(more));
  }

  private static Profile profile(boolean held) {
    return Profile.from(new JsonObject().put("receiptDelayMin", 0).put("receiptDelayMax", 0).put("deliveriesHeld", held));
  }

  /** What the inbox stored to be understood later is understood from now on. */
  private void startTheReceiptsStage() {
    sender.await(() -> sender.vertx.deployVerticle(() -> new AwaitVerticle(sender.node), new DeploymentOptions()));
  }

  private Message message(int segments) {
    return one.message("demo", "Godwit", "+4917012345678", segments, Origin.NONE).withText("x".repeat(segments == 1 ? 5 : 200), segments).withRoute("sim", List.of());
  }

  private Message send(int segments) {
    Message m = message(segments);
    send(List.of(m));
    return m;
  }

  /** In one parcel. */
  private void send(List<Message> messages) {
    Step step = new Step().put(Parcel.of(queue.newId(), Parcel.link("sim"), Lane.BULK, queue.now(), 0, messages));
    messages.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    Await.on(context, () -> slot.commit(step));
  }

  private List<String> types(Message message) {
    return Await.on(context, () -> Trail.of(context, one.sets.control(), message.id())).stream().map(Event::type).filter(type -> !type.equals("LATE_RECEIPT")).toList();
  }

  private void untilSent(Message message) {
    Await.until("it is sent", () -> types(message).contains("SENT"));
  }

  private void isDeliveredOnce(Message message) {
    Await.until(() -> "it is final: " + types(message), 60, () -> types(message).contains("DELIVERED"));
    assertEquals(List.of("ACCEPTED", "SENT", "DELIVERED"), types(message));
    Await.until("it is in no parcel", () -> Await.on(context, () -> queue.holding(context, message.id())) == null);
  }

  /** The receipts stage of another node: it was given the receipt of the so manieth segment, too. */
  private void settleElsewhere(int segment) {
    String carrierId = simulator.log().entries().get(segment).id();
    DeliveryReport report = new DeliveryReport(queue.newId(), "sim", carrierId, DeliveryReport.Outcome.DELIVERED, null, queue.now(), 0);
    Await.on(context, () -> slot.commit(new Step().put(Parcel.of(queue.newId(), Parcel.RECEIPTS, Lane.ALERT, 0, 0, List.of(report)))));
    List<Parcel> claimed = new ArrayList<>();
    Await.until("the receipt is claimed", () -> claimed.addAll(Await.on(context, () -> queue.claim(Parcel.RECEIPTS, 1, 0))));
    Receipts receipts = new Receipts(context, queue, new Carriers(link -> IdForm.DETECT), new OtherSets(context, one.node, queue));
    Await.on(context, () -> receipts.decide(claimed).compose(slot::commit));
  }

  private void releaseTheReceipts() {
    one.await(() -> simulator.profile(profile(false)));
  }

  @Test
  void aReceiptThatTheInboxSettlesFromMemoryWhileAnotherNodeDoesDeliversOnce() {
    Message message = send(1);
    untilSent(message);
    Gate.Stop page = gate.before("insert", null);
    releaseTheReceipts();
    page.reached();
    settleElsewhere(0);
    page.pass();
    startTheReceiptsStage();
    isDeliveredOnce(message);
  }

  @Test
  void aSegmentThatTheInboxSettlesFromMemoryWhileAnotherNodeSettlesTheOtherIsNotLost() {
    Message message = send(2);
    untilSent(message);
    Gate.Stop change = gate.before("update", "parcels");
    Gate.Stop whole = gate.before("delete", "parcels");
    releaseTheReceipts();
    Await.until("the inbox is about to change the parcel", () -> change.isReached() || whole.isReached());
    settleElsewhere(1);
    (change.isReached() ? whole : change).disarm();
    (change.isReached() ? change : whole).pass();
    startTheReceiptsStage();
    isDeliveredOnce(message);
  }

  @Test
  void aReceiptThatTheInboxSettlesWhileItsProcessIsDeclaredDeadDeliversOnce() {
    Message message = send(1);
    untilSent(message);
    int life = sender.sets.control().incarnation().number();
    Gate.Stop commit = gate.before("commitTransaction", null);
    releaseTheReceipts();
    commit.reached();
    one.declareDead(life);
    Await.until("it has found itself dead and begun anew", () -> sender.sets.control().incarnation().number() > life);
    commit.pass();
    startTheReceiptsStage();
    isDeliveredOnce(message);
  }

  @Test
  void aReceiptOnAnotherNodeBeforeTheLinksSettlementCommitsDeliversAfterIt() {
    Gate.Stop commit = gate.before("commitTransaction", null);
    Message message = send(1);
    commit.reached();
    assertEquals(List.of("ACCEPTED"), types(message));
    settleElsewhere(0);
    commit.pass();
    untilSent(message);
    startTheReceiptsStage();
    isDeliveredOnce(message);
  }

  @Test
  void aLinkWhoseProcessIsDeclaredDeadBeforeItsSettlementCommitsSettlesOnceAndSendsNoCopy() {
    Gate.Stop commit = gate.before("commitTransaction", null);
    int life = sender.sets.control().incarnation().number();
    Message message = send(1);
    commit.reached();
    one.declareDead(life);
    Await.until("it has found itself dead and begun anew", () -> sender.sets.control().incarnation().number() > life);
    commit.pass();
    untilSent(message);
    startTheReceiptsStage();
    releaseTheReceipts();
    isDeliveredOnce(message);
    assertEquals(1, simulator.log().count());
  }

  /** It may have been declared dead for all that it knows, and another one may send what it holds; so a process that was paused sends a window at most. */
  @Test
  void whoeverHasNotBeatForFiveSecondsSubmitsNothingMoreOfWhatItHolds() {
    configure(new JsonObject().put("window", 1));
    one.await(() -> simulator.profile(Profile.from(new JsonObject().put("paused", true))));
    List<Message> messages = List.of(message(1), message(1), message(1));
    send(messages);
    Await.until("the first waits for its answer", () -> simulator.counters().get(Count.SUBMITS) == 1);
    Gate.Stop beat = gate.before("update", "incarnations");
    Await.until("it is not sure any more that it lives", () -> !sender.sets.control().isTrusted());
    one.await(() -> simulator.profile(profile(false)));
    untilSent(messages.get(0));
    assertEquals(1, simulator.counters().get(Count.SUBMITS), "the window is empty, and what is next stays");
    beat.pass();
    startTheReceiptsStage();
    messages.forEach(this::isDeliveredOnce);
    assertEquals(3, simulator.counters().get(Count.SUBMITS));
  }
}
