package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Mutated PDUs at the customers' server, before and after the bind: 10,000, or as many as {@code -Dgodwit.fuzz.pdus} says;
 * {@code -Dgodwit.fuzz.seed} repeats a run.
 */
class HostileCustomerTest {
  private static final int PDUS = Integer.getInteger("godwit.fuzz.pdus", 10_000);
  private static final long SEED = Long.getLong("godwit.fuzz.seed", System.nanoTime() & 0xFFFFFF);
  private static final int BURST = 100;
  private static final Set<Integer> UNBIND = Set.of(SmppConstants.CMD_ID_UNBIND);
  private static final Set<Integer> BINDS = Set.of(SmppConstants.CMD_ID_BIND_RECEIVER, SmppConstants.CMD_ID_BIND_TRANSMITTER, SmppConstants.CMD_ID_BIND_TRANSCEIVER);
  private static final Set<Integer> BINDS_AND_UNBIND = Stream.concat(BINDS.stream(), UNBIND.stream()).collect(Collectors.toSet());
  private static final Set<Integer> SUBMITS = Set.of(SmppConstants.CMD_ID_SUBMIT_SM, SmppConstants.CMD_ID_DATA_SM, SmppConstants.CMD_ID_SUBMIT_MULTI);
  private static final Set<Integer> SUBMIT_RESPS = Set.of(SmppConstants.CMD_ID_SUBMIT_SM_RESP, SmppConstants.CMD_ID_DATA_SM_RESP, 0x80000021);
  /** Of what the room's table has, what can be the matter with a submit of an account without limits. */
  private static final Set<Integer> REFUSALS = Set.of(SmppConstants.STATUS_INVDSTADR, SmppConstants.STATUS_INVSRCADR, SmppConstants.STATUS_INVMSGLEN, Statuses.INVALID_DATA_CODING,
    SmppConstants.STATUS_INVESMCLASS, SmppConstants.STATUS_INVSCHED, SmppConstants.STATUS_INVEXPIRY, SmppConstants.STATUS_INVPRTFLG, SmppConstants.STATUS_INVREPFLAG,
    SmppConstants.STATUS_INVDFTMSGID, SmppConstants.STATUS_OPTPARNOTALLWD, SmppConstants.STATUS_SUBMITFAIL);
  private static final Set<Integer> REFUSALS_OF_MULTI = Set.of(SmppConstants.STATUS_INVNUMDESTS, SmppConstants.STATUS_INVDLNAME);
  /** No store can take it now: on a slow machine, now and then. */
  private static final int COME_BACK = SmppConstants.STATUS_X_T_APPN;

  private final Mutants mutants = Mutants.ofACustomer(SEED);
  private final Set<String> accepted = new HashSet<>();
  private SmppDoor door;
  /** A wrong password is answered late, and so are the next from that address: guessers have one of their own. */
  private NetClient guessers;
  private NetClient knowers;
  private Client bystander;
  /** PDUs that the server had to read: what follows a wrong length is not counted. */
  private int read;
  private int comeBack;
  private long slowest;

  @Test
  void mutatedPdusHarmNobodyAndEachIsAnsweredAsItShouldBe() {
    System.out.println("fuzz: " + PDUS + " PDUs at the customers' server, -Dgodwit.fuzz.seed=" + SEED);
    try (Alarm alarm = new Alarm()) {
      door = new SmppDoor();
      guessers = door.node.vertx.createNetClient(new NetClientOptions().setLocalAddress("127.0.0.2"));
      knowers = door.node.vertx.createNetClient(new NetClientOptions().setLocalAddress("127.0.0.3"));
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
      assertTrue(comeBack <= PDUS / 100, "of " + PDUS + " PDUs " + comeBack + " were told to come back");
      askBesides();
      door.close();
      alarm.assertSilent();
      System.out.println("fuzz: " + accepted.size() + " accepted, the well-behaved customer waited " + slowest + " ms at most");
    } catch (AssertionError e) {
      throw new AssertionError("-Dgodwit.fuzz.seed=" + SEED + ": " + e.getMessage(), e);
    }
  }

  private PduPeer connected(NetClient net) {
    return Await.await(net.connect(door.port("smpp"), "127.0.0.1").map(socket -> new PduPeer(socket, request -> { })));
  }

  private PduPeer bound() {
    PduPeer peer = connected(knowers);
    byte[] body = "demo\0secret\0\0\64\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    List<Frame> answers = peer.converse(PduStream.of(PduPeer.pdu(SmppConstants.CMD_ID_BIND_TRANSCEIVER, 0, 1, body)), mutants, Set.of(), this::unboundStatuses);
    assertEquals(0, answers.get(0).status(), "bound");
    return peer;
  }

