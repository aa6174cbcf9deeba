package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.type.Address;
import com.mongodb.client.model.Filters;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.simulator.Counters.Count;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.Receipt;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One link, and messages in two sets: a receipt comes into either. */
class SeveralSetsTest {
  private final TestNode test = TestNode.start(2);

  @AfterEach
  void stop() {
    test.undeployAll();
    test.close();
  }

  private MessageState state(Message m) {
    return MessageState.of(trail(m));
  }

  private List<Event> trail(Message m) {
    return test.await(() -> Trail.of(test.vertx.getOrCreateContext(), test.sets.get(MessageId.set(m.id())), m.id()));
  }

  @Test
  void receiptsMeetTheirMessagesInWhicheverSetTheyAre() {
    List<Message> all = sent(0);
    for (Message m : all) Await.until("message " + m.id() + " is final", () -> state(m).isFinal());
    for (Message m : all) assertEquals(Status.DELIVERED, state(m).status());
  }

  @Test
  void receiptThatComesAgainIsNotedInTheSetOfItsMessage() {
    for (Message m : sent(1)) Await.until("the second receipt of " + m.id() + " is in its trail", () -> trail(m).stream().anyMatch(e -> e instanceof Event.LateReceipt));
  }

  @Test
  void aLinkThatIsOpenedAnewWhileASetIsDownServesTheOthers() {
    test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
    Simulator simulator = simulator(new JsonObject().put("paused", true));
    test.put(LinkConfig.KIND, "sim", link(simulator));
    try (Gate gate = new Gate(); TestNode process = test.another(gate, 1)) {
      String deployed = process.await(() -> process.vertx.deployVerticle(() -> new LinkVerticle(process.node), new DeploymentOptions()));
      Message stuck = put(test.node.queue(1), 1).get(0);
      Await.await(simulator.counters().await(Count.SUBMITS, 1));
      gate.cut();
      test.await(() -> simulator.profile(Profile.from(new JsonObject())));
      Await.until("the process knows that set 1 is down", 60, () -> !process.node.queue(1).isTrusted());
      test.put(LinkConfig.KIND, "sim", link(simulator).put("binds", 2));
      Message going = put(test.node.queue(0), 1).get(0);
      Await.until("what is in the other set is sent", 60, () -> state(going).status() == Status.SENT);
      assertEquals(Status.SUBMITTED, state(stuck).status());
      gate.heal();
      Await.until("what was in the air is settled, or free to be sent again", 60, () -> state(stuck).status() == Status.SENT);
      process.await(() -> process.vertx.undeploy(deployed));
    }
  }

  @Test
  void receiptsForASetThatIsDownAreAnsweredAndParkedAndAppliedWhenItIsBack() {
    test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
    Simulator simulator = simulator(new JsonObject().put("deliveriesHeld", true));
    test.put(LinkConfig.KIND, "sim", link(simulator));
    try (Gate gate = new Gate(); TestNode process = test.another(gate, 1)) {
      process.await(() -> process.vertx.deployVerticle(() -> new LinkVerticle(process.node), new DeploymentOptions()));
      List<Message> messages = put(test.node.queue(1), 5);
      for (Message m : messages) Await.until("it is sent", () -> state(m).status() == Status.SENT);
      gate.cut();
      Await.until("the process knows that set 1 is down", () -> !process.sets.get(1).isHealthy());
      test.await(() -> simulator.profile(Profile.from(new JsonObject())));
      Await.until("the carrier has all its answers", () -> simulator.counters().get(Count.RECEIPTS_ACCEPTED) == 5);
      assertEquals(5, parked(0));
      messages.forEach(m -> assertEquals(Status.SENT, state(m).status()));
      gate.heal();
      process.await(() -> process.vertx.deployVerticle(() -> new AwaitVerticle(process.node), new DeploymentOptions()));
      for (Message m : messages) Await.until("it is delivered", () -> state(m).status() == Status.DELIVERED);
      process.undeployAll();
    }
  }

