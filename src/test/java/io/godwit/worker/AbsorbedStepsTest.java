package io.godwit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.queue.Consumer;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.CommitSlot;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.TestNode;
import io.godwit.worker.MessageHandler.Decision;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A message that is accepted, routed and handed over to a link in one unit of work, whose process is stopped, cut off or buried in the midst of it. */
class AbsorbedStepsTest {
  private static final String LINK = Parcel.link("sim");
  private final TestNode one = TestNode.start(1);
  private final Gate gate = new Gate();
  private final TestNode gateway = one.another(gate);
  private final MessageQueue queue = gateway.node.queue(0);
  private final Context context = gateway.vertx.getOrCreateContext();
  private final Outlet link = new Outlet();
  private Slot door;
  private Stage stage;

  @BeforeEach
  void startTheWorker() {
    door = Await.on(context, () -> Future.succeededFuture(queue.openSlot("door")));
    queue.attach(link);
    Await.on(context, () -> {
      stage = new Stage(context, queue, Parcel.ROUTE, queue.openSlot("worker"), new Handlers(queue, List.of(new ToTheLink()), q -> 500, account -> 1));
      stage.start();
      return Future.succeededFuture();
    });
    Message warm = gateway.message("demo", "+4917012345678");
    Await.await(accept(warm));
    Await.until("the worker is idle, with nothing stored before it", () -> link.delivered.size() == 1);
  }

  @AfterEach
  void stop() {
    gate.heal();
    Await.on(context, stage::stop);
    gateway.close();
    gate.close();
    one.close();
  }

  private static final class ToTheLink implements MessageHandler {
    @Override
    public String name() {
      return "to-the-link";
    }

    @Override
    public Future<List<Decision>> handle(List<Message> batch) {
      return Future.succeededFuture(batch.stream().map(m -> Decision.route(m, "sim")).toList());
    }
  }

  /** A link that takes everything and keeps it. */
  private static final class Outlet implements Consumer {
    final List<Parcel> delivered = new CopyOnWriteArrayList<>();
    final List<Parcel> withdrawn = new CopyOnWriteArrayList<>();

    @Override
    public String queue() {
      return LINK;
    }

    @Override
    public Place offer(Parcel parcel) {
      return new Place() {
        @Override
        public int tried() {
          return 1;
        }

        @Override
        public void deliver(Parcel stored) {
          delivered.add(stored);
        }

        @Override
        public void withdraw() {
          withdrawn.add(parcel);
        }
      };
    }

    @Override
    public void wake(io.godwit.message.Lane lane) {
      // it is only ever handed parcels
    }

    @Override
    public void dropAll() {
      delivered.clear();
    }
  }

  /** As a door does it: whoever takes the step commits it, else the door does. */
  private Future<Void> accept(Message m) {
    return Await.start(context, () -> {
      Step step = new Step().event(new Event.Accepted(m, queue.now())).put(Parcel.of(queue.newId(), Parcel.ROUTE, Lane.BULK, queue.now(), 0, List.of(m)));
      Future<Void> absorbed = queue.absorb(step);
      return absorbed == null ? door.commit(step) : absorbed.recover(e -> door.commit(step));
    });
  }

  private List<String> types(Message m) {
    return one.await(() -> Trail.of(one.vertx.getOrCreateContext(), one.sets.control(), m.id())).stream().map(Event::type).toList();
  }

  private void buried(int life) {
    one.declareDead(life);
    Await.until("it has found itself dead and begun anew", () -> gateway.sets.control().incarnation().number() > life);
  }

  private int life() {
    return gateway.sets.control().incarnation().number();
  }

  /** What another process finds in the link's queue, sooner or later, until it has found the message. */
  private List<String> takenOver(Message m) {
    List<String> ids = new ArrayList<>();
    Await.until("another process has the message", () -> {
      for (Parcel parcel : one.await(() -> one.node.queue(0).claim(LINK, 10, 1))) parcel.messages().forEach(each -> ids.add(each.id()));
      return ids.contains(m.id());
    });
    return ids;
  }

  @Test
  void aMessageWhoseProcessIsDeclaredDeadBeforeTheCommitIsAcceptedAndLeftToOthers() {
    Message m = gateway.message("demo", "+4917012345679");
    Gate.Stop commit = gate.before("commitTransaction", null);
    Future<Void> accepted = accept(m);
    commit.reached();
    buried(life());
    commit.pass();
    Await.await(accepted);
    assertEquals(List.of("ACCEPTED", "ROUTED"), types(m));
    assertEquals(1, link.withdrawn.size(), "the link of the process that was buried did not get it");
    assertFalse(link.delivered.stream().anyMatch(parcel -> parcel.position(m.id()) >= 0));
    assertEquals(1, takenOver(m).stream().filter(m.id()::equals).count());
  }

  @Test
  void aMessageWhoseProcessDiesBeforeTheCommitWasNeverAccepted() {
    Message m = gateway.message("demo", "+4917012345679");
    Gate.Stop commit = gate.before("commitTransaction", null);
    Future<Void> accepted = accept(m);
    commit.reached();
    gate.cut();
    assertFalse(accepted.isComplete());
    assertEquals(List.of(), types(m));
    assertEquals(null, one.await(() -> one.node.queue(0).holding(one.vertx.getOrCreateContext(), m.id())));
  }

  @Test
  void aMessageWhoseProcessDiesBeforeItKnowsOfTheCommitIsTakenOver() {
    Message m = gateway.message("demo", "+4917012345679");
    Gate.Stop answer = gate.after("commitTransaction", null);
    Future<Void> accepted = accept(m);
    answer.reached();
    gate.cut();
    one.declareDead(life());
    assertEquals(1, takenOver(m).stream().filter(m.id()::equals).count());
    assertFalse(accepted.isComplete());
    assertEquals(List.of("ACCEPTED", "ROUTED"), types(m));
  }

  @Test
  void aMessageWhoseCommitAndSessionAreForgottenIsAcceptedOnce() {
    Message m = gateway.message("demo", "+4917012345679");
    Gate.Stop answer = gate.after("commitTransaction", null);
    long before = CommitSlot.ABORTED.get();
    Future<Void> accepted = accept(m);
    answer.reached();
    MongoCluster.shared().forgetTransactions();
    answer.lose();
    Await.await(accepted);
    assertTrue(CommitSlot.ABORTED.get() >= before + 2, "run again, found done, and found done still after a majority write");
    assertEquals(List.of("ACCEPTED", "ROUTED"), types(m));
    Await.until("it is handed over", () -> link.delivered.stream().anyMatch(parcel -> parcel.position(m.id()) >= 0));
    assertEquals(List.of(), link.withdrawn);
  }
}
