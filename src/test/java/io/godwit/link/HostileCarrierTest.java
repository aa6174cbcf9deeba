package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.testing.Alarm;
import io.godwit.testing.Await;
import io.godwit.testing.Mutants;
import io.godwit.testing.PduPeer;
import io.godwit.testing.PduStream;
import io.godwit.testing.PduStream.Frame;
import io.godwit.testing.TestNode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Mutated PDUs from a carrier, between the submits of a link: 10,000, or as many as {@code -Dgodwit.fuzz.pdus} says; {@code -Dgodwit.fuzz.seed}
 * repeats a run.
 */
class HostileCarrierTest {
  private static final int PDUS = Integer.getInteger("godwit.fuzz.pdus", 10_000);
  private static final long SEED = Long.getLong("godwit.fuzz.seed", System.nanoTime() & 0xFFFFFF);
  private static final int BURST = 100;
  /** A carrier that breaks off again and again would be bound twice a minute. */
  private static final Pauses SHORT = new Pauses(50, 50, 30_000);
  private static final Set<Integer> UNBIND = Set.of(SmppConstants.CMD_ID_UNBIND);
  private static final Set<Integer> DELIVERIES = Set.of(SmppConstants.CMD_ID_DELIVER_SM_RESP, SmppConstants.CMD_ID_DATA_SM_RESP);

  private final Mutants mutants = Mutants.ofACarrier(SEED);
  private final List<Message> sent = new ArrayList<>();
  /** Connections whose bind was answered; the link makes a new one when one ends. */
  private final BlockingQueue<PduPeer> bound = new LinkedBlockingQueue<>();
  private TestNode test;
  private MessageQueue queue;
  private Slot slot;
  private long stored;
  /** What the carrier was told to deliver again. */
  private long comeBack;
  private long slowest;

  @Test
  void mutatedPdusHarmNoOtherLinkAndNothingIsLost() throws Exception {
    System.out.println("fuzz: " + PDUS + " PDUs at a link, -Dgodwit.fuzz.seed=" + SEED);
    try (Alarm alarm = new Alarm()) {
      test = TestNode.start(1);
      queue = test.node.queue(0);
      slot = test.await(() -> Future.succeededFuture(queue.openSlot("test")));
      test.vertx.setPeriodic(10, t -> test.clock.addAndGet(10));
      startLinks();
      PduPeer carrier = nextBound();
      for (int burst = 0, read = 0; read < PDUS; burst++) {
        if (burst % 20 == 0) {
          send("hostile", 5);
          throughTheOtherLink();
        }
        if (carrier.isClosed()) carrier = nextBound();
        PduStream stream = mutants.stream(BURST, UNBIND);
        carrier.converse(stream, mutants, UNBIND, this::statuses).stream().filter(answer -> DELIVERIES.contains(answer.command())).forEach(this::count);
        read += stream.frames().size();
      }
      assertTrue(stored > PDUS / 50, "of " + PDUS + " PDUs some are fit to be stored: " + stored);
      assertTrue(comeBack <= PDUS / 100, "of " + PDUS + " PDUs " + comeBack + " could not be stored at once");
      assertNothingIsLost();
      test.undeployAll();
      test.close();
      alarm.assertSilent();
      System.out.println("fuzz: " + stored + " deliver_sm and data_sm stored, " + sent.size() + " messages accounted for, the other link took " + slowest + " ms at most");
    } catch (AssertionError e) {
      throw new AssertionError("-Dgodwit.fuzz.seed=" + SEED + ": " + e.getMessage(), e);
    }
  }

  private Set<Integer> statuses(Frame request, Set<Integer> before) {
    Set<Integer> statuses = new HashSet<>(ofABoundLink(request.command()));
    if (before.contains(SmppConstants.CMD_ID_UNBIND)) statuses.add(SmppConstants.STATUS_INVBNDSTS);
    return statuses;
  }

  /** To what is spoilt as to what is not: whatever brings something is stored, and the rest is no carrier's to send. */
  private static Set<Integer> ofABoundLink(int command) {
    return switch (command) {
      case SmppConstants.CMD_ID_DELIVER_SM, SmppConstants.CMD_ID_DATA_SM -> Set.of(SmppConstants.STATUS_OK, SmppConstants.STATUS_X_T_APPN);
      case SmppConstants.CMD_ID_ENQUIRE_LINK, SmppConstants.CMD_ID_UNBIND -> Set.of(SmppConstants.STATUS_OK);
      case SmppConstants.CMD_ID_BIND_RECEIVER, SmppConstants.CMD_ID_BIND_TRANSMITTER, SmppConstants.CMD_ID_BIND_TRANSCEIVER -> Set.of(SmppConstants.STATUS_ALYBND);
      default -> Set.of(SmppConstants.STATUS_INVCMDID);
    };
  }

