package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.smpp.BindType;
import io.godwit.testing.Alarm;
import io.godwit.testing.Await;
import io.godwit.testing.Mutants;
import io.godwit.testing.PduPeer;
import io.godwit.testing.PduStream;
import io.godwit.testing.PduStream.Frame;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/**
 * Mutated PDUs at the customers' server, before and after the bind: 10,000, or as many as {@code -Dgodwit.fuzz.pdus} says;
 * {@code -Dgodwit.fuzz.seed} repeats a run.
 */
class HostileCustomerTest {
  private static final int PDUS = Integer.getInteger("godwit.fuzz.pdus", 10_000);
  private static final long SEED = Long.getLong("godwit.fuzz.seed", System.nanoTime() & 0xFFFFFF);
  private static final int BURST = 100;
  private static final int UNBIND = 6;
  private static final int INVBNDSTS = 4;
  private static final Set<Integer> BINDS = Set.of(1, 2, 9);
  /** A wrong password is answered late, and so are the next from that address: the well-behaved customer comes from another. */
  private static final NetClientOptions FROM_ELSEWHERE = new NetClientOptions().setLocalAddress("127.0.0.2");

  private final Mutants mutants = Mutants.ofACustomer(SEED);
  private final Set<String> accepted = new HashSet<>();
  private SmppDoor door;
  private NetClient net;
  private Client bystander;
  /** PDUs that the server had to read: what follows a wrong length is not counted. */
  private int read;
  private long slowest;

  @Test
  void mutatedPdusHarmNobodyAndEachIsAnsweredAsItShouldBe() {
    System.out.println("fuzz: " + PDUS + " PDUs at the customers' server, -Dgodwit.fuzz.seed=" + SEED);
    try (Alarm alarm = new Alarm()) {
      door = new SmppDoor();
      net = door.node.vertx.createNetClient(FROM_ELSEWHERE);
      bystander = door.client("demo2", BindType.TRX);
      PduPeer peer = bound();
      for (int burst = 0; read < PDUS; burst++) {
        if (peer.isClosed()) peer = bound();
        boundBurst(peer);
        if (burst % 5 == 0) unboundBurst();
        if (burst % 10 == 0) askBesides();
      }
      peer.close();
      assertEquals(Set.of(), lost(), "accepted and not stored");
      assertTrue(accepted.size() > PDUS / 200, "of " + PDUS + " PDUs some are fit to be accepted: " + accepted.size());
      askBesides();
      door.close();
      alarm.assertSilent();
      System.out.println("fuzz: " + accepted.size() + " accepted, the well-behaved customer waited " + slowest + " ms at most");
    } catch (AssertionError e) {
      throw new AssertionError("-Dgodwit.fuzz.seed=" + SEED + ": " + e.getMessage(), e);
    }
  }

  private PduPeer connected() {
    return Await.await(net.connect(door.port("smpp"), "127.0.0.1").map(socket -> new PduPeer(socket, request -> { })));
  }

  private PduPeer bound() {
    PduPeer peer = connected();
    byte[] body = "demo\0secret\0\0\64\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    List<Frame> answers = peer.converse(PduStream.of(PduPeer.pdu(9, 0, 1, body)), mutants, Set.of());
    assertEquals(0, answers.get(0).status(), "bound");
    return peer;
  }

  private void unboundBurst() {
    PduPeer stranger = connected();
    PduStream stream = mutants.stream(BURST / 10);
    read += stream.frames().size();
    boolean binds = stream.frames().stream().anyMatch(frame -> BINDS.contains(frame.command()));
    Set<Integer> mayEnd = new HashSet<>(BINDS);
    mayEnd.add(UNBIND);
    for (Frame answer : stranger.converse(stream, mutants, mayEnd)) {
      keep(answer);
      if (!binds && answer.command() != 0x80000000 && answer.command() != 0x80000015 && answer.command() != 0x80000006) assertEquals(INVBNDSTS, answer.status(), answer.toString());
    }
    stranger.close();
  }

  private void boundBurst(PduPeer peer) {
    PduStream stream = mutants.stream(BURST);
    read += stream.frames().size();
    boolean unbinds = stream.frames().stream().anyMatch(frame -> frame.command() == UNBIND);
    for (Frame answer : peer.converse(stream, mutants, Set.of(UNBIND))) {
      keep(answer);
      if (!unbinds) expectOfABoundSession(answer);
    }
  }

  /** It is not bound again, and takes no deliver_sm. */
  private static void expectOfABoundSession(Frame answer) {
    int command = answer.command() & 0x7FFFFFFF;
    if (answer.command() != 0x80000000 && BINDS.contains(command)) assertEquals(5, answer.status(), answer.toString());
    if (command == 5) assertEquals(INVBNDSTS, answer.status(), answer.toString());
    if (command == 0x15) assertEquals(0, answer.status(), answer.toString());
  }

  private void keep(Frame answer) {
    boolean submit = answer.command() == 0x80000004 || answer.command() == 0x80000103 || answer.command() == 0x80000021;
    if (!submit || answer.status() != 0) return;
    Buffer body = answer.whole().getBuffer(16, answer.whole().length());
    String id = body.toString(StandardCharsets.ISO_8859_1);
    accepted.add(id.substring(0, id.indexOf(0)));
  }

  private void askBesides() {
    long began = System.nanoTime();
    accepted.add(bystander.submit(Client.sms("I am well")));
    slowest = Math.max(slowest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
  }

  /** Of what was accepted, what has no event; a submit_multi is answered with the id of a batch. */
  private Set<String> lost() {
    Set<String> stored = new HashSet<>();
    for (Document parcel : door.parcels()) for (Document message : parcel.getList("m", Document.class)) {
      stored.add(message.getString("_id"));
      Document origin = message.get("o", Document.class);
      if (origin != null) stored.add(origin.getString("batch"));
    }
    Set<String> lost = new HashSet<>(accepted);
    lost.removeAll(stored);
    lost.removeIf(id -> !door.trail(id).isEmpty());
    return lost;
  }
}
