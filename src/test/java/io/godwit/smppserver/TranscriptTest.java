package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.Pdu;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.transcoder.DefaultPduTranscoder;
import com.cloudhopper.smpp.transcoder.DefaultPduTranscoderContext;
import com.cloudhopper.smpp.type.Address;
import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The session that the room's package-info shows, octet by octet: it is what comes and goes on the wire. What went is in {@code target/transcript.txt}, ready to be
 * pasted there.
 */
class TranscriptTest {
  private static final Path PACKAGE_INFO = Path.of("src/main/java/io/godwit/smppserver/package-info.java");
  private static final Path WRITTEN = Path.of("target/transcript.txt");
  private static final String MARGIN = "\n *   ";
  /** As much of a line as ends at a space: of octets 48. */
  private static final Pattern LINE = Pattern.compile("(.{1,107})(?: |$)");
  /** Of a transcript on one line: offset, way, length, octets, words. */
  private static final Pattern PDU = Pattern.compile("(\\d+\\.\\d{3}) ([▶◀]) (\\d+) ((?:[0-9a-f]{2,8} )+)(.*?)(?= \\d+\\.\\d{3} [▶◀]|$)");

  private record Frame(long nanos, Buffer octets) { }

  private final SmppDoor door = new SmppDoor();
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
  private final StringBuilder transcript = new StringBuilder();
  private long began;
  /** Only referred to: one that nothing refers to is closed, and its connections with it. */
  private NetClient client;
  private NetSocket socket;

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void theSessionInThePackageInfoIsWhatIsOnTheWire() throws Exception {
    client = door.node.vertx.createNetClient();
    socket = Await.await(client.connect(door.port("smpp"), "127.0.0.1"));
    readFrames();
    send(9, 1, "demo\0secret\0\0\64\0\0\0");
    receive();
    send(4, 2, "\0\5\0Godwit\0\1\1" + "491701234567\0\0\0\0\0\0\1\0\0\0\5Hello");
    String id = ((SubmitSmResp) receive()).getMessageId();
    end(door.message(id));
    receive();
    send(0x80000005, 1, "\0");
    send(6, 3, "");
    receive();
    Files.createDirectories(WRITTEN.getParent());
    Files.writeString(WRITTEN, transcript.substring(1) + "\n");
    String instead = "the transcript of the package-info should be this one, as in " + WRITTEN + ":\n" + transcript + "\n";
    assertEquals(pdus(transcript.toString()), pdus(documented()), instead);
    List<Double> offsets = offsets(documented());
    assertEquals(offsets.stream().sorted().distinct().toList(), offsets, "its times are not those of a session; " + instead);
  }

  /** As if it had been sent over a link and delivered there. */
  private void end(Message accepted) {
    Message sent = accepted.next();
    door.commit(new Step().end(sent, new Event.Delivered(sent.id(), sent.n(), door.queue.now(), -1, null)));
  }

  // ---- the wire

  private void readFrames() {
    RecordParser parser = RecordParser.newFixed(4);
    Buffer[] length = {null};
    socket.handler(parser.handler(octets -> {
      if (length[0] == null) {
        length[0] = octets;
        parser.fixedSizeMode(octets.getInt(0) - 4);
      } else {
        frames.add(new Frame(System.nanoTime(), length[0].copy().appendBuffer(octets)));
        length[0] = null;
        parser.fixedSizeMode(4);
      }
    }));
  }

  private void send(int command, int sequence, String body) throws Exception {
    Buffer pdu = Buffer.buffer().appendInt(16 + body.length()).appendInt(command).appendInt(0).appendInt(sequence).appendBytes(body.getBytes(StandardCharsets.ISO_8859_1));
    long now = System.nanoTime();
    socket.write(pdu.copy());
    note('▶', now, pdu);
  }

  private Pdu receive() throws Exception {
    Frame frame = frames.poll(20, TimeUnit.SECONDS);
    if (frame == null) throw new AssertionError("nothing came within 20 s; so far " + transcript);
    note('◀', frame.nanos, frame.octets);
    return decoded(frame.octets);
  }

