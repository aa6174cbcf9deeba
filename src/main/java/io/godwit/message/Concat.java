package io.godwit.message;

/** How the segments of a long message are tied together; each way leaves a little less room for text. */
public enum Concat {
  /** User data header with an 8-bit reference (3GPP TS 23.040 §9.2.3.24.1). */
  UDH8(6, 6),
  /** User data header with a 16-bit reference (3GPP TS 23.040 §9.2.3.24.8). */
  UDH16(7, 7),
  /** The TLVs {@code sar_msg_ref_num}, {@code sar_total_segments} and {@code sar_segment_seqnum} (SMPP 3.4 §5.3.2.22–24): nothing in the
   * text, but the carrier makes a header of it on the air, so the room of {@link #UDH8} is kept free. */
  SAR(6, 0),
  /** None of ours: the whole text goes in one request (SMPP's TLV {@code message_payload}), and the carrier cuts it; counted as {@link #UDH8}. */
  PAYLOAD(6, 0);

  private final int airOctets;
  private final int payloadOctets;

  Concat(int airOctets, int payloadOctets) {
    this.airOctets = airOctets;
    this.payloadOctets = payloadOctets;
  }

  /** Octets that this takes from the 140 of a short message on the air. */
  int airOctets() {
    return airOctets;
  }

  /** Octets in front of the text in {@code short_message}; if there are any, the UDH indicator of {@code esm_class} has to be set. */
  public int payloadOctets() {
    return payloadOctets;
  }

  /** Writes the header to the front of a segment; only the low 8 or 16 bits of {@code ref} are used, {@code number} counts from 1. */
  void writeHeader(byte[] segment, int ref, int total, int number) {
    switch (this) {
      case UDH8 -> put(segment, 0x05, 0x00, 0x03, ref, total, number);
      case UDH16 -> put(segment, 0x06, 0x08, 0x04, ref >> 8, ref, total, number);
      case SAR, PAYLOAD -> { }
    }
  }

  private static void put(byte[] segment, int... octets) {
    for (int i = 0; i < octets.length; i++) {
      segment[i] = (byte) octets[i];
    }
  }
}
