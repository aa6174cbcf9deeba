package io.godwit.testing;

import io.godwit.testing.PduStream.Frame;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One end of a connection that sends any octets and holds the other end to what SMPP says: each request that can be told from others is
 * answered once, by its own response with a status that the test allows or, where it is not intact or its command unknown, by a generic_nack with
 * the right status; and nothing else is. For a test's thread.
 */
public final class PduPeer {
  private static final Set<Integer> KNOWN = Set.of(1, 2, 3, 4, 5, Mutants.UNBIND, 7, 8, 9, Mutants.ENQUIRE_LINK, 0x21, 0x103);
  private static final int RESPONSE = 0x80000000;
  private static final int FENCE = 0x7FFF0000;
  private static final int INVCMDLEN = 2;
  private static final int INVCMDID = 3;

  /** With what the other end is to answer. */
  @FunctionalInterface
  public interface Manners {
    /**
     * The statuses that the response to a request of a known command may have.
     *
     * @param before the commands of what was sent before it in the same stream
     */
    Set<Integer> statuses(Frame request, Set<Integer> before);
  }

  /** A request, and what its answer may be. */
  private record Ask(Frame frame, boolean isIntact, Set<Integer> statuses) {
    boolean isKnown() {
      return KNOWN.contains(frame.command());
    }

    boolean isAnsweredBy(Frame answer) {
      boolean nack = answer.command() == Mutants.GENERIC_NACK;
      if (!isKnown()) return nack && answer.status() == INVCMDID;
      if (nack) return !isIntact && answer.status() == INVCMDLEN;
      return answer.command() == (frame.command() | RESPONSE) && statuses.contains(answer.status());
    }

    @Override
    public String toString() {
      String response = isKnown() ? "a response with one of " + new TreeSet<>(statuses).stream().map(status -> String.format("0x%02x", status)).toList() : "a generic_nack with 0x03";
      return (isIntact ? "intact " : "spoilt ") + frame + ", expected: " + response + (isKnown() && !isIntact ? ", or a generic_nack with 0x02" : "");
    }
  }

  private final NetSocket socket;
  private final Queue<Frame> answers = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;
  private volatile boolean fenced;
  private final Queue<Buffer> held = new ArrayDeque<>();
  private boolean conversing;

  /** @param requests is given the other end's own requests, on the socket's event loop */
  public PduPeer(NetSocket socket, Consumer<Frame> requests) {
    this.socket = socket;
    RecordParser parser = RecordParser.newFixed(4);
    Buffer[] length = {null};
    parser.handler(octets -> {
      if (length[0] == null) {
        length[0] = octets;
        parser.fixedSizeMode(octets.getInt(0) - 4);
      } else {
        Frame frame = Frame.of(Buffer.buffer().appendBuffer(length[0]).appendBuffer(octets));
        length[0] = null;
        parser.fixedSizeMode(4);
        if (frame.isRequest()) requests.accept(frame);
        else if (frame.sequence() == FENCE) fenced = true;
        else answers.add(frame);
      }
    });
    socket.handler(parser).closeHandler(v -> closed = true).exceptionHandler(e -> { });
  }

  public boolean isClosed() {
    return closed;
  }

  public void close() {
    closed = true;
    socket.close();
  }

  /** A header and whatever body. */
  public static Buffer pdu(int command, int status, int sequence, byte... body) {
    return Buffer.buffer().appendInt(16 + body.length).appendInt(command).appendInt(status).appendInt(sequence).appendBytes(body);
  }

  /** While a stream is on its way it waits: it would stand in the midst of a PDU. */
  public synchronized void send(Buffer octets) {
    if (conversing) held.add(octets);
    else socket.write(octets);
  }

  private synchronized void conversing(boolean now) {
    conversing = now;
    for (Buffer octets = held.poll(); octets != null; octets = held.poll()) socket.write(octets);
  }

