package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.events.Trail;
import io.godwit.message.DeliveryReport;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Segment;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.DeadLetters;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.smpp.CarrierId;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.store.CommitSlot;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.godwit.worker.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Receipts of one message on two nodes, and against its time-out: two processes have read the same await parcel, and both change it. Stages
 * are taken apart here, so that the test says when each one reads, decides and commits.
 */
class ReceiptsOnTwoNodesTest {
  private static final long GRACE = 1_000;
  private final TestNode one = TestNode.start(1);
  private final Gate gate = new Gate();
  private final TestNode other = one.another(gate);
  private final Hands here = new Hands(one, "here");
  private final Hands there = new Hands(other, "there");

  @AfterEach
  void stop() {
    other.close();
    gate.close();
    one.close();
  }

  /** One process's receipts stage and overdue stage, by hand. */
  private static final class Hands {
    final TestNode node;
    final MessageQueue queue;
    final Context context;
    final Slot slot;
    final Receipts receipts;
    final Overdue overdue;

    Hands(TestNode node, String name) {
      this.node = node;
      queue = node.node.queue(0);
      context = node.vertx.getOrCreateContext();
      slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot(name)));
      receipts = new Receipts(context, queue, new Carriers(link -> IdForm.DETECT), new OtherSets(context, node.node, queue));
      overdue = new Overdue(queue, () -> GRACE);
    }

    void commit(Step step) {
      Await.on(context, () -> slot.commit(step));
    }

    Future<Void> begin(Step step) {
      return Await.start(context, () -> slot.commit(step));
    }

    LeaseLost failureOf(Step step) {
      return assertThrows(LeaseLost.class, () -> commit(step));
    }

    /** Stores a receipt as an inbox that knows nothing of its message, and takes it as the stage does. */
    Parcel receipt(String carrierId, DeliveryReport.Outcome outcome) {
      DeliveryReport report = new DeliveryReport(queue.newId(), "sim", carrierId, outcome, null, queue.now(), 0);
      commit(new Step().put(Parcel.of(queue.newId(), Parcel.RECEIPTS, Lane.ALERT, 0, 0, List.of(report))));
      return claim(Parcel.RECEIPTS);
    }

    Parcel claim(String name) {
      List<Parcel> claimed = new ArrayList<>();
      Await.until("there is a parcel in " + name, () -> claimed.addAll(Await.on(context, () -> queue.claim(name, 1, 0))));
      return claimed.get(0);
    }

    Step decide(Stage.Decider stage, Parcel parcel) {
      return Await.on(context, () -> stage.decide(List.of(parcel)));
    }
  }

  /** A message that waits for receipts of these segments. */
  private Message waiting(String... carrierIds) {
    Message m = one.message("demo", "Godwit", "+4917012345678", carrierIds.length, Origin.NONE);
    return m.withRoute("sim", List.of()).next().sent(Arrays.stream(carrierIds).map(ReceiptsOnTwoNodesTest::segment).toList());
  }

  private static Segment segment(String carrierId) {
    return new Segment(List.of(carrierId), List.of(CarrierId.hash("sim", CarrierId.key(carrierId))), Segment.State.SENT);
  }

  /** What the settlement of a link says about messages that the carrier took. */
  private static Step sent(Hands by, Message... messages) {
    Step step = new Step();
    for (Message m : messages) {
      step.event(new Event.Sent(m.id(), m.n(), by.queue.now(), "sim", m.parts().stream().flatMap(part -> part.carrierIds().stream()).toList(), false, null));
    }
    long at = messages[0].validUntil() + GRACE;
    return step.put(Parcel.of(by.queue.newId(), Parcel.await("sim"), Lane.BULK, at, at, List.of(messages)));
  }

  private List<Event> events(Message message) {
    return Await.on(here.context, () -> Trail.of(here.context, one.sets.control(), message.id()));
  }

  private List<String> types(Message message) {
    return events(message).stream().map(Event::type).toList();
  }

  private long parcels() {
    return Await.on(here.context, () -> here.queue.depths(here.context)).stream().mapToLong(MessageQueue.Depth::parcels).sum();
  }

  private void isOver(Message message, String... types) {
    assertEquals(List.of(types), types(message));
    List<Integer> chain = events(message).stream().filter(e -> !e.type().equals("LATE_RECEIPT")).map(Event::n).toList();
    assertEquals(List.of(2, 3), chain);
  }

  @Test
  void theSameReceiptOnTwoNodesDeliversOnce() {
    Message message = waiting("1001");
    here.commit(sent(here, message));
    Parcel first = here.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    Parcel second = there.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    Step one = here.decide(here.receipts, first);
    Step two = there.decide(there.receipts, second);
    here.commit(one);
    LeaseLost lost = there.failureOf(two);
    assertEquals(1, lost.parcels().size(), "the await parcel, not the receipt");
    assertTrue(there.queue.holds(second));
    there.commit(there.decide(there.receipts, second));
    isOver(message, "SENT", "DELIVERED", "LATE_RECEIPT");
    assertEquals(0, parcels());
  }

  /** What becomes of a receipt that has found nothing in all its time, by a process that knows nothing of any message. */
  private void judgedByAStranger(String carrierId) {
    there.commit(there.decide(there.receipts, there.receipt(carrierId, DeliveryReport.Outcome.DELIVERED)));
    one.clock.addAndGet(DeliveryReport.PATIENCE);
    there.commit(there.decide(there.receipts, there.claim(Parcel.RECEIPTS)));
    Strangers strangers = new Strangers(there.context, other.node, there.queue, new Carriers(link -> IdForm.DETECT), System::nanoTime);
    Parcel stranger = there.claim(Parcel.STRANGERS);
    Await.until("the set answers, or it is not searched", () -> other.sets.control().isHealthy());
    there.commit(there.decide(strangers, stranger));
  }

  private List<DeadLetter> letters() {
    return Await.on(here.context, () -> new DeadLetters(one.sets.control()).oldest(here.context, Parcel.RECEIPTS, Long.MAX_VALUE, 9));
  }

  @Test
  void aReceiptThatComesAgainWhereNobodyRemembersItsMessageIsLate() {
    Message message = waiting("812FC7470000001B");
    here.commit(sent(here, message));
    here.commit(here.decide(here.receipts, here.receipt("9308878062554710043", DeliveryReport.Outcome.DELIVERED)));
    judgedByAStranger("9308878062554710043");
    isOver(message, "SENT", "DELIVERED", "LATE_RECEIPT");
    assertEquals(List.of(), letters());
    assertEquals(0, parcels());
  }

  @Test
  void aReceiptOfNobodyBecomesADeadLetterAndTheSearchForItCostsTheOthersNothing() {
    here.commit(sent(here, waiting("1001")));
    judgedByAStranger("2002");
    assertEquals(List.of("no message was found for it"), letters().stream().map(DeadLetter::why).toList());
    Strangers strangers = new Strangers(there.context, other.node, there.queue, new Carriers(link -> IdForm.DETECT), new AtomicLong()::incrementAndGet);
    there.decide(strangers, Parcel.of(there.queue.newId(), Parcel.STRANGERS, Lane.BULK, 0, 0, List.of(report("3003"))));
    Step resting = there.decide(strangers, Parcel.of(there.queue.newId(), Parcel.STRANGERS, Lane.BULK, 0, 0, List.of(report("1001"), report("4004"))));
    assertEquals(2, resting.puts().get(0).left(), "they wait until the next search is due");
  }

  @Test
  void aReceiptWithoutAnIdIsADeadLetterAndNotForAMessageThatTheCarrierGaveNone() {
    Message message = waiting("");
    here.commit(sent(here, message));
    judgedByAStranger("");
    assertEquals(List.of("SENT"), types(message));
    assertEquals(List.of("no message was found for it"), letters().stream().map(DeadLetter::why).toList());
  }

  private DeliveryReport report(String carrierId) {
    return new DeliveryReport(there.queue.newId(), "sim", carrierId, DeliveryReport.Outcome.DELIVERED, null, -1, 0);
  }

  @Test
  void theSameReceiptInTwoOpenTransactionsDeliversOnce() {
    Message message = waiting("1001");
    here.commit(sent(here, message));
    Parcel first = there.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    Parcel second = here.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    Step one = there.decide(there.receipts, first);
    Step two = here.decide(here.receipts, second);
    Gate.Stop commit = gate.before("commitTransaction", null);
    Future<Void> faster = there.begin(one);
    commit.reached();
    long before = CommitSlot.ABORTED.get();
    Future<Void> slower = here.begin(two);
    Await.until("the second met the first one's transaction", () -> CommitSlot.ABORTED.get() > before);
    commit.pass();
    Await.await(faster);
    assertThrows(LeaseLost.class, () -> Await.await(slower));
    here.commit(here.decide(here.receipts, second));
    isOver(message, "SENT", "DELIVERED", "LATE_RECEIPT");
    assertEquals(0, parcels());
  }

  @Test
  void theLastTwoSegmentsOnTwoNodesDeliverTheMessageOnce() {
    Message message = waiting("1001", "1002");
    here.commit(sent(here, message));
    Parcel first = here.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    Parcel second = there.receipt("1002", DeliveryReport.Outcome.DELIVERED);
    Step one = here.decide(here.receipts, first);
    Step two = there.decide(there.receipts, second);
    Gate.Stop change = gate.before("update", "parcels");
    Future<Void> slower = there.begin(two);
    change.reached();
    here.commit(one);
    assertEquals(List.of("SENT"), types(message));
    change.pass();
    assertThrows(LeaseLost.class, () -> Await.await(slower));
    there.commit(there.decide(there.receipts, second));
    isOver(message, "SENT", "DELIVERED");
    assertEquals(0, parcels());
  }

  @Test
  void aSegmentWhoseAnswerIsLostWhileTheOtherIsSettledElsewhereIsNotLost() {
    Message message = waiting("1001", "1002");
    here.commit(sent(here, message));
    Parcel first = there.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    Parcel second = here.receipt("1002", DeliveryReport.Outcome.DELIVERED);
    Gate.Stop answer = gate.after("commitTransaction", null);
    Future<Void> told = there.begin(there.decide(there.receipts, first));
    answer.reached();
    here.commit(here.decide(here.receipts, second));
    answer.lose();
    Await.await(told);
    isOver(message, "SENT", "DELIVERED");
    assertEquals(0, parcels());
  }

  @Test
  void aReceiptBeforeSentCommitsOnAnotherNodeWaitsForIt() {
    Message message = waiting("1001");
    Gate.Stop commit = gate.before("commitTransaction", null);
    Future<Void> sent = there.begin(sent(there, message));
    commit.reached();
    Parcel early = here.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    here.commit(here.decide(here.receipts, early));
    assertEquals(List.of(), types(message));
    commit.pass();
    Await.await(sent);
    one.clock.addAndGet(500);
    here.commit(here.decide(here.receipts, here.claim(Parcel.RECEIPTS)));
    isOver(message, "SENT", "DELIVERED");
    assertEquals(0, parcels());
  }

  @Test
  void aReceiptThatIsFasterThanTheTimeOutDelivers() {
    Message message = waiting("1001");
    here.commit(sent(here, message));
    one.clock.addAndGet(3_600_000 + GRACE + 1);
    Parcel due = there.claim(Parcel.await("sim"));
    Step ending = there.decide(there.overdue, due);
    Parcel receipt = here.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    here.commit(here.decide(here.receipts, receipt));
    assertEquals(1, there.failureOf(ending).parcels().size());
    isOver(message, "SENT", "DELIVERED");
    assertEquals(0, parcels());
  }

  @Test
  void aReceiptThatIsSlowerThanTheTimeOutIsLate() {
    Message message = waiting("1001");
    here.commit(sent(here, message));
    one.clock.addAndGet(3_600_000 + GRACE + 1);
    Parcel due = there.claim(Parcel.await("sim"));
    Parcel receipt = here.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    Step delivering = here.decide(here.receipts, receipt);
    there.commit(there.decide(there.overdue, due));
    here.failureOf(delivering);
    here.commit(here.decide(here.receipts, receipt));
    isOver(message, "SENT", "UNKNOWN", "LATE_RECEIPT");
    assertEquals(0, parcels());
  }

  @Test
  void aReceiptAgainstTheTimeOutOfItsNeighboursLeavesThemToIt() {
    Message told = waiting("1001");
    Message silent = waiting("1002");
    here.commit(sent(here, told, silent));
    one.clock.addAndGet(3_600_000 + GRACE + 100);
    Parcel due = there.claim(Parcel.await("sim"));
    Step ending = there.decide(there.overdue, due);
    Parcel receipt = here.receipt("1001", DeliveryReport.Outcome.DELIVERED);
    here.commit(here.decide(here.receipts, receipt));
    assertEquals(Set.of(due), there.failureOf(ending).changed());
    there.commit(there.decide(there.overdue, due));
    isOver(told, "SENT", "DELIVERED");
    isOver(silent, "SENT", "UNKNOWN");
    assertEquals(0, parcels());
  }
}
