package io.godwit.smpp;

import com.cloudhopper.commons.charset.CharsetUtil;
import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.type.Address;
import com.cloudhopper.smpp.type.SmppInvalidArgumentException;
import io.godwit.message.Encoding;
import io.godwit.message.Text;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Makes and reads the PDUs that carry messages. */
public final class Pdus {
  /** What fits into short_message (SMPP 3.4 §5.2.22); more goes into the TLV message_payload. */
  public static final int SHORT_MESSAGE_MAX = 254;

  private static final byte[] NOTHING = {};

  private Pdus() {
  }

  /** What the octets of a data_coding are. */
  public enum Alphabet {
    GSM, ASCII, LATIN1, UCS2, BINARY;

    private static final Charset[] CHARSETS = {
      null, StandardCharsets.US_ASCII, StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16BE, StandardCharsets.ISO_8859_1};

    /** The text of some octets; binary ones become one character each. */
    public String decode(byte[] octets) {
      if (this == UCS2) return Text.decode(octets, Encoding.UCS2.dataCoding());
      return this == GSM ? CharsetUtil.decode(octets, CharsetUtil.CHARSET_GSM) : new String(octets, CHARSETS[ordinal()]);
    }
  }

  /** @param receipt asks for an SMSC delivery receipt, of success and failure (SMPP 3.4 §5.2.17) */
  public static SubmitSm submit(Address from, Address to, byte[] message, byte dataCoding, boolean udhi, boolean receipt) {
    return submit(from, to, message, dataCoding, udhi, receipt ? SmppConstants.REGISTERED_DELIVERY_SMSC_RECEIPT_REQUESTED : 0);
  }

  /** @param registered the octet {@code registered_delivery} */
  public static SubmitSm submit(Address from, Address to, byte[] message, byte dataCoding, boolean udhi, byte registered) {
    SubmitSm sm = fill(new SubmitSm(), from, to, message, dataCoding, udhi);
    sm.setRegisteredDelivery(registered);
    return sm;
  }

  /** A message from a handset. */
  public static DeliverSm deliver(Address from, Address to, byte[] message, byte dataCoding, boolean udhi) {
    return fill(new DeliverSm(), from, to, message, dataCoding, udhi);
  }

  /** A delivery receipt: TLVs and the customary text. {@code from} and {@code to} are the message's, exchanged. */
  public static DeliverSm receipt(Address from, Address to, String id, Receipt.State state, String text) {
    DeliverSm sm = fill(new DeliverSm(), from, to, text.getBytes(StandardCharsets.ISO_8859_1), (byte) 0, false);
    sm.setEsmClass(SmppConstants.ESM_CLASS_MT_SMSC_DELIVERY_RECEIPT);
    sm.addOptionalParameter(new Tlv(SmppConstants.TAG_RECEIPTED_MSG_ID, (id + '\0').getBytes(StandardCharsets.ISO_8859_1)));
    sm.addOptionalParameter(new Tlv(SmppConstants.TAG_MSG_STATE, new byte[] {(byte) state.code()}));
    return sm;
  }

  private static <T extends BaseSm<?>> T fill(T sm, Address from, Address to, byte[] message, byte dataCoding, boolean udhi) {
    sm.setSourceAddress(from);
    sm.setDestAddress(to);
    sm.setDataCoding(dataCoding);
    sm.setEsmClass(udhi ? SmppConstants.ESM_CLASS_UDHI_MASK : 0);
    if (message.length > SHORT_MESSAGE_MAX) {
      sm.addOptionalParameter(new Tlv(SmppConstants.TAG_MESSAGE_PAYLOAD, message));
      return sm;
    }
    try {
      sm.setShortMessage(message);
    } catch (SmppInvalidArgumentException e) {
      throw new IllegalArgumentException(e);
    }
    return sm;
  }

  /** Says how long the carrier shall try, as a relative time (SMPP 3.4 §7.1.1.2), at most 99 days. */
  public static void setValidity(BaseSm<?> sm, Duration validity) {
    long s = Math.max(1, Math.min(validity.toSeconds(), Duration.ofDays(99).toSeconds()));
    char[] relative = "000000000000000R".toCharArray();
    digits(relative, 4, s / 86400);
    digits(relative, 6, s / 3600 % 24);
    digits(relative, 8, s / 60 % 60);
    digits(relative, 10, s % 60);
    sm.setValidityPeriod(new String(relative));
  }

  private static void digits(char[] to, int at, long number) {
    to[at] = (char) ('0' + number / 10);
    to[at + 1] = (char) ('0' + number % 10);
  }

  /** Takes all optional parameters away but message_payload: without that there would be no message. */
  static void stripForOldPeers(PduRequest<?> request) {
    if (request.getOptionalParameterCount() == 0) return;
    request.getOptionalParameters().removeIf(tlv -> tlv.getTag() != SmppConstants.TAG_MESSAGE_PAYLOAD);
  }

  /** Concatenation by TLVs instead of a user data header (SMPP 3.4 §5.3.2.22 to 24). */
  public static void setSar(BaseSm<?> sm, int ref, int total, int seq) {
    sm.addOptionalParameter(new Tlv(SmppConstants.TAG_SAR_MSG_REF_NUM, new byte[] {(byte) (ref >> 8), (byte) ref}));
    sm.addOptionalParameter(new Tlv(SmppConstants.TAG_SAR_TOTAL_SEGMENTS, new byte[] {(byte) total}));
    sm.addOptionalParameter(new Tlv(SmppConstants.TAG_SAR_SEGMENT_SEQNUM, new byte[] {(byte) seq}));
  }

  /** The message's octets with the user data header if there is one: short_message, or else message_payload. */
  public static byte[] octets(BaseSm<?> sm) {
    byte[] message = sm.getShortMessage();
    if (message != null && message.length > 0) {
      return message;
    }
    Tlv payload = sm.getOptionalParameter(SmppConstants.TAG_MESSAGE_PAYLOAD);
    return payload == null ? NOTHING : payload.getValue();
  }

  /** The message's octets without a user data header. */
  public static byte[] payload(BaseSm<?> sm) {
    return Part.of(sm).payload();
  }

  /** The text of a message or of one part of it. */
  public static String text(BaseSm<?> sm, Alphabet dataCoding0) {
    return alphabet(sm.getDataCoding(), dataCoding0).decode(payload(sm));
  }

  /**
   * The alphabet of a data_coding (SMPP 3.4 §5.2.19; for the values that carry a message class, 3GPP 23.038 §4).
   *
   * @param dataCoding0 what this carrier or customer means by 0, "SMSC default alphabet"
   */
  public static Alphabet alphabet(byte dataCoding, Alphabet dataCoding0) {
    int dc = dataCoding & 0xFF;
    if (dc >= 0xF0) {
      return (dc & 0x04) == 0 ? Alphabet.GSM : Alphabet.BINARY;
    }
    if (dc >= 0x10 && dc < 0x40) {
      return new Alphabet[] {Alphabet.GSM, Alphabet.BINARY, Alphabet.UCS2, Alphabet.GSM}[dc >> 2 & 3];
    }
    switch (dc) {
      case 0:
        return dataCoding0;
      case 1:
        return Alphabet.ASCII;
      case 3:
        return Alphabet.LATIN1;
      case 8:
        return Alphabet.UCS2;
      default:
        return Alphabet.BINARY;
    }
  }
}
