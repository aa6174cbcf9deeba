package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import com.mongodb.client.model.Filters;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.smpp.SmppSession;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One link of two binds, and two processes. */
class SpreadBindsTest {
  private static final int RATE = 80;

  private final LinkStand stand = new LinkStand();
  private final TestNode one = stand.test;
  private final TestNode other = one.another();
  /** Runs no link: what it accepts is in the store, for whoever is first. */
  private final TestNode door = one.another();
  private final MessageQueue queue = door.node.queue(0);
  private final Slot slot = door.await(() -> Future.succeededFuture(queue.openSlot("test")));
  private String deployed;

  @AfterEach
  void close() {
    other.undeployAll();
    other.close();
    door.close();
    stand.close();
  }

  private void startTheOther() {
    deployed = start(other, Pauses.DEFAULT);
  }

  private static String start(TestNode process, Pauses pauses) {
    return process.await(() -> process.vertx.deployVerticle(() -> new LinkVerticle(process.node, pauses), new DeploymentOptions()));
  }

  private void stopTheOther() {
    other.await(() -> other.vertx.undeploy(deployed));
  }

  /** How many seats that process holds and how many sessions it says that it has. */
  private String standing(TestNode process) {
    int holder = process.sets.control().incarnation().number();
    List<Document> seats = one.await(() -> Mongo.all(one.vertx.getOrCreateContext(), one.sets.control().db().getCollection(Seats.COLLECTION).find(Filters.eq("holder", holder))));
    Set<Integer> bound = seats.stream().map(seat -> seat.get("told", new Document("bound", 0)).getInteger("bound")).collect(Collectors.toSet());
    return seats.size() + " held, bound " + bound;
  }

  private void untilSpread(int here, int there) {
    List<String> wanted = IntStream.of(here, there).mapToObj(n -> n + " held, bound " + (n == 0 ? "[]" : "[" + n + "]")).toList();
    Await.until(() -> wanted + ", is " + standing(one) + " and " + standing(other), 60, () -> wanted.equals(List.of(standing(one), standing(other))));
  }

  /** In parcels of ten, of which a process takes a few at a time. */
  private List<Message> send(int messages) {
    List<Message> all = IntStream.range(0, messages).mapToObj(i -> stand.routed("sim", "Hello " + i)).toList();
    Step step = new Step();
    all.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    for (int i = 0; i < messages; i += 10) step.put(Parcel.of(queue.newId(), Parcel.link("sim"), Lane.BULK, queue.now(), 0, all.subList(i, i + 10)));
    door.await(() -> slot.commit(step));
    return all;
  }

  private static boolean isSending(TestNode process) {
    return process.node.meters().scrape().lines().anyMatch(line -> line.startsWith("godwit_link_segments_per_second{link=\"sim\"}") && !line.endsWith(" 0.0"));
  }

  @Test
  void eachOfTwoProcessesHasOneBindAndSendsWithItsShareAndOneThatIsLeftAloneHasBoth() {
    Simulator carrier = one.await(() -> Simulator.start(one.vertx, SimulatorConfig.embedded(Profile.from(new JsonObject().put("receiptDelayMin", 20).put("receiptDelayMax", 20)))));
    stand.configure("sim", carrier.port(), new JsonObject().put("binds", 2).put("rate", RATE).put("receipts", false));
    stand.start();
    untilSpread(2, 0);
    startTheOther();
    untilSpread(1, 1);
    long began = System.nanoTime();
    List<Message> messages = new ArrayList<>(send(400));
    boolean[] sending = {false, false};
    Await.until("both have sent", () -> (sending[0] |= isSending(one)) & (sending[1] |= isSending(other)));
    Await.until("all are submitted", () -> carrier.log().count() == 400);
    long millis = (System.nanoTime() - began) / 1_000_000;
    assertTrue(millis >= 4_000, "400 segments at " + RATE + " a second of both together took " + millis + " ms");

    messages.addAll(send(100));
    stopTheOther();
    untilSpread(2, 0);
    messages.addAll(send(100));
    startTheOther();
    untilSpread(1, 1);
    messages.forEach(m -> assertEquals(Status.SENT, stand.untilFinal(m)));
    assertEquals(600, carrier.log().count(), "arrived, copies included");
    Await.until("no other sessions are left", () -> one.await(carrier::sessions).size() == 2);
  }

  @Test
  void aBindThatTheCarrierRefusesAnotherProcessForGoodComesBackAndStays() {
    RecordingCarrier carrier = RecordingCarrier.listen(one, new NetServerOptions());
    stand.configure("sim", carrier.port(), new JsonObject().put("binds", 2).put("receipts", false));
    stand.start();
    untilSpread(2, 0);
    carrier.bindStatus.add(SmppConstants.STATUS_INVSYSID);
    startTheOther();
    Await.until("the other has asked", carrier.bindStatus::isEmpty);
    untilSpread(2, 0);
    assertEquals(List.of("sim"), except(other));
    Await.until("both are bound", () -> carrier.sessions.size() == 2);
    stand.stopLink();
    untilSpread(0, 2);
  }

  @Test
  void aProcessStopsThoughItDoesNotReachTheControlSet() {
    try (Gate gate = new Gate(); TestNode cutOff = one.another(gate)) {
      String deployment = start(cutOff, Pauses.DEFAULT);
      gate.cut();
      try {
        cutOff.await(() -> cutOff.vertx.undeploy(deployment));
      } finally {
        gate.heal();
      }
    }
  }

  /** Ids of the links that it says it cannot bind. */
  private List<String> except(TestNode process) {
    int life = process.sets.control().incarnation().number();
    Document shown = Await.first(one.sets.control().db().getCollection("incarnations").find(Filters.eq("_id", life)));
    return shown.get("links", Document.class).getList("except", String.class);
  }

  @Test
  void afterAnOutageOfTheCarrierEachProcessHasItsBindAgainThoughOneIsBoundFirst() {
    RecordingCarrier carrier = RecordingCarrier.listen(one, new NetServerOptions());
    stand.configure("sim", carrier.port(), new JsonObject().put("binds", 2).put("receipts", false));
    Pauses pauses = new Pauses(50, 20_000, 100);
    start(one, pauses);
    untilSpread(2, 0);
    start(other, pauses);
    untilSpread(1, 1);
    carrier.bindStatus.addAll(Collections.nCopies(8, SmppConstants.STATUS_BINDFAIL));
    carrier.bindStatus.add(SmppConstants.STATUS_OK);
    carrier.bindStatus.addAll(Collections.nCopies(1_000, SmppConstants.STATUS_BINDFAIL));
    carrier.sessions.forEach(SmppSession::close);
    Await.until("one is bound again and the other was refused three times since", () -> carrier.bindStatus.size() <= 997);
    carrier.bindStatus.clear();
    untilSpread(1, 1);
    assertEquals(List.of(), except(one));
    assertEquals(List.of(), except(other));
  }
}
