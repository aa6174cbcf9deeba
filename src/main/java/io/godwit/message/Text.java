package io.godwit.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Text of short messages: the encoding it needs, the segments it makes, and the octets that carry them (3GPP TS 23.038, TS 23.040).
 *
 * <p>Positions and lengths of text are Java chars, that is UTF-16 code units; what an {@link Encoding} counts are its units. A segment never
 * ends between an escape and its septet nor inside a surrogate pair, so that it may be one unit shorter than there is room for. Everything
 * here is a pure function, for any thread.
 */
public final class Text {
  /** A header has one octet for the number of segments (3GPP TS 23.040 §9.2.3.24.1). What customers may send is far below. */
  private static final int MAX_SEGMENTS = 255;

  private Text() {
  }

  /** What {@link #analyse} found: how the text will travel, or why it cannot. */
  public sealed interface Result permits Analysis, Unrepresentable { }

  /**
   * How a text travels.
   *
   * @param text as it will be sent, after transliteration
   * @param segments short messages on the air, at least 1, also for an empty text
   * @param units of the whole text, escapes included: septets, octets or UCS-2 code units
   * @param unitsLeftInLastSegment room that is left before one more segment is needed
   */
  public record Analysis(String text, Encoding encoding, int segments, int units, int unitsLeftInLastSegment) implements Result { }

  /**
   * GSM 7 bit was asked for and the alphabet lacks a character.
   *
   * @param index of the first such character (that cannot be transliterated either) in the text as it was given, in chars
   * @param character that character, a whole code point
   */
  public record Unrepresentable(int index, String character) implements Result { }

  /** Chooses the encoding, with segments tied together by {@link Concat#UDH8}, which is also what customers are billed by. */
  public static Result analyse(String text, EncodingChoice choice, boolean transliterate) {
    return analyse(text, choice, transliterate, Concat.UDH8);
  }

  /**
   * Chooses the encoding: what is forced, or GSM 7 bit if that carries the whole text, and UCS-2 if not.
   *
   * <p>Transliteration is only done where it saves something: a text that stays outside the GSM alphabet all the same (Cyrillic, emoji) goes
   * as it is, typographic quotes included, and so does every text for which UCS-2 is forced.
   */
  public static Result analyse(String text, EncodingChoice choice, boolean transliterate, Concat concat) {
    if (choice == EncodingChoice.UCS2 || choice == EncodingChoice.BINARY) {
      return measure(text, choice == EncodingChoice.UCS2 ? Encoding.UCS2 : Encoding.BINARY, concat);
    }
    if (GsmAlphabet.firstMissing(text) < 0) {
      return measure(text, Encoding.GSM7, concat);
    }
    int missing = transliterate ? Transliteration.firstMissing(text) : GsmAlphabet.firstMissing(text);
    if (missing < 0) {
      return measure(Transliteration.toGsm(text), Encoding.GSM7, concat);
    }
    return choice == EncodingChoice.AUTO
        ? measure(text, Encoding.UCS2, concat)
        : new Unrepresentable(missing, Character.toString(text.codePointAt(missing)));
  }

  /** The count for an encoding that is already settled, for instance by a link that wants Latin-1; characters it lacks count as '?'. */
  public static Analysis measure(String text, Encoding encoding, Concat concat) {
    int units = units(text, 0, text.length(), encoding);
    if (units <= encoding.unitsAlone()) {
      return new Analysis(text, encoding, 1, units, encoding.unitsAlone() - units);
    }
    int room = encoding.unitsConcatenated(concat);
    int segments = 0;
    int start = 0;
    for (int end = 0; end < text.length(); segments++) {
      start = end;
      end = endOfSegment(text, start, encoding, room);
    }
    return new Analysis(text, encoding, segments, units, room - units(text, start, text.length(), encoding));
  }

  /**
   * The {@code short_message} of each segment, in order, with its user data header in front when there is more than one.
   *
   * @param ref ties the segments together; UDH-8 uses its low 8 bits, UDH-16 its low 16
   * @return as many as {@link #measure} counts; characters that the encoding lacks are '?'
   * @throws IllegalArgumentException for more than 255 segments, which no header can count
   */
  public static List<byte[]> segments(String text, Encoding encoding, Concat concat, int ref) {
    List<String> pieces = pieces(text, encoding, concat);
    if (pieces.size() == 1) {
      return List.of(encode(text, encoding));
    }
    var segments = new ArrayList<byte[]>(pieces.size());
    for (String piece : pieces) {
      byte[] segment = encode(piece, 0, piece.length(), encoding, concat.payloadOctets());
      concat.writeHeader(segment, ref, pieces.size(), segments.size() + 1);
      segments.add(segment);
    }
    return segments;
  }

