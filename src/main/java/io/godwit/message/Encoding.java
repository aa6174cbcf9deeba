package io.godwit.message;

import java.util.Locale;

/**
 * How the characters of a short message become octets: the alphabet, and what of it fits into one short message of 140 octets on the air.
 *
 * <p>A <em>unit</em> is what the alphabet counts: a septet of GSM 7 bit, an octet of Latin-1 or of what is no text, a 16-bit code unit of UCS-2.
 */
public enum Encoding {
  /** GSM 7 bit default alphabet with its extension table (3GPP TS 23.038 §6.2.1); unpacked in SMPP, one octet a septet. */
  GSM7(0x00, 7),
  /** ISO-8859-1, for links that ask for it. On the air the carrier may turn it into something else. */
  LATIN1(0x03, 8),
  /** No text: octets, written in hexadecimal wherever a message's text stands; a unit is an octet, two characters. */
  BINARY(0x04, 8),
  /** UCS-2, big endian (3GPP TS 23.038 §6.2.3); in practice UTF-16: handsets show surrogate pairs as one character. */
  UCS2(0x08, 16);

  /** Octets of user data in one short message on the air (3GPP TS 23.040 §9.2.3.16). */
  private static final int AIR_OCTETS = 140;

  private final int dataCoding;
  private final int bitsPerUnit;

  Encoding(int dataCoding, int bitsPerUnit) {
    this.dataCoding = dataCoding;
    this.bitsPerUnit = bitsPerUnit;
  }

  /** The {@code data_coding} of a submit_sm (SMPP 3.4 §5.2.19). */
  public int dataCoding() {
    return dataCoding;
  }

  /** The name in JSON: {@code gsm7}, {@code latin1}, {@code binary}, {@code ucs2}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Units in a message of one segment: 160 septets, 140 octets or 70 code units. */
  public int unitsAlone() {
    return AIR_OCTETS * 8 / bitsPerUnit;
  }

  /** Units in a segment behind a user data header of so many octets, its length included. */
  public int unitsBehind(int headerOctets) {
    return (AIR_OCTETS - headerOctets) * 8 / bitsPerUnit;
  }

  /** Units in each segment of a longer message: 153 septets, 134 octets or 67 code units with UDH-8; 152, 133 or 66 with UDH-16. */
  public int unitsConcatenated(Concat concat) {
    return (AIR_OCTETS - concat.airOctets()) * 8 / bitsPerUnit;
  }

  /**
   * The alphabet that a {@code data_coding} announces. Values below 16 are SMPP's own (SMPP 3.4 §5.2.19), the others are the GSM scheme
   * with its message classes and waiting indications (3GPP TS 23.038 §4); 8-bit data and alphabets we do not read count as Latin-1, which
   * keeps every octet.
   */
  public static Encoding ofDataCoding(int dataCoding) {
    int coding = dataCoding & 0xFF;
    if (coding < 0x10) {
      return coding == 0x00 ? GSM7 : coding == 0x08 ? UCS2 : LATIN1;
    }
    return switch (coding >> 4) {
      case 0xC, 0xD -> GSM7;
      case 0xE -> UCS2;
      case 0xF -> (coding & 0x04) == 0 ? GSM7 : LATIN1;
      default -> ofGeneralGroup(coding);
    };
  }

  /** Bits 3 and 2 of the general data coding group name the alphabet (3GPP TS 23.038 §4). */
  private static Encoding ofGeneralGroup(int coding) {
    return switch (coding >> 2 & 0x03) {
      case 0 -> GSM7;
      case 2 -> UCS2;
      default -> LATIN1;
    };
  }
}
