package io.godwit.simulator;

import com.cloudhopper.commons.charset.CharsetUtil;
import com.cloudhopper.commons.charset.GSMCharset;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.type.Address;
import io.godwit.smpp.Pdus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** A handset that sends messages: the parts of a text as deliver_sm, as a phone would make them (3GPP 23.040 §9.2.3.24.1). */
final class Handset {
  private static final int GSM_ALONE = 160;
  private static final int GSM_PART = 153;
  private static final int UCS2_ALONE = 140;
  private static final int UCS2_PART = 134;
  private static final byte GSM_ESCAPE = 0x1B;
  private static final byte DATA_CODING_UCS2 = 8;

  private int lastRef;

  /** @param shuffled the parts in reverse order */
  List<DeliverSm> send(Address from, Address to, String text, boolean shuffled) {
    boolean gsm = GSMCharset.canRepresent(text);
    byte[] octets = gsm ? CharsetUtil.encode(text, CharsetUtil.CHARSET_GSM) : text.getBytes(StandardCharsets.UTF_16BE);
    byte dataCoding = gsm ? 0 : DATA_CODING_UCS2;
    if (octets.length <= (gsm ? GSM_ALONE : UCS2_ALONE)) {
      return List.of(Pdus.deliver(from, to, octets, dataCoding, false));
    }
    List<byte[]> pieces = gsm ? cutGsm(octets) : cutUcs2(octets);
    List<DeliverSm> parts = new ArrayList<>();
    lastRef = lastRef + 1 & 0xFF;
    for (int i = 0; i < pieces.size(); i++) {
      parts.add(Pdus.deliver(from, to, withHeader(pieces.get(i), lastRef, pieces.size(), i + 1), dataCoding, true));
    }
    if (shuffled) {
      Collections.reverse(parts);
    }
    return parts;
  }

  private static List<byte[]> cutGsm(byte[] octets) {
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < octets.length;) {
      int end = Math.min(octets.length, at + GSM_PART);
      end = end < octets.length && octets[end - 1] == GSM_ESCAPE ? end - 1 : end;
      pieces.add(Arrays.copyOfRange(octets, at, end));
      at = end;
    }
    return pieces;
  }

  private static List<byte[]> cutUcs2(byte[] octets) {
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < octets.length;) {
      int end = Math.min(octets.length, at + UCS2_PART);
      boolean insidePair = end < octets.length && (octets[end] & 0xFC) == 0xDC;
      end = insidePair ? end - 2 : end;
      pieces.add(Arrays.copyOfRange(octets, at, end));
      at = end;
    }
    return pieces;
  }

  private static byte[] withHeader(byte[] piece, int ref, int total, int seq) {
    byte[] octets = new byte[6 + piece.length];
    byte[] header = {5, 0, 3, (byte) ref, (byte) total, (byte) seq};
    System.arraycopy(header, 0, octets, 0, header.length);
    System.arraycopy(piece, 0, octets, header.length, piece.length);
    return octets;
  }
}
