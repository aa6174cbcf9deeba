package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.events.Trail;
import io.godwit.message.DeliveryReport;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Receipts that found no message, and whose messages have ended in any of three sets; one of them hangs in the middle of a commit. */
class StrangersTest {
  private final TestNode test = TestNode.start(3);
  private final Gate gate = new Gate();
  private final TestNode process = test.another(gate, 1);
  private final Context context = process.vertx.getOrCreateContext();
  private final MessageQueue home = process.node.queue(0);
  private final Slot slot = Await.on(context, () -> Future.succeededFuture(home.openSlot("test")));
  private final Strangers strangers = Await.on(context, () -> Future.succeededFuture(
    new Strangers(context, process.node, home, new Carriers(link -> IdForm.DETECT), System::nanoTime)));

  @AfterEach
  void stop() {
    Await.on(context, strangers::close);
    process.close();
    gate.close();
    test.close();
  }

  /** @return its id */
  private String sent(int set, String carrierId) {
    MessageQueue queue = test.node.queue(set);
    String id = queue.newId();
    Slot there = test.await(() -> Future.succeededFuture(queue.openSlot("test")));
    test.await(() -> there.commit(new Step().event(new Event.Sent(id, 2, queue.now(), "sim", List.of(carrierId), false, null))));
    return id;
  }

  private String taken(String carrierId) {
    String id = home.newId();
    Await.on(context, () -> slot.commit(new Step().event(new Event.Taken(id, home.now(), "sim", List.of(carrierId), true))));
    return id;
  }

  private DeliveryReport report(String carrierId) {
    return new DeliveryReport(home.newId(), "sim", carrierId, DeliveryReport.Outcome.DELIVERED, null, -1, 0);
  }

  private List<String> types(int set, String message) {
    return test.await(() -> Trail.of(test.vertx.getOrCreateContext(), test.sets.get(set), message)).stream().map(Event::type).toList();
  }

  private Parcel take(DeliveryReport... reports) {
    Await.on(context, () -> slot.commit(new Step().put(Parcel.of(home.newId(), Parcel.STRANGERS, Lane.BULK, 0, 0, List.of(reports)))));
    List<Parcel> claimed = new ArrayList<>();
    Await.until("the receipts are there", () -> claimed.addAll(Await.on(context, () -> home.claim(Parcel.STRANGERS, 1, 0))));
    return claimed.get(0);
  }

  @Test
  void aReceiptForWhatACarrierTookOfAMessageThatWasNotSentIsLate() {
    String message = taken("1003");
    Parcel parcel = take(report("1003"));
    Step step = Await.on(context, () -> strangers.decide(List.of(parcel)));
    Await.on(context, () -> slot.commit(step));
    assertEquals(List.of("TAKEN", "LATE_RECEIPT"), types(0, message));
  }

  @Test
  void aSetThatHangsHoldsUpNoOtherAndIsToldOfItsReceiptsLater() {
    List<String> messages = List.of(sent(0, "1000"), sent(1, "1001"), sent(2, "1002"));
    DeliveryReport stuck = report("1001");
    Parcel parcel = take(report("1000"), stuck, report("1002"));
    Await.until("the sets answer", () -> process.sets.all().stream().allMatch(set -> set.isHealthy()));
    Gate.Stop hanging = gate.before("commitTransaction", null);
    Future<Step> deciding = Await.start(context, () -> strangers.decide(List.of(parcel)));
    hanging.reached();
    Step step = Await.await(deciding);
    Await.on(context, () -> slot.commit(step));
    assertEquals(List.of("SENT", "LATE_RECEIPT"), types(0, messages.get(0)));
    assertEquals(List.of("SENT", "LATE_RECEIPT"), types(2, messages.get(2)));
    assertEquals(List.of(stuck.id()), step.puts().stream().filter(put -> put.queue().equals(Parcel.STRANGERS)).flatMap(put -> put.reports().stream()).map(DeliveryReport::id).toList());
    hanging.pass();
    Await.until("what hung is told in the end", () -> types(1, messages.get(1)).contains("LATE_RECEIPT"));
  }
}
