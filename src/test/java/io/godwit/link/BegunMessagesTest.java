package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.pdu.EnquireLink;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.godwit.events.Trail;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Long messages of which the first segment is submitted, and the others wait for the window, while their process loses their parcel, or may have lost it. */
class BegunMessagesTest {
  private final TestNode test = TestNode.start(2);
  private final Gate gate = new Gate();
  /** The other set's commands may be stopped. */
  private final TestNode process = test.another(gate, 1);
  private final RecordingCarrier carrier = RecordingCarrier.listen(test, new NetServerOptions());

  @AfterEach
  void stop() {
    gate.heal();
    process.undeployAll();
    process.close();
    gate.close();
    test.close();
  }

  private Message put(int set, int segments) {
    MessageQueue queue = test.node.queue(set);
    Message m = Message.accepted(queue.newId(), Lane.BULK, "demo", "Godwit", "+4917012345678", "x".repeat(segments * 150), Encoding.GSM7, segments, "DE",
      queue.now() + 600_000, Origin.NONE).withRoute("sim", List.of());
    Slot slot = test.await(() -> Future.succeededFuture(queue.openSlot("test")));
    test.await(() -> slot.commit(new Step().event(new Event.Accepted(m, queue.now())).put(Parcel.of(queue.newId(), Parcel.link("sim"), Lane.BULK, queue.now(), 0, List.of(m)))));
    return m;
  }

  private List<String> types(Message m) {
    return test.await(() -> Trail.of(test.vertx.getOrCreateContext(), test.sets.get(MessageId.set(m.id())), m.id())).stream().map(Event::type).toList();
  }

  private void untilTypes(Message m, String... types) {
    Await.until(() -> "its trail is " + List.of(types) + ": " + types(m), 60, () -> types(m).equals(List.of(types)));
  }

  /** In the other set. */
  private Message begun(int unknownWait) {
    carrier.isAnswered = pdu -> false;
    test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
    test.put(LinkConfig.KIND, "sim", new JsonObject().put("host", "127.0.0.1").put("port", carrier.port()).put("systemId", "godwit").put("window", 1).put("receipts", false)
      .put("responseTimeout", 600_000).put("unknownWait", unknownWait));
    process.await(() -> process.vertx.deployVerticle(() -> new LinkVerticle(process.node), new DeploymentOptions()));
    Message message = put(1, 2);
    Await.until("its first segment is submitted", () -> carrier.submitted.size() == 1);
    return message;
  }

  @Test
  void theRestOfAMessageThatIsNoLongerOursIsNotSubmitted() {
    Message message = begun(300_000);
    int life = process.sets.get(1).incarnation().number();
    Await.first(test.sets.get(1).db().getCollection("incarnations").updateOne(Filters.eq("_id", life), Updates.set("alive", false)));
    untilTypes(message, "ACCEPTED", "RETRIED");
    carrier.answer(carrier.submitted.get(0));
    carrier.ask(new EnquireLink());
    carrier.ask(new EnquireLink()); // what was submitted after the answer is here
    assertEquals(1, carrier.submitted.size());
  }

  @Test
  void theRestOfAMessageOfASetThatDoesNotAnswerWaitsForItAndWhatIsInOthersGoesOn() {
    Message message = begun(1_000);
    gate.cut();
    Await.until("the process does not know whether it lives there", () -> !process.node.queue(1).isTrusted());
    Message other = put(0, 1);
    carrier.isAnswered = pdu -> true;
    carrier.answer(carrier.submitted.get(0));
    untilTypes(other, "ACCEPTED", "SENT");
    assertEquals(2, carrier.submitted.size());
    gate.heal();
    Await.until(() -> "it is sent in the end: " + types(message), 60, () -> types(message).contains("SENT"));
  }
}
