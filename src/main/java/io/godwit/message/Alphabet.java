package io.godwit.message;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a carrier reads {@code data_coding} 0, its "SMSC default alphabet" (SMPP 3.4 §5.2.19), as. On the air it becomes GSM 7 bit whatever it
 * was between us and the carrier, so that a text is cut by its septets in all of them.
 */
public enum Alphabet {
  /** GSM 03.38, one octet a septet. */
  GSM7,
  /** GSM 03.38, eight septets in seven octets, as on the air (3GPP TS 23.038 §6.1.2.1). */
  GSM7_PACKED,
  LATIN1,
  ASCII;

  private static final char CARRIAGE_RETURN = '\r';
  private static final int FIRST_OF_EIGHT_BITS = 0x80;

  /** The name in configurations: {@code gsm7}, {@code gsm7-packed}, {@code latin1}, {@code ascii}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it has every character of a text that GSM 7 bit has. */
  boolean carries(String text) {
    return switch (this) {
      case GSM7, GSM7_PACKED -> true;
      case LATIN1 -> Text.firstMissing(text, Encoding.LATIN1) < 0;
      case ASCII -> text.chars().allMatch(c -> c < FIRST_OF_EIGHT_BITS);
    };
  }

  /** The octets of a text behind a header. Packed septets begin at the next multiple of seven bits after it (3GPP TS 23.040 §9.2.3.24). */
  byte[] encode(String text, int headerOctets) {
    return switch (this) {
      case GSM7 -> Text.encode(text, Encoding.GSM7);
      case GSM7_PACKED -> pack(Text.encode(text, Encoding.GSM7), fillBits(headerOctets));
      case LATIN1, ASCII -> Text.encode(text, Encoding.LATIN1);
    };
  }

  /** Reads what {@link #encode} wrote; never fails. */
  public String decode(byte[] octets, int headerOctets) {
    return switch (this) {
      case GSM7 -> Text.decode(octets, Encoding.GSM7.dataCoding());
      case GSM7_PACKED -> Text.decode(unpack(octets, fillBits(headerOctets)), Encoding.GSM7.dataCoding());
      case LATIN1 -> new String(octets, StandardCharsets.ISO_8859_1);
      case ASCII -> new String(octets, StandardCharsets.US_ASCII);
    };
  }

  private static int fillBits(int headerOctets) {
    return (7 - headerOctets * 8 % 7) % 7;
  }

  /** Seven bits that are left over at the end would be read as '@': a carriage return, which shows nothing, fills them (3GPP TS 23.038 §6.1.2.3.1). */
  private static byte[] pack(byte[] septets, int fillBits) {
    int bits = fillBits + septets.length * 7;
    byte[] octets = new byte[(bits + 7) / 8];
    for (int i = 0; i < septets.length; i++) put(octets, fillBits + i * 7, septets[i]);
    if (octets.length * 8 - bits == 7) put(octets, bits, (byte) CARRIAGE_RETURN);
    return octets;
  }

  private static void put(byte[] octets, int bit, byte septet) {
    int shifted = (septet & 0x7F) << bit % 8;
    octets[bit / 8] |= (byte) shifted;
    if (shifted > 0xFF) octets[bit / 8 + 1] |= (byte) (shifted >> 8);
  }

  private static byte[] unpack(byte[] octets, int fillBits) {
    byte[] septets = new byte[Math.max(0, (octets.length * 8 - fillBits) / 7)];
    for (int i = 0; i < septets.length; i++) {
      int bit = fillBits + i * 7;
      int pair = octets[bit / 8] & 0xFF | (bit / 8 + 1 < octets.length ? (octets[bit / 8 + 1] & 0xFF) << 8 : 0);
      septets[i] = (byte) (pair >> bit % 8 & 0x7F);
    }
    boolean filled = septets.length > 0 && (fillBits + septets.length * 7) % 8 == 0 && septets[septets.length - 1] == CARRIAGE_RETURN;
    return filled ? java.util.Arrays.copyOf(septets, septets.length - 1) : septets;
  }
}
