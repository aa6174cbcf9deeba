package io.godwit.message;

import java.util.Arrays;

/** The GSM 7 bit default alphabet and its extension table (3GPP TS 23.038 §6.2.1 and §6.2.1.1); no national tables. */
final class GsmAlphabet {
  static final int ESCAPE = 0x1B;
  private static final int ESCAPED = ESCAPE << 8;
  private static final short MISSING = -1;

  /** By septet. 0x09 is the capital Ç: neither the small one nor the backtick is in the alphabet. 0x1B is the escape. */
  private static final String BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ"
      + " !\"#¤%&'()*+,-./0123456789:;<=>?"
      + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
      + "¿abcdefghijklmnopqrstuvwxyzäöñüà";

  /** The characters behind an escape, and below each the septet it stands for there, written as its basic character. */
  private static final String EXTENSION = "\f^{}\\[~]|€";
  private static final String EXTENSION_SEPTETS = "\nΛ()/<=>¡e";

  /** By character up to the last of the alphabet, the euro: its septet, or escape and septet, or {@link #MISSING}. */
  private static final short[] CODES = new short['€' + 1];
  /** By septet behind an escape. What the table leaves empty shows the basic character, as §6.2.1.1 asks of a receiver. */
  private static final char[] EXTENDED = BASIC.toCharArray();

  static {
    Arrays.fill(CODES, MISSING);
    for (int septet = 0; septet < BASIC.length(); septet++) {
      CODES[BASIC.charAt(septet)] = (short) septet;
    }
    CODES[ESCAPE] = MISSING;
    EXTENDED[ESCAPE] = ' ';
    for (int i = 0; i < EXTENSION.length(); i++) {
      int septet = BASIC.indexOf(EXTENSION_SEPTETS.charAt(i));
      CODES[EXTENSION.charAt(i)] = (short) (ESCAPED | septet);
      EXTENDED[septet] = EXTENSION.charAt(i);
    }
  }

  private GsmAlphabet() {
  }

  static boolean contains(char c) {
    return code(c) != MISSING;
  }

  /** Index of the first character that the alphabet lacks, or -1. */
  static int firstMissing(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (code(text.charAt(i)) == MISSING) {
        return i;
      }
    }
    return -1;
  }

  /** Septets of a character: 2 behind an escape, else 1, also for the question mark of one that is missing. */
  static int width(char c) {
    return code(c) >= ESCAPED ? 2 : 1;
  }

  /** Writes a character, one octet a septet, and returns the index behind it. What the alphabet lacks becomes a question mark. */
  static int write(char c, byte[] octets, int at) {
    int code = code(c);
    if (code == MISSING) {
      octets[at] = '?';
      return at + 1;
    }
    if (code < ESCAPED) {
      octets[at] = (byte) code;
      return at + 1;
    }
    octets[at] = ESCAPE;
    octets[at + 1] = (byte) code;
    return at + 2;
  }

  /** Reads unpacked septets. Octets above 0x7F are no septets: carriers that send them mean Latin-1. An escape at the end is a space. */
  static String read(byte[] octets) {
    var text = new StringBuilder(octets.length);
    for (int i = 0; i < octets.length; i++) {
      int octet = octets[i] & 0xFF;
      boolean escaped = octet == ESCAPE && i + 1 < octets.length && octets[i + 1] >= 0;
      if (escaped) {
        text.append(EXTENDED[octets[++i]]);
      } else if (octet == ESCAPE) {
        text.append(' ');
      } else {
        text.append(octet < 0x80 ? BASIC.charAt(octet) : (char) octet);
      }
    }
    return text.toString();
  }

  private static int code(char c) {
    return c < CODES.length ? CODES[c] : MISSING;
  }
}