  private void count(Frame answer) {
    if (answer.status() == SmppConstants.STATUS_OK) stored++;
    if (answer.status() == SmppConstants.STATUS_X_T_APPN) comeBack++;
  }

  /** What the carrier hears of no answer for is not certain to be stored, and so may be there besides. */
  private void assertNothingIsLost() {
    long waiting = test.await(() -> queue.depths(test.vertx.getOrCreateContext())).stream()
      .filter(depth -> depth.queue().equals(Parcel.RECEIPTS) || depth.queue().equals(Parcel.INBOUND)).mapToLong(MessageQueue.Depth::messages).sum();
    if (waiting < stored) throw new AssertionError(stored + " deliver_sm and data_sm were answered with ESME_ROK, and " + waiting + " are stored");
    for (Message message : sent) Await.until(() -> "it is final or waits: " + events(message), 60, () -> isKept(message));
  }

  /** May be false in the moment in which it ends. */
  private boolean isKept(Message message) {
    return MessageState.of(events(message)).isFinal() || test.await(() -> queue.holding(test.vertx.getOrCreateContext(), message.id())) != null;
  }

  private List<Event> events(Message message) {
    return test.await(() -> Trail.of(test.vertx.getOrCreateContext(), test.sets.control(), message.id()));
  }

  // ---- two links

  private void startLinks() throws Exception {
    NetServer carrier = test.vertx.createNetServer().connectHandler(this::answerTheBind);
    Await.await(carrier.listen(0, "127.0.0.1"));
    Simulator simulator = test.await(() -> Simulator.start(test.vertx, SimulatorConfig.embedded(Profile.from(new JsonObject()))));
    link("hostile", carrier.actualPort());
    link("sim", simulator.port());
    test.await(() -> test.vertx.deployVerticle(() -> new LinkVerticle(test.node, SHORT), new DeploymentOptions()));
  }

  /** Without receipts from the simulator, which answers all: what was sent over it is final. */
  private void link(String id, int port) {
    boolean hostile = id.equals("hostile");
    test.put(LinkConfig.KIND, id, new JsonObject().put("host", "127.0.0.1").put("port", port).put("systemId", "godwit").put("responseTimeout", hostile ? 1_000 : 60_000)
      .put("unknownWait", 200).put("retryPause", 50).put("failoverAfter", 0).put("receipts", hostile));
  }

  private void answerTheBind(NetSocket socket) {
    AtomicReference<PduPeer> peer = new AtomicReference<>();
    peer.set(new PduPeer(socket, request -> {
      if (request.command() == 9) {
        peer.get().send(PduPeer.pdu(0x80000009, 0, request.sequence(), (byte) 'x', (byte) 0));
        bound.add(peer.get());
      } else if (request.command() == 4) {
        answerASubmit(peer.get(), request.sequence());
      } else if (request.command() == 6) {
        peer.get().send(PduPeer.pdu(0x80000006, 0, request.sequence()));
      }
    }));
  }

  /** With anything: an id, none, an error without a body, a generic_nack, another's command, or not at all. */
  private static void answerASubmit(PduPeer peer, int sequence) {
    switch (Math.floorMod(sequence, 6)) {
      case 0 -> peer.send(PduPeer.pdu(0x80000004, 0, sequence, (byte) 'c', (byte) '9', (byte) 0));
      case 1 -> peer.send(PduPeer.pdu(0x80000004, 0, sequence));
      case 2 -> peer.send(PduPeer.pdu(0x80000004, 0x14, sequence));
      case 3 -> peer.send(PduPeer.pdu(0x80000000, 3, sequence));
      case 4 -> peer.send(PduPeer.pdu(0x80000103, 0, sequence, (byte) 0xFF, (byte) 0x80));
      default -> { }
    }
  }

  private PduPeer nextBound() throws InterruptedException {
    PduPeer peer = bound.poll(30, TimeUnit.SECONDS);
    if (peer == null) throw new AssertionError("the link did not bind within 30 s");
    return peer;
  }

  // ---- messages

  private List<Message> send(String link, int count) {
    List<Message> messages = IntStream.range(0, count).mapToObj(i -> Message.accepted(queue.newId(), Lane.BULK, "demo", "Godwit", "+491701234567", "hello", Encoding.GSM7, 1,
      "DE", queue.now() + 3_600_000, Origin.NONE).withRoute(link, List.of())).toList();
    Step step = new Step();
    messages.forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    step.put(Parcel.of(queue.newId(), Parcel.link(link), Lane.BULK, queue.now(), 0, messages));
    test.await(() -> slot.commit(step));
    sent.addAll(messages);
    return messages;
  }

  private void throughTheOtherLink() {
    long began = System.nanoTime();
    Message message = send("sim", 1).get(0);
    Await.until("a message went over the other link", () -> MessageState.of(events(message)).isFinal());
    slowest = Math.max(slowest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    assertEquals(io.godwit.message.Status.SENT, MessageState.of(events(message)).status());
  }
}