  /** Receipts that wait in that set. */
  private int parked(int set) {
    return test.await(() -> Mongo.all(test.vertx.getOrCreateContext(), test.sets.get(set).db().getCollection("parcels").find(Filters.eq("q", Parcel.RECEIPTS))))
      .stream().mapToInt(parcel -> parcel.getList("m", Document.class).size()).sum();
  }

  /** Carriers use their ids again after a while. */
  @Test
  void aReceiptIsForTheMessageThatWaitsAndNotForOneOfThatNameThatHasEndedInASetBeforeIt() {
    test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
    RecordingCarrier carrier = RecordingCarrier.listen(test, new NetServerOptions());
    carrier.id = pdu -> "again";
    test.put(LinkConfig.KIND, "sim", new JsonObject().put("host", "127.0.0.1").put("port", carrier.port()).put("systemId", "godwit"));
    test.await(() -> test.vertx.deployVerticle(() -> new LinkVerticle(test.node), new DeploymentOptions()));
    Message ended = sent(0, carrier);
    Await.until("the first is delivered", () -> state(ended).status() == Status.DELIVERED);
    Message waits = sent(1, carrier);
    Await.until("the second is delivered", () -> state(waits).status() == Status.DELIVERED);
    assertEquals(List.of("ACCEPTED", "SENT", "DELIVERED"), trail(ended).stream().map(Event::type).toList());
  }

  /** A message of that set that the carrier took and then gave a receipt for, always the same one. */
  private Message sent(int set, RecordingCarrier carrier) {
    Message message = put(test.node.queue(set), 1).get(0);
    Await.until("it is sent", () -> state(message).status() == Status.SENT);
    Address handset = AddressPlan.DEFAULT.address("+491701000000");
    Await.until("the sets answer: what comes for one that does not is put elsewhere", () -> test.sets.all().stream().allMatch(MongoSet::isHealthy));
    carrier.deliver(Pdus.receipt(handset, AddressPlan.DEFAULT.address("Godwit"), "again", Receipt.State.DELIVERED, "id:again stat:DELIVRD err:000"));
    return message;
  }

  private Simulator simulator(JsonObject profile) {
    return test.await(() -> Simulator.start(test.vertx, SimulatorConfig.embedded(Profile.from(profile))));
  }

  private static JsonObject link(Simulator simulator) {
    return new JsonObject().put("host", "127.0.0.1").put("port", simulator.port()).put("systemId", "godwit").put("unknownWait", 1_000);
  }

  /** Twenty messages of each set, on their way to a carrier that sends this share of receipts twice. */
  private List<Message> sent(double doubled) {
    test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
    test.put(LinkConfig.KIND, "sim", link(simulator(new JsonObject().put("receiptDelayMin", 200).put("receiptDelayMax", 200).put("receiptsDoubled", doubled))));
    test.await(() -> test.vertx.deployVerticle(() -> new AwaitVerticle(test.node), new DeploymentOptions()));
    test.await(() -> test.vertx.deployVerticle(() -> new LinkVerticle(test.node), new DeploymentOptions()));
    List<Message> all = new ArrayList<>();
    for (MessageQueue queue : test.node.queues().all()) all.addAll(put(queue, 20));
    return all;
  }

  /** So many messages for the link, in one parcel. */
  private List<Message> put(MessageQueue queue, int count) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(Message.accepted(queue.newId(), Lane.BULK, "demo", "Godwit", "+49170" + (1_000_000 + i), "Hello", Encoding.GSM7, 1, "DE",
        queue.now() + 600_000, Origin.NONE).withRoute("sim", List.of()));
    }
    Step step = new Step().put(Parcel.of(queue.newId(), Parcel.link("sim"), Lane.BULK, queue.now(), 0, messages));
    messages.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    Slot slot = test.await(() -> Future.succeededFuture(queue.openSlot("test")));
    test.await(() -> slot.commit(step));
    return messages;
  }
}