  /**
   * The text of each segment, in order; one piece when it fits into a single short message.
   *
   * @throws IllegalArgumentException for more than 255 segments, which no header can count
   */
  static List<String> pieces(String text, Encoding encoding, Concat concat) {
    int total = measure(text, encoding, concat).segments();
    if (total > MAX_SEGMENTS) {
      throw new IllegalArgumentException(total + " segments; a header counts no more than " + MAX_SEGMENTS);
    }
    if (total == 1) {
      return List.of(text);
    }
    var pieces = new ArrayList<String>(total);
    for (int start = 0; pieces.size() < total;) {
      int end = endOfSegment(text, start, encoding, encoding.unitsConcatenated(concat));
      pieces.add(text.substring(start, end));
      start = end;
    }
    return pieces;
  }

  /** The whole text in octets, without header: a {@code message_payload}, or the {@code short_message} of a single segment. */
  public static byte[] encode(String text, Encoding encoding) {
    return encode(text, 0, text.length(), encoding, 0);
  }

  /** Index of the first char that an encoding cannot carry, or -1; UCS-2 carries all. */
  public static int firstMissing(String text, Encoding encoding) {
    return switch (encoding) {
      case GSM7 -> GsmAlphabet.firstMissing(text);
      case LATIN1 -> firstAbove(text, 0xFF);
      case UCS2, BINARY -> -1;
    };
  }

  /**
   * Reads octets without header as {@code data_coding} says (see {@link Encoding#ofDataCoding}). Never fails: what makes no sense is read as
   * the nearest thing to it, and half a code unit at the end of UCS-2 is left out.
   */
  public static String decode(byte[] octets, int dataCoding) {
    return switch (Encoding.ofDataCoding(dataCoding)) {
      case GSM7 -> GsmAlphabet.read(octets);
      case LATIN1, BINARY -> new String(octets, StandardCharsets.ISO_8859_1);
      case UCS2 -> readUcs2(octets);
    };
  }

  /** Where the segment that begins at {@code start} ends, if {@code room} units fit into it. */
  private static int endOfSegment(String text, int start, Encoding encoding, int room) {
    int used = 0;
    int at = start;
    while (at < text.length()) {
      int chars = encoding == Encoding.BINARY || encoding == Encoding.UCS2 && isPair(text, at) ? 2 : 1;
      used += encoding == Encoding.GSM7 ? GsmAlphabet.width(text.charAt(at)) : encoding == Encoding.BINARY ? 1 : chars;
      if (used > room) {
        return at;
      }
      at += chars;
    }
    return at;
  }

  private static int units(String text, int start, int end, Encoding encoding) {
    if (encoding != Encoding.GSM7) {
      return encoding == Encoding.BINARY ? (end - start) / 2 : end - start;
    }
    int septets = 0;
    for (int i = start; i < end; i++) {
      septets += GsmAlphabet.width(text.charAt(i));
    }
    return septets;
  }

  private static byte[] encode(String text, int start, int end, Encoding encoding, int offset) {
    int octetsPerUnit = encoding == Encoding.UCS2 ? 2 : 1;
    byte[] octets = new byte[offset + units(text, start, end, encoding) * octetsPerUnit];
    if (encoding == Encoding.BINARY) {
      System.arraycopy(HexFormat.of().parseHex(text, start, end), 0, octets, offset, octets.length - offset);
      return octets;
    }
    int at = offset;
    for (int i = start; i < end; i++) {
      at = write(text.charAt(i), encoding, octets, at);
    }
    return octets;
  }

  private static int write(char c, Encoding encoding, byte[] octets, int at) {
    switch (encoding) {
      case GSM7 -> {
        return GsmAlphabet.write(c, octets, at);
      }
      case LATIN1 -> {
        octets[at] = (byte) (c <= 0xFF ? c : '?');
        return at + 1;
      }
      default -> {
        octets[at] = (byte) (c >> 8);
        octets[at + 1] = (byte) c;
        return at + 2;
      }
    }
  }

  /** Not a {@link String} of UTF-16: that would lose half a surrogate pair, which a carrier may well have cut off. */
  private static String readUcs2(byte[] octets) {
    var chars = new char[octets.length / 2];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = (char) (octets[2 * i] << 8 | octets[2 * i + 1] & 0xFF);
    }
    return new String(chars);
  }

  private static boolean isPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at)) && at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
  }

  private static int firstAbove(String text, int last) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > last) {
        return i;
      }
    }
    return -1;
  }
}
