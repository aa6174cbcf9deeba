package io.godwit.link;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.Pdu;
import com.cloudhopper.smpp.tlv.Tlv;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Optional parameters that a carrier wants in each submit_sm, by tag: octets as hexadecimal digits, so that two that are equal are {@code equal}.
 * In the directory {@code {"0x1400": "1101…", "0x1401": "hex:0102"}}: a string is its octets, without a NUL behind.
 */
record Tlvs(Map<Integer, String> octets) {
  static final Tlvs NONE = new Tlvs(Map.of());
  private static final int LONGEST = 255;
  private static final int MOST = 32;
  private static final String HEX = "hex:";
  /** They say how the text is written, which is the link's to decide. */
  private static final Set<Short> OURS = Set.of(SmppConstants.TAG_SAR_MSG_REF_NUM, SmppConstants.TAG_SAR_TOTAL_SEGMENTS, SmppConstants.TAG_SAR_SEGMENT_SEQNUM,
    SmppConstants.TAG_MESSAGE_PAYLOAD);

  static Tlvs from(LinkEntry entry) {
    Map<Integer, String> octets = new TreeMap<>();
    for (String key : entry.keys()) octets.put(tag(entry, key), HexFormat.of().formatHex(value(entry, key)));
    if (octets.size() > MOST) entry.invalid("*", "are more than " + MOST, null);
    return new Tlvs(Map.copyOf(octets));
  }

  /** 0 for what is none. */
  private static int tag(LinkEntry entry, String key) {
    try {
      int tag = Integer.decode(key);
      if (tag > 0 && tag <= 0xFFFF && !OURS.contains((short) tag)) return tag;
    } catch (NumberFormatException e) {
      // said below
    }
    return entry.invalid(key, "is no tag such as 0x1400, or one that Godwit sets itself", 0);
  }

  private static byte[] value(LinkEntry entry, String key) {
    String text = entry.text(key, "", 2 * LONGEST + HEX.length());
    byte[] octets = text.startsWith(HEX) ? hex(entry, key, text.substring(HEX.length())) : text.getBytes(StandardCharsets.ISO_8859_1);
    return octets.length <= LONGEST ? octets : entry.invalid(key, "has more than " + LONGEST + " octets", octets);
  }

  private static byte[] hex(LinkEntry entry, String key, String digits) {
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      return entry.invalid(key, "must have hexadecimal digits, two an octet, not '" + digits + "'", new byte[0]);
    }
  }

  boolean isEmpty() {
    return octets.isEmpty();
  }

  void addTo(Pdu pdu) {
    octets.forEach((tag, hex) -> pdu.setOptionalParameter(new Tlv(tag.shortValue(), HexFormat.of().parseHex(hex))));
  }
}