  /**
   * Sends the stream, cut anywhere, and an enquire_link behind it; returns the answers when all have come or the connection is closed.
   *
   * @param mayEnd commands after which the other end may hang up; then this end does, too
   */
  public List<Frame> converse(PduStream stream, Mutants mutants, Set<Integer> mayEnd, Manners manners) {
    answers.clear();
    fenced = false;
    boolean ending = stream.ends() || stream.frames().stream().anyMatch(frame -> mayEnd.contains(frame.command()));
    Map<Integer, List<Ask>> requests = requests(stream, mutants, manners);
    int expected = requests.values().stream().mapToInt(List::size).sum();
    conversing(true);
    sendInPieces(stream.octets().copy().appendBuffer(pdu(Mutants.ENQUIRE_LINK, 0, FENCE)), mutants);
    Await.until(() -> expected + " answers, of which came " + answers.size() + ", fenced " + fenced + " " + stream.ends() + "; not to " + missing(requests), 30,
      () -> closed || !stream.ends() && fenced && (ending || answers.size() >= expected));
    conversing(false);
    if (closed && !ending) throw new AssertionError("the connection was closed after " + stream.frames());
    List<Frame> came = new ArrayList<>(answers);
    if (stream.ends()) came.removeIf(PduPeer::saysThatTheLengthIsWrong);
    came.stream().collect(Collectors.groupingBy(Frame::sequence)).forEach((sequence, said) -> {
      try {
        check(requests.getOrDefault(sequence, List.of()), said);
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "; " + where(stream, sequence) + "; the answers: " + came, e);
      }
    });
    if (ending) close();
    if (!ending && came.size() != expected) throw new AssertionError(came.size() + " answers instead of " + expected);
    return came;
  }

  /** Where in what was sent a sequence_number of an answer stands. */
  private static String where(PduStream stream, int sequence) {
    String octets = HexFormat.of().formatHex(stream.octets().getBytes());
    int at = octets.indexOf(String.format("%08x", sequence));
    List<Frame> last = stream.frames().subList(Math.max(0, stream.frames().size() - 2), stream.frames().size());
    return stream.frames().size() + " PDUs, " + octets.length() / 2 + " octets, the last PDUs " + last + (stream.ends() ? ", then a wrong length" : "")
      + (at < 0 ? "" : "; octet " + at / 2 + " of it, behind " + octets.substring(Math.max(0, at - 160), at));
  }

  private static Map<Integer, List<Ask>> requests(PduStream stream, Mutants mutants, Manners manners) {
    Map<Integer, List<Ask>> requests = new HashMap<>();
    Set<Integer> before = new HashSet<>();
    for (Frame frame : stream.frames()) {
      Set<Integer> statuses = KNOWN.contains(frame.command()) ? manners.statuses(frame, before) : Set.of();
      if (isAnswered(frame)) requests.computeIfAbsent(frame.sequence(), s -> new ArrayList<>()).add(new Ask(frame, mutants.isIntact(frame), statuses));
      before.add(frame.command());
    }
    return requests;
  }

  /** alert_notification is the only request without an answer. */
  private static boolean isAnswered(Frame frame) {
    return frame.isRequest() && frame.command() != Mutants.ALERT_NOTIFICATION;
  }

  /** The last word to a length that no PDU has; it may be lost with the connection. */
  private static boolean saysThatTheLengthIsWrong(Frame answer) {
    return answer.command() == Mutants.GENERIC_NACK && answer.status() == INVCMDLEN && answer.sequence() == 0;
  }

  private void sendInPieces(Buffer octets, Mutants mutants) {
    for (int at = 0; at < octets.length() && !closed;) {
      int end = Math.min(octets.length(), at + 1 + mutants.below(mutants.below(4) == 0 ? 20 : 8_000));
      socket.write(octets.getBuffer(at, end));
      at = end;
    }
  }

  private String missing(Map<Integer, List<Ask>> requests) {
    Set<Integer> left = new HashSet<>(requests.keySet());
    answers.forEach(answer -> left.remove(answer.sequence()));
    return left.stream().flatMap(sequence -> requests.get(sequence).stream()).limit(5).toList().toString();
  }

  private static void check(List<Ask> asked, List<Frame> said) {
    if (said.size() > asked.size()) throw new AssertionError("answered more often than asked: " + asked + " with " + said);
    for (Frame answer : said) {
      if (asked.stream().anyMatch(ask -> ask.isAnsweredBy(answer))) continue;
      throw new AssertionError(String.format("wrong answer, command 0x%08x with status 0x%02x, to %s; all that was said: %s", answer.command(), answer.status(), asked, said));
    }
  }
}
