package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.events.Trail;
import io.godwit.message.DeliveryReport;
import io.godwit.message.DeliveryReport.Outcome;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Segment;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.DeadLetters;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.smpp.CarrierId;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.godwit.worker.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A receipt on which the stage behind the carrier fails with an exception of its own. */
class PoisonedReceiptsTest {
  private static final long GRACE = 1_000;
  private final TestNode node = TestNode.start(1);
  private final MessageQueue queue = node.node.queue(0);
  private final Context context = ((VertxInternal) node.vertx).createEventLoopContext();
  private final Slot slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot("test")));
  private Stage stage;

  @AfterEach
  void close() {
    Await.on(context, stage::stop);
    node.close();
  }

  private void start(String name, Stage.Decider decider) {
    Await.on(context, () -> {
      stage = new Stage(context, queue, name, queue.openSlot("stage"), decider);
      stage.start();
      return Future.succeededFuture();
    });
  }

  private void commit(Step step) {
    Await.on(context, () -> slot.commit(step));
  }

  private Message waiting(String carrierId) {
    Message m = node.message("demo", "Godwit", "+4917012345678", 1, Origin.NONE).withRoute("sim", List.of()).next();
    return m.sent(List.of(new Segment(List.of(carrierId), List.of(CarrierId.hash("sim", CarrierId.key(carrierId))), Segment.State.SENT)));
  }

  private void await(Message m) {
    Step step = new Step().event(new Event.Sent(m.id(), m.n(), queue.now(), "sim", m.parts().get(0).carrierIds(), false, null));
    long at = m.validUntil() + GRACE;
    commit(step.put(Parcel.of(queue.newId(), Parcel.await("sim"), Lane.BULK, at, at, List.of(m))));
  }

  private static IdForm form(String link) {
    if (link.equals("spoilt")) throw new IllegalStateException("a bug");
    return IdForm.DETECT;
  }

  private DeliveryReport receipt(String link, String carrierId) {
    return new DeliveryReport(queue.newId(), link, carrierId, Outcome.DELIVERED, null, -1, 0);
  }

  private List<String> types(Message m) {
    return Await.on(context, () -> Trail.of(context, node.sets.control(), m.id())).stream().map(Event::type).toList();
  }

  private List<String> letters() {
    return Await.on(context, () -> new DeadLetters(node.sets.control()).newest(context, null, 0, null, 9)).stream().map(DeadLetter::id).toList();
  }

  @Test
  void aReceiptOnWhichTheStageFailsBecomesADeadLetterAndTheOthersGoOn() {
    Message sent = waiting("1001");
    await(sent);
    DeliveryReport bad = receipt("spoilt", "2002");
    commit(new Step().put(Parcel.of(queue.newId(), Parcel.RECEIPTS, Lane.ALERT, 0, 0, List.of(receipt("sim", "1001"), bad, receipt("sim", "1001")))));
    start(Parcel.RECEIPTS, new Receipts(context, queue, new Carriers(PoisonedReceiptsTest::form), new OtherSets(context, node.node, queue)));
    Await.until("the bad one is a dead letter", () -> letters().equals(List.of(bad.id())));
    Await.until(() -> "the others met their message: " + types(sent), 60, () -> types(sent).equals(List.of("SENT", "DELIVERED", "LATE_RECEIPT")));
  }
}