  /** As the package-info has it. */
  private void note(char way, long nanos, Buffer pdu) throws Exception {
    if (transcript.isEmpty()) began = nanos;
    String head = String.format(Locale.ROOT, "%8.3f %c %3d ", (nanos - began) / 1e6, way, pdu.length());
    String below = MARGIN + " ".repeat(head.length());
    String octets = HexFormat.of().formatHex(pdu.getBytes()).replaceAll("(.{8})(?=.)", "$1 ");
    transcript.append(MARGIN).append(head).append(wrapped(octets, below)).append(below).append(wrapped(described(decoded(pdu)), below));
  }

  private static String wrapped(String text, String below) {
    return LINE.matcher(text).results().map(line -> line.group(1)).collect(Collectors.joining(below));
  }

  private static Pdu decoded(Buffer frame) throws Exception {
    return new DefaultPduTranscoder(new DefaultPduTranscoderContext()).decode(Unpooled.wrappedBuffer(frame.getBytes()));
  }

  // ---- in the words of the package-info

  private static String described(Pdu pdu) {
    List<String> words = new ArrayList<>();
    if (pdu instanceof PduResponse) words.add(String.format("status 0x%02X", pdu.getCommandStatus()));
    if (pdu instanceof BaseBind<?> bind) words.add("system_id " + bind.getSystemId() + ", password " + bind.getPassword() + String.format(", interface_version 0x%02X", bind.getInterfaceVersion()));
    if (pdu instanceof BaseBindResp answer) words.add("system_id " + answer.getSystemId());
    if (pdu instanceof SubmitSmResp answer) words.add("message_id " + answer.getMessageId());
    if (pdu instanceof BaseSm<?> sm) words.add(message(sm));
    if (pdu.getOptionalParameters() != null) for (Tlv tlv : pdu.getOptionalParameters()) words.add(described(tlv));
    return pdu.getName() + " seq " + pdu.getSequenceNumber() + (words.isEmpty() ? "" : " " + String.join(", ", words));
  }

  private static String message(BaseSm<?> sm) {
    String source = "source " + address(sm.getSourceAddress());
    String dest = ", dest " + address(sm.getDestAddress());
    String text = ", short_message " + new String(sm.getShortMessage(), StandardCharsets.ISO_8859_1);
    if (sm instanceof DeliverSm) return String.format("esm_class 0x%02X, ", sm.getEsmClass()) + source + dest + text;
    return source + dest + ", data_coding " + sm.getDataCoding() + ", registered_delivery " + sm.getRegisteredDelivery() + text;
  }

  private static String address(Address address) {
    return address.getTon() + "/" + address.getNpi() + " " + address.getAddress();
  }

  private static String described(Tlv tlv) {
    return switch (tlv.getTag() & 0xFFFF) {
      case 0x210 -> String.format("TLV sc_interface_version 0x%02X", tlv.getValue()[0]);
      case 0x1E -> "TLV receipted_message_id " + new String(tlv.getValue(), StandardCharsets.ISO_8859_1).replace("\0", "");
      case 0x427 -> "TLV message_state " + tlv.getValue()[0];
      default -> String.format("TLV 0x%04X", tlv.getTag());
    };
  }

  // ---- comparing

  private static String documented() throws Exception {
    return Files.readString(PACKAGE_INFO).split("<h2>Transcript</h2>", 2)[1].split("<pre>", 2)[1].split("</pre>", 2)[0];
  }

  private static Stream<MatchResult> found(String transcript) {
    return PDU.matcher(transcript.replaceAll("(?m)^ \\*", "").replaceAll("\\s+", " ").strip()).results();
  }

  private static List<Double> offsets(String transcript) {
    return found(transcript).map(pdu -> Double.valueOf(pdu.group(1))).toList();
  }

  /** One string each; what differs from session to session is masked. */
  private static List<String> pdus(String transcript) {
    return found(transcript).map(pdu -> pdu.group(2) + " " + pdu.group(3) + " " + readable(pdu.group(4)) + " " + masked(pdu.group(5))).toList();
  }

  private static String readable(String hex) {
    String octets = new String(HexFormat.of().parseHex(hex.replace(" ", "")), StandardCharsets.ISO_8859_1);
    return masked(octets).chars().mapToObj(c -> c >= ' ' && c <= '~' ? String.valueOf((char) c) : String.format("<%02x>", c)).collect(Collectors.joining());
  }

  private static String masked(String text) {
    return text.replaceAll("[0-9A-Z]{26}", "ID").replaceAll("date:\\d{10}", "date:DATE");
  }
}
