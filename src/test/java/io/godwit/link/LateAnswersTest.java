package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.EnquireLink;
import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real link whose carrier answers when the test says, by a process whose units of work a test may stop: answers that come after their time. */
class LateAnswersTest {
  private static final List<Leg> LEGS = List.of(new Leg("demo", "operator", 70, "EUR"));
  private static final int UNKNOWN_WAIT = 300_000;
  /** What is answered at once must not come too late on a machine that stands still for a moment. */
  private static final int RESPONSE_TIMEOUT = 3_000;
  private final TestNode one = TestNode.start(1);
  private final Gate gate = new Gate();
  private final TestNode sender = one.another(gate);
  private final MessageQueue queue = one.node.queue(0);
  private final Context context = one.vertx.getOrCreateContext();
  private final Slot slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot("test")));
  private final RecordingCarrier carrier = RecordingCarrier.listen(one, new NetServerOptions());

  @BeforeEach
  void startTheLink() {
    one.vertx.setPeriodic(10, t -> one.clock.addAndGet(10));
    carrier.id = pdu -> "id-" + pdu.getSequenceNumber();
    carrier.isAnswered = pdu -> false;
    configure(new JsonObject());
    sender.await(() -> sender.vertx.deployVerticle(() -> new LinkVerticle(sender.node), new DeploymentOptions()));
    Await.until("the link is bound", () -> carrier.sessions.size() == 1);
  }

  private void configure(JsonObject more) {
    one.put(LinkConfig.KIND, "sim", new JsonObject().put("host", "127.0.0.1").put("port", carrier.port()).put("systemId", "godwit").put("responseTimeout", RESPONSE_TIMEOUT)
      .put("unknownWait", UNKNOWN_WAIT).put("receipts", false).mergeIn(more));
  }

  @AfterEach
  void stop() {
    stopTheLink();
    sender.close();
    gate.close();
    one.close();
  }

  /** Whatever it was about to commit is committed then, or never. */
  private void stopTheLink() {
    sender.undeployAll();
  }

  private Message send(int segments) {
    return send("x".repeat(segments == 1 ? 5 : 200), segments);
  }

  private Message send(String text, int segments) {
    Message m = one.message("demo", "Godwit", "+4917012345678", segments, Origin.NONE).withText(text, segments).withRoute("sim", LEGS);
    Step step = new Step().event(new Event.Accepted(m, queue.now())).put(Parcel.of(queue.newId(), Parcel.link("sim"), Lane.BULK, queue.now(), 0, List.of(m)));
    Await.on(context, () -> slot.commit(step));
    return m;
  }

  private List<Event> events(Message message) {
    return Await.on(context, () -> Trail.of(context, one.sets.control(), message.id()));
  }

  /** Of its main chain. */
  private List<String> types(Message message) {
    return chain(message).stream().map(Event::type).toList();
  }

  private List<Event> chain(Message message) {
    return events(message).stream().filter(event -> event.n() > 0).toList();
  }

  /** What its trail says beside that: how the carrier named what it took, in time or late. */
  private List<String> taken(Message message) {
    return events(message).stream().filter(event -> event instanceof Event.Taken).map(event -> (Event.Taken) event)
      .map(taken -> taken.link() + (taken.late() ? " late " : " ") + String.join(" ", taken.carrierIds())).toList();
  }

  private void untilTypes(Message message, String... types) {
    Await.until(() -> "its trail is " + List.of(types) + ": " + types(message), 60, () -> types(message).equals(List.of(types)));
  }

  private Message inDoubt(int segments) {
    Message message = send(segments);
    untilTypes(message, "ACCEPTED", "RETRIED");
    assertEquals(segments, carrier.submitted.size());
    return message;
  }

  private String id(int submit) {
    return carrier.id.apply(carrier.submitted.get(submit));
  }

  /** It waits no more, and is named as the carrier named these submit_sm. */
  private void isSentOnce(Message message, int... submits) {
    untilTypes(message, "ACCEPTED", "RETRIED", "SENT");
    stopTheLink();
    assertEquals(List.of("ACCEPTED", "RETRIED", "SENT"), types(message));
    assertEquals(List.of(1, 2, 3), chain(message).stream().map(Event::n).toList());
    assertEquals(IntStream.of(submits).mapToObj(this::id).toList(), ((Event.Sent) chain(message).get(2)).carrierIds());
    assertEquals(0, Await.on(context, () -> queue.depths(context)).stream().mapToLong(MessageQueue.Depth::parcels).sum());
  }

  @Test
  void aMessageWhoseAnswerComesBeforeTheNextTryIsSentWithoutACopy() {
    Message message = inDoubt(1);
    carrier.answer(carrier.submitted.get(0));
    isSentOnce(message, 0);
    assertEquals(1, carrier.submitted.size());
  }

  @Test
  void anAnswerThatComesWhileItsMessageIsPutBackIsNotForgotten() {
    Gate.Stop commit = gate.before("commitTransaction", null);
    Message message = send(1);
    commit.reached();
    carrier.answer(carrier.submitted.get(0));
    carrier.ask(new EnquireLink()); // has read the answer when it answers this
    commit.pass();
    isSentOnce(message, 0);
    assertEquals(1, carrier.submitted.size());
    assertEquals(List.of(), taken(message), "SENT tells it");
  }

  @Test
  void onlyWhatWasNotAcceptedOfALongMessageIsSubmittedAgain() {
    Message message = inDoubt(2);
    carrier.answer(carrier.submitted.get(0));
    Await.until("the first part is known", () -> Await.on(context, () -> queue.holding(context, message.id())).messages().get(0).parts().get(0).carrierIds().equals(List.of(id(0))));
    assertEquals(List.of("ACCEPTED", "RETRIED"), types(message));
    carrier.isAnswered = pdu -> true;
    one.clock.addAndGet(UNKNOWN_WAIT);
    isSentOnce(message, 0, 2);
    assertEquals(3, carrier.submitted.size());
    assertArrayEquals(carrier.submitted.get(1).getShortMessage(), carrier.submitted.get(2).getShortMessage());
  }

  @Test
  void aLongMessageWhosePartsAreAcceptedOneAfterTheOtherIsSentWithoutACopy() {
    Message message = inDoubt(2);
    carrier.answer(carrier.submitted.get(1));
    Await.until("the second part is known", () -> !Await.on(context, () -> queue.holding(context, message.id())).messages().get(0).parts().get(1).carrierIds().isEmpty());
    carrier.answer(carrier.submitted.get(0));
    isSentOnce(message, 0, 1);
    assertEquals(2, carrier.submitted.size());
    assertEquals(List.of(), taken(message), "SENT tells it");
  }

  @Test
  void anAnswerThatComesWhenTheNextTryIsUnderWayChangesNothingAndIsTold() {
    Message message = inDoubt(1);
    carrier.isAnswered = pdu -> {
      carrier.answer(carrier.submitted.get(0));
      return true;
    };
    one.clock.addAndGet(UNKNOWN_WAIT);
    isSentOnce(message, 1);
    assertEquals(List.of("sim late " + id(0)), taken(message));
  }

  @Test
  void anAnswerWhoseCommitIsOvertakenByTheNextTryChangesNothingAndIsTold() {
    Message message = inDoubt(1);
    Gate.Stop change = gate.before("delete", "parcels");
    carrier.answer(carrier.submitted.get(0));
    change.reached();
    carrier.isAnswered = pdu -> true;
    one.clock.addAndGet(UNKNOWN_WAIT);
    untilTypes(message, "ACCEPTED", "RETRIED", "SENT");
    change.pass();
    isSentOnce(message, 1);
    assertEquals(List.of("sim late " + id(0)), taken(message));
  }

  @Test
  void aMessageThatIsInDoubtForTheSecondTimeIsUnknownWhateverComesLaterAndThatIsTold() {
    Message message = inDoubt(1);
    one.clock.addAndGet(UNKNOWN_WAIT);
    untilTypes(message, "ACCEPTED", "RETRIED", "UNKNOWN");
    carrier.answer(carrier.submitted.get(1));
    carrier.ask(new EnquireLink());
    stopTheLink();
    assertEquals(List.of("ACCEPTED", "RETRIED", "UNKNOWN"), types(message));
    assertEquals(List.of("sim late " + id(1)), taken(message));
  }

  @Test
  void aMessageInDoubtThatItsLinkCannotWriteAnyMoreIsUnknownAndBilled() {
    String text = "é".repeat(80);
    Message message = send(text, 1);
    untilTypes(message, "ACCEPTED", "RETRIED");
    carrier.isAnswered = pdu -> true;
    configure(new JsonObject().put("alphabet", "ascii"));
    Await.until("the link writes texts otherwise", () -> {
      Message other = send(text, 1);
      Await.until("it has ended", () -> types(other).size() == 2);
      return types(other).get(1).equals("FAILED");
    });
    one.clock.addAndGet(UNKNOWN_WAIT);
    untilTypes(message, "ACCEPTED", "RETRIED", "UNKNOWN");
    assertEquals(Money.billed(LEGS), chain(message).get(2).money());
  }

  @Test
  void aMessageInDoubtThatTheCarrierRefusesForGoodHasFailedAndCostsNothing() {
    Message message = inDoubt(1);
    carrier.status = pdu -> SmppConstants.STATUS_INVDSTADR;
    carrier.isAnswered = pdu -> true;
    one.clock.addAndGet(UNKNOWN_WAIT);
    untilTypes(message, "ACCEPTED", "RETRIED", "FAILED");
    assertEquals(Money.released(LEGS), chain(message).get(2).money());
  }

  @Test
  void ofALongMessageThatEndedAsUnknownItIsToldWhatTheCarrierTookInTimeAndWhatItTookLate() {
    one.put("account", "demo", new JsonObject().put("resend", false));
    carrier.isAnswered = pdu -> carrier.submitted.size() == 1;
    Message message = send(2);
    untilTypes(message, "ACCEPTED", "UNKNOWN");
    assertEquals(List.of("sim " + id(0)), taken(message));
    carrier.answer(carrier.submitted.get(1));
    Await.until(() -> "the late answer is told: " + taken(message), 30, () -> taken(message).equals(List.of("sim " + id(0), "sim late " + id(1))));
    stopTheLink();
    assertEquals(List.of("ACCEPTED", "UNKNOWN"), types(message));
  }

  @Test
  void anAnswerThatComesWhileItsMessageEndsAsUnknownIsTold() {
    one.put("account", "demo", new JsonObject().put("resend", false));
    Gate.Stop commit = gate.before("commitTransaction", null);
    Message message = send(1);
    commit.reached();
    carrier.answer(carrier.submitted.get(0));
    carrier.ask(new EnquireLink());
    commit.pass();
    untilTypes(message, "ACCEPTED", "UNKNOWN");
    stopTheLink();
    assertEquals(List.of("sim late " + id(0)), taken(message));
  }
}
