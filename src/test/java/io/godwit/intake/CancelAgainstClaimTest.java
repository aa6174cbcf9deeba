package io.godwit.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cancellation that has read a parcel, and a link on another node that claims it before the cancellation changes it. */
class CancelAgainstClaimTest {
  private static final String LINK = Parcel.link("sim");
  private final TestNode one = TestNode.start(1);
  private final Gate gate = new Gate();
  private final TestNode other = one.another(gate);
  private final MessageQueue queue = one.node.queue(0);
  private final Context context = one.vertx.getOrCreateContext();
  private final Slot slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot("test")));
  private final Context door = other.vertx.getOrCreateContext();
  private final Cancellation cancellation = Await.on(door, () -> Future.succeededFuture(new Cancellation(door, other.node, other.node.queue(0))));
  private final Message first = one.message("demo", "+4917012345678");
  private final Message second = one.message("demo", "+4917012345679");

  @AfterEach
  void stop() {
    Await.on(door, () -> cancellation.close().otherwiseEmpty()); // what was opened when the gate was cut has failed
    other.close();
    gate.close();
    one.close();
  }

  private void putForTheLink() {
    commit(new Step().event(new Event.Accepted(first, queue.now())).event(new Event.Accepted(second, queue.now()))
      .put(Parcel.of(queue.newId(), LINK, Lane.BULK, queue.now(), 0, List.of(first, second))));
  }

  private void commit(Step step) {
    Await.on(context, () -> slot.commit(step));
  }

  private List<String> types(Message m) {
    return Await.on(context, () -> Trail.of(context, one.sets.control(), m.id())).stream().map(Event::type).toList();
  }

  private Future<Boolean> cancel(Message m) {
    return Await.start(door, () -> cancellation.cancel("demo", m.id()));
  }

  /** A claim gives up what a transaction holds up, and passes it over for a while. */
  private Parcel claim() {
    List<Parcel> claimed = new ArrayList<>();
    Await.until("the parcel is claimed", () -> claimed.addAll(Await.on(context, () -> queue.claim(LINK, 1, 1))));
    return claimed.get(0);
  }

  @Test
  void aBatchThatLiesInThousandsOfParcelsIsGoneThroughToItsEnd() {
    AtomicInteger turns = new AtomicInteger();
    List<Parcel> ofOthers = List.of(Parcel.of("parcel", LINK, Lane.BULK, 0, 0, List.of(first)));
    MessageQueue scattered = (MessageQueue) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {MessageQueue.class}, (proxy, method, arguments) ->
      method.getName().equals("ofBatch") ? Future.succeededFuture(turns.incrementAndGet() < 20_000 ? ofOthers : List.of()) : method.invoke(queue, arguments));
    Cancellation opened = Await.on(context, () -> Future.succeededFuture(new Cancellation(context, one.node, scattered)));
    assertEquals(0, Await.on(context, () -> opened.cancelBatch("demo", "a batch")));
    assertEquals(20_000, turns.get());
    Await.on(context, opened::close);
  }

  private Parcel forTheLink(Message m) {
    return Parcel.of(queue.newId(), LINK, Lane.BULK, queue.now(), 0, List.of(m));
  }

  @Test
  void aBatchThatLiesInManyParcelsHoldsUpNobodyWhoTakesBackOneMessage() {
    String batch = queue.newId();
    Step step = new Step().event(new Event.Accepted(first, queue.now())).put(forTheLink(first));
    for (int i = 0; i < 50; i++) {
      Message m = one.message("demo", "Godwit", "+4917012345678", 1, Origin.NONE.withBatch(batch));
      step.event(new Event.Accepted(m, queue.now())).put(forTheLink(m));
    }
    commit(step);
    AtomicReference<Future<Integer>> all = new AtomicReference<>();
    boolean allAreTaken = Await.on(door, () -> {
      all.set(cancellation.cancelBatch("demo", batch));
      return cancellation.cancel("demo", first.id()).map(taken -> all.get().isComplete());
    });
    assertFalse(allAreTaken);
    assertEquals(List.of("ACCEPTED", "CANCELLED"), types(first));
    assertEquals(50, Await.await(all.get()));
  }

  @Test
  void whoTakesBackVeryManyAtOnceLeavesRoomForOthers() {
    putForTheLink();
    Gate.Stop commit = gate.before("commitTransaction", null);
    Future<Boolean> held = cancel(first);
    commit.reached();
    List<Future<Boolean>> behind = Await.on(door, () -> Future.succeededFuture(
      IntStream.range(1, Limits.CANCELLATIONS_OF_ACCOUNT).mapToObj(i -> cancellation.cancel("demo", queue.newId())).toList()));
    assertFalse(hasRoom("demo"));
    assertTrue(hasRoom("other"));
    commit.pass();
    assertTrue(Await.await(held));
    Await.await(Future.all(behind));
    assertTrue(hasRoom("demo"));
  }

  private boolean hasRoom(String account) {
    return Await.on(door, () -> Future.succeededFuture(cancellation.hasRoom(account)));
  }

  @Test
  void aDoorThatOpenedInAnElectionCancelsAfterIt() {
    putForTheLink();
    gate.cut();
    Cancellation opened = Await.on(door, () -> Future.succeededFuture(new Cancellation(door, other.node, other.node.queue(0))));
    Await.until("its slot could not be opened", 60, () -> Await.on(door, () -> Future.succeededFuture(opened.hasFailed())));
    gate.heal();
    Await.until("the message is cancelled", 60, () -> Await.on(door, () -> opened.cancel("demo", first.id()).otherwise(false)));
    assertEquals(List.of("ACCEPTED", "CANCELLED"), types(first));
    Await.on(door, opened::close);
  }

  @Test
  void whatTheLinkMaySubmitByThenIsTooLateToCancel() {
    putForTheLink();
    Gate.Stop change = gate.before("update", "parcels");
    Future<Boolean> cancelled = cancel(first);
    change.reached();
    Parcel held = claim();
    change.pass();
    assertFalse(Await.await(cancelled));
    commit(new Step().finish(held));
    assertEquals(List.of("ACCEPTED"), types(first));
  }

  @Test
  void whatTheLinkMayNotSubmitYetIsTakenFromUnderIt() {
    putForTheLink();
    Gate.Stop change = gate.before("update", "parcels");
    Future<Boolean> cancelled = cancel(second);
    change.reached();
    Parcel held = claim();
    change.pass();
    assertTrue(Await.await(cancelled));
    LeaseLost lost = assertThrows(LeaseLost.class, () -> commit(new Step().settle(held, Set.of(), 2)));
    assertEquals(Set.of(held), lost.changed());
    assertEquals(List.of(first.id()), held.messages().stream().map(Message::id).toList());
    assertEquals(1, held.tried(), "it was not raised");
    commit(new Step().finish(held));
    assertEquals(List.of("ACCEPTED", "CANCELLED"), types(second));
  }

  @Test
  void whatTheLinkHasSettledByThenIsTooLateToCancel() {
    putForTheLink();
    Gate.Stop change = gate.before("update", "parcels");
    Future<Boolean> cancelled = cancel(second);
    change.reached();
    Parcel held = claim();
    commit(new Step().settle(held, Set.of(0), 2));
    change.pass();
    assertFalse(Await.await(cancelled));
    commit(new Step().finish(held));
    assertEquals(List.of("ACCEPTED"), types(second));
  }

  @Test
  void whenTheClaimIsSlowerTheMessageIsCancelled() {
    putForTheLink();
    Gate.Stop commit = gate.before("commitTransaction", null);
    Future<Boolean> cancelled = cancel(first);
    commit.reached();
    Future<List<Parcel>> claim = Await.start(context, () -> queue.claim(LINK, 1, 1));
    commit.pass();
    assertTrue(Await.await(cancelled));
    Parcel held = Await.await(claim).isEmpty() ? claim() : claim.result().get(0);
    assertEquals(List.of(second.id()), held.messages().stream().map(Message::id).toList());
    commit(new Step().finish(held));
    assertEquals(List.of("ACCEPTED", "CANCELLED"), types(first));
  }
}
