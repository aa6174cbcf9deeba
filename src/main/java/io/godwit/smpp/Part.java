package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.tlv.Tlv;
import java.util.Arrays;

/**
 * One short message as a part of a longer one: by its user data header with 8- or 16-bit references (3GPP 23.040 §9.2.3.24.1,
 * §9.2.3.24.8), or by the SAR TLVs (SMPP 3.4 §5.3.2.22). A message that stands alone is part 1 of 1 with reference 0.
 *
 * @param ref the sender's reference, the same in all parts of a message
 * @param total parts of the message, at least 1
 * @param seq this part, from 1 to total
 * @param payload the octets without the header
 */
public record Part(int ref, int total, int seq, byte[] payload) {
  private static final int CONCATENATED_8 = 0x00;
  private static final int CONCATENATED_16 = 0x08;

  public boolean isConcatenated() {
    return total > 1;
  }

  /** Never throws: a header that makes no sense is taken as no header at all, and stays in the payload. */
  public static Part of(BaseSm<?> sm) {
    byte[] octets = Pdus.octets(sm);
    if ((sm.getEsmClass() & SmppConstants.ESM_CLASS_UDHI_MASK) != 0) {
      return ofHeader(octets);
    }
    int total = number(sm, SmppConstants.TAG_SAR_TOTAL_SEGMENTS);
    int seq = number(sm, SmppConstants.TAG_SAR_SEGMENT_SEQNUM);
    int ref = number(sm, SmppConstants.TAG_SAR_MSG_REF_NUM);
    return ref < 0 ? alone(octets) : checked(ref, total, seq, octets);
  }

  /** The header's first octet is its length; then come elements of tag, length and value, of which one may concern us. */
  private static Part ofHeader(byte[] octets) {
    int end = octets.length == 0 ? 0 : 1 + (octets[0] & 0xFF);
    if (end == 0 || end > octets.length) {
      return alone(octets);
    }
    byte[] payload = Arrays.copyOfRange(octets, end, octets.length);
    for (int at = 1; at + 1 < end;) {
      int tag = octets[at] & 0xFF;
      int length = octets[at + 1] & 0xFF;
      int value = at + 2;
      if (value + length > end) {
        break;
      }
      if (tag == CONCATENATED_8 && length == 3) {
        return checked(octets[value] & 0xFF, octets[value + 1] & 0xFF, octets[value + 2] & 0xFF, payload);
      }
      if (tag == CONCATENATED_16 && length == 4) {
        int ref = (octets[value] & 0xFF) << 8 | octets[value + 1] & 0xFF;
        return checked(ref, octets[value + 2] & 0xFF, octets[value + 3] & 0xFF, payload);
      }
      at = value + length;
    }
    return alone(payload);
  }

  private static Part checked(int ref, int total, int seq, byte[] payload) {
    return seq < 1 || seq > total ? alone(payload) : new Part(ref, total, seq, payload);
  }

  private static Part alone(byte[] payload) {
    return new Part(0, 1, 1, payload);
  }

  /** The unsigned value of a TLV of one or two octets, or -1. */
  private static int number(BaseSm<?> sm, short tag) {
    Tlv tlv = sm.getOptionalParameter(tag);
    if (tlv == null || tlv.getValue().length == 0 || tlv.getValue().length > 2) {
      return -1;
    }
    int number = 0;
    for (byte octet : tlv.getValue()) {
      number = number << 8 | octet & 0xFF;
    }
    return number;
  }
}
