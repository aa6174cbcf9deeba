package io.godwit.message;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * How a link's carrier wants texts.
 *
 * <p>The segments of a message are fixed, and priced, when it is accepted. A form that would need more of them does not carry the message: routing
 * passes over a link with such a form, and a link that meets such a message all the same, since its form was changed meanwhile, refuses it.
 *
 * @param alphabet what the carrier reads data_coding 0 as
 * @param latin1 whether a text that the default alphabet lacks and Latin-1 has goes as data_coding 3 instead of UCS-2
 * @param concat how the segments of a long message are tied together
 */
public record TextForm(Alphabet alphabet, boolean latin1, Concat concat) {
  /** GSM 03.38 unpacked, or UCS-2, with user data headers of 8-bit references: the way in which messages are counted. */
  public static final TextForm DEFAULT = new TextForm(Alphabet.GSM7, false, Concat.UDH8);

  /** Turns a data_coding without message class into one of class 0; what was the carrier's default alphabet is GSM 7 bit then (3GPP TS 23.038 §4). */
  private static final int CLASS_ZERO = 0x10;

  /**
   * What goes to the carrier.
   *
   * @param requests the {@code short_message} or {@code message_payload} of each submit_sm, its user data header in front if there is one
   * @param dataCoding of all of them
   * @param hasHeader whether there is a user data header
   * @param isSar whether they are to be tied together by TLVs
   * @param segmentsEach how many segments on the air each request makes
   */
  public record Written(List<byte[]> requests, int dataCoding, boolean hasHeader, boolean isSar, int segmentsEach) { }

  /** One way to write a text: as {@code data_coding} 0, or by an encoding of its own. */
  private record Way(Encoding cut, Alphabet alphabet, boolean flash) {
    int dataCoding() {
      return (alphabet == null ? cut.dataCoding() : 0) | (flash ? CLASS_ZERO : 0);
    }

    byte[] encode(String text, int headerOctets) {
      return alphabet == null ? Text.encode(text, cut) : alphabet.encode(text, headerOctets);
    }
  }

  /** Whether the message can go in this form without more segments than it has. */
  public boolean carries(Message m) {
    boolean asCounted = concat != Concat.UDH16 && (m.encoding() == Encoding.UCS2 || m.encoding() == Encoding.BINARY || alphabet == Alphabet.GSM7 || alphabet == Alphabet.GSM7_PACKED);
    return asCounted || way(m) != null;
  }

  /**
   * The message as it goes to the carrier; null when this form does not carry it.
   *
   * @param ref ties segments together
   * @throws IllegalArgumentException for more than 255 segments
   */
  public Written write(Message m, int ref) {
    Way way = way(m);
    if (way == null) return null;
    if (header(m) != null) return new Written(List.of(behind(header(m), way, m.text())), way.dataCoding(), true, false, 1);
    List<String> pieces = Text.pieces(m.text(), way.cut, concat);
    if (pieces.size() == 1) return new Written(List.of(way.encode(m.text(), 0)), way.dataCoding(), false, false, 1);
    if (concat == Concat.PAYLOAD) return new Written(List.of(way.encode(m.text(), 0)), way.dataCoding(), false, false, pieces.size());
    List<byte[]> requests = new ArrayList<>();
    for (String piece : pieces) {
      byte[] header = new byte[concat.payloadOctets()];
      concat.writeHeader(header, ref, pieces.size(), requests.size() + 1);
      requests.add(behind(header, way, piece));
    }
    return new Written(requests, way.dataCoding(), concat != Concat.SAR, concat == Concat.SAR, 1);
  }

  private static byte[] behind(byte[] header, Way way, String text) {
    byte[] octets = way.encode(text, header.length);
    byte[] all = Arrays.copyOf(header, header.length + octets.length);
    System.arraycopy(octets, 0, all, header.length, octets.length);
    return all;
  }

  /** A segment that the customer cut himself travels with his own header; null for all others. */
  private static byte[] header(Message m) {
    SmppOrigin smpp = m.origin().smpp();
    return smpp == null || smpp.header() == null ? null : HexFormat.of().parseHex(smpp.header());
  }

  /** The first that has all characters and needs no more segments than were counted. */
  private Way way(Message m) {
    return ways(m).stream().filter(way -> isWithin(m, way)).findFirst().orElse(null);
  }

  private boolean isWithin(Message m, Way way) {
    byte[] header = header(m);
    Text.Analysis analysis = Text.measure(m.text(), way.cut, concat);
    return header == null ? analysis.segments() <= m.segments() : analysis.units() <= way.cut.unitsBehind(header.length);
  }

  /** A text that GSM 7 bit has, and that goes as UCS-2, is one for which the customer wanted that. */
  private List<Way> ways(Message m) {
    boolean flash = m.origin().flash();
    if (m.encoding() == Encoding.BINARY) return List.of(new Way(Encoding.BINARY, null, flash));
    List<Way> ways = new ArrayList<>(3);
    boolean gsm = m.encoding() == Encoding.GSM7;
    Alphabet zero = flash && alphabet != Alphabet.GSM7_PACKED ? Alphabet.GSM7 : alphabet;
    if (gsm && zero.carries(m.text())) ways.add(new Way(Encoding.GSM7, zero, flash));
    if (latin1 && !flash && (gsm || GsmAlphabet.firstMissing(m.text()) >= 0) && Text.firstMissing(m.text(), Encoding.LATIN1) < 0) ways.add(new Way(Encoding.LATIN1, null, false));
    ways.add(new Way(Encoding.UCS2, null, flash));
    return ways;
  }
}