  private void unboundBurst() {
    PduPeer stranger = connected(guessers);
    PduStream stream = mutants.stream(BURST / 10, BINDS_AND_UNBIND);
    read += stream.frames().size();
    stranger.converse(stream, mutants, BINDS_AND_UNBIND, this::unboundStatuses).forEach(this::keep);
    stranger.close();
  }

  private void boundBurst(PduPeer peer) {
    PduStream stream = mutants.stream(BURST, UNBIND);
    read += stream.frames().size();
    peer.converse(stream, mutants, UNBIND, this::boundStatuses).forEach(this::keep);
  }

  // ---- what is answered

  /** From the end of its unbind on a session takes nothing. */
  private Set<Integer> boundStatuses(Frame request, Set<Integer> before) {
    int command = request.command();
    Set<Integer> statuses = new HashSet<>(intactStatuses(command));
    if (SUBMITS.contains(command) && !mutants.isIntact(request)) statuses.addAll(REFUSALS);
    if (command == SmppConstants.CMD_ID_SUBMIT_MULTI && !mutants.isIntact(request)) statuses.addAll(REFUSALS_OF_MULTI);
    if (before.contains(SmppConstants.CMD_ID_UNBIND)) statuses.add(SmppConstants.STATUS_INVBNDSTS);
    return statuses;
  }

  /** To what is intact, on a bound session. Nobody has a message of the ids in there; more look-ups at once than an account may have are throttled. */
  private static Set<Integer> intactStatuses(int command) {
    return switch (command) {
      case SmppConstants.CMD_ID_SUBMIT_SM, SmppConstants.CMD_ID_DATA_SM, SmppConstants.CMD_ID_SUBMIT_MULTI -> Set.of(SmppConstants.STATUS_OK, COME_BACK);
      case SmppConstants.CMD_ID_QUERY_SM -> Set.of(SmppConstants.STATUS_QUERYFAIL, SmppConstants.STATUS_THROTTLED, COME_BACK);
      case SmppConstants.CMD_ID_CANCEL_SM -> Set.of(SmppConstants.STATUS_INVMSGID, SmppConstants.STATUS_THROTTLED, COME_BACK);
      case SmppConstants.CMD_ID_REPLACE_SM -> Set.of(SmppConstants.STATUS_REPLACEFAIL);
      case SmppConstants.CMD_ID_DELIVER_SM -> Set.of(SmppConstants.STATUS_INVBNDSTS);
      case SmppConstants.CMD_ID_BIND_RECEIVER, SmppConstants.CMD_ID_BIND_TRANSMITTER, SmppConstants.CMD_ID_BIND_TRANSCEIVER -> Set.of(SmppConstants.STATUS_ALYBND);
      default -> Set.of(SmppConstants.STATUS_OK); // unbind, enquire_link
    };
  }

  /** Before the bind, and behind one that may be good. */
  private Set<Integer> unboundStatuses(Frame request, Set<Integer> before) {
    int command = request.command();
    if (command == SmppConstants.CMD_ID_UNBIND || command == SmppConstants.CMD_ID_ENQUIRE_LINK) return Set.of(SmppConstants.STATUS_OK);
    boolean mayBeBound = before.stream().anyMatch(BINDS::contains);
    Set<Integer> statuses = new HashSet<>();
    if (BINDS.contains(command)) statuses.addAll(bindStatuses(mutants.isIntact(request)));
    if (mayBeBound) statuses.addAll(boundStatuses(request, before));
    if (!BINDS.contains(command) || before.stream().anyMatch(BINDS_AND_UNBIND::contains)) statuses.add(SmppConstants.STATUS_INVBNDSTS);
    return statuses;
  }

  /** The account may have all its binds, if the server has not seen yet that others are gone; and a second look is too much from where somebody guesses. */
  private static Set<Integer> bindStatuses(boolean isIntact) {
    Set<Integer> statuses = new HashSet<>(Set.of(SmppConstants.STATUS_OK, SmppConstants.STATUS_ALYBND, SmppConstants.STATUS_BINDFAIL));
    if (!isIntact) statuses.addAll(Set.of(SmppConstants.STATUS_INVSYSID, SmppConstants.STATUS_INVPASWD));
    return statuses;
  }

  // ---- what becomes of it

  private void keep(Frame answer) {
    if (answer.status() == COME_BACK) comeBack++;
    if (!SUBMIT_RESPS.contains(answer.command()) || answer.status() != 0) return;
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
    Set<String> lost = new HashSet<>(accepted);
    lost.removeAll(door.told());
    return lost;
  }
}
