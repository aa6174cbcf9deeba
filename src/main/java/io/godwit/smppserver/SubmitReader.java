package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.DataSm;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.type.Address;
import io.godwit.accounts.SmppTerms;
import io.godwit.intake.Submission;
import io.godwit.message.EncodingChoice;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.message.Origin;
import io.godwit.message.SmppOrigin;
import io.godwit.message.Text;
import io.godwit.smpp.Part;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.SmppTime;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a submit_sm, data_sm or submit_multi says about the message, for any of its destinations: a command_status when that makes no sense. Pure.
 *
 * @param text decoded, or in hexadecimal what is no text; of a segment that the customer cut himself, behind its header
 * @param header its user data header, hexadecimal; null when it is whole
 * @param flash whether it is of message class 0
 * @param scheduledAt milliseconds since 1970; 0 = at once
 * @param validFor milliseconds; 0 = as usual
 * @param tlvs what is to be passed on to the carrier
 */
record SubmitReader(int status, String text, EncodingChoice encoding, String header, boolean flash, Lane lane, long scheduledAt, long validFor, List<SmppOrigin.Parameter> tlvs) {
  private static final int TYPE_BITS = 0x3C;
  private static final int ALERT_PRIORITY = 2;
  private static final int HIGHEST_PRIORITY = 3;
  /** SMPP 3.4 §5.2.19. */
  private static final int OCTETS = 0x04;
  private static final int OCTETS_TOO = 0x02;
  /** From here to the reserved codings: the general group of 3GPP TS 23.038 §4. */
  private static final int GSM_SCHEME = 0x10;
  private static final int RESERVED = 0x40;
  private static final int CLASSES = 0xF0;
  private static final int DCS_CYRILLIC = 0x06;
  private static final int DCS_HEBREW = 0x07;

  /** @param passed tags of the optional parameters that may go on to a carrier */
  static SubmitReader of(BaseSm<?> sm, SmppTerms terms, Set<Integer> passed, long now) {
    int status = form(sm);
    if (status != SmppConstants.STATUS_OK) return wrong(status);
    byte[] octets = Pdus.octets(sm);
    byte[] header = header(sm, octets);
    if (header == null) return wrong(SmppConstants.STATUS_INVESMCLASS);
    boolean udhi = (sm.getEsmClass() & SmppConstants.ESM_CLASS_UDHI_MASK) != 0;
    String text = text(udhi ? Arrays.copyOfRange(octets, header.length, octets.length) : octets, sm.getDataCoding() & 0xFF, terms.charset());
    if (text == null) return wrong(Statuses.INVALID_DATA_CODING);
    long scheduled = SmppTime.parse(sm.getScheduleDeliveryTime(), now);
    if (scheduled == SmppTime.WRONG) return wrong(SmppConstants.STATUS_INVSCHED);
    long until = until(sm, now);
    long validFor = until == SmppTime.NONE ? 0 : until - Math.max(now, scheduled);
    if (until == SmppTime.WRONG || until != SmppTime.NONE && validFor <= 0) return wrong(SmppConstants.STATUS_INVEXPIRY);
    List<SmppOrigin.Parameter> tlvs = tlvs(sm, passed);
    if (tlvs == null) return wrong(SmppConstants.STATUS_INVPARLEN);
    return new SubmitReader(SmppConstants.STATUS_OK, text, encoding(sm.getDataCoding() & 0xFF), header.length == 0 ? null : HexFormat.of().formatHex(header), isFlash(sm.getDataCoding() & 0xFF),
      sm.getPriority() >= ALERT_PRIORITY ? Lane.ALERT : Lane.BULK, scheduled, validFor, tlvs);
  }

  /** Of one that comes twice the last; null when they are too many or too long. */
  private static List<SmppOrigin.Parameter> tlvs(BaseSm<?> sm, Set<Integer> passed) {
    if (passed.isEmpty() || sm.getOptionalParameterCount() == 0) return List.of();
    Map<Integer, String> found = new TreeMap<>();
    for (Tlv tlv : sm.getOptionalParameters()) {
      int tag = tlv.getTag() & 0xFFFF;
      if (passed.contains(tag)) found.put(tag, HexFormat.of().formatHex(tlv.getValue()));
    }
    int digits = found.values().stream().mapToInt(String::length).sum();
    if (found.size() > Limits.PASSED_TLVS || digits > 2 * Limits.PASSED_TLVS_BYTES) return null;
    return found.entrySet().stream().map(each -> new SmppOrigin.Parameter(each.getKey(), each.getValue())).toList();
  }

  /** Until when it is valid, as {@link SmppTime} says it; a data_sm says it in seconds (SMPP 3.4 §5.3.2.9). */
  private static long until(BaseSm<?> sm, long now) {
    Tlv seconds = sm instanceof DataSm ? sm.getOptionalParameter(SmppConstants.TAG_QOS_TIME_TO_LIVE) : null;
    if (seconds == null) return SmppTime.parse(sm.getValidityPeriod(), now);
    if (seconds.getValue().length != Integer.BYTES) return SmppTime.WRONG;
    return now + Integer.toUnsignedLong(ByteBuffer.wrap(seconds.getValue()).getInt()) * 1_000;
  }

  private static SubmitReader wrong(int status) {
    return new SubmitReader(status, null, null, null, false, null, 0, 0, List.of());
  }

  /** What we do not do is refused, not done otherwise. */
  private static int form(BaseSm<?> sm) {
    if ((sm.getEsmClass() & TYPE_BITS) != 0) return SmppConstants.STATUS_INVESMCLASS;
    if (sm.getPriority() < 0 || sm.getPriority() > HIGHEST_PRIORITY) return SmppConstants.STATUS_INVPRTFLG;
    if (sm.getReplaceIfPresent() != 0) return SmppConstants.STATUS_INVREPFLAG;
    if (sm.getDefaultMsgId() != 0) return SmppConstants.STATUS_INVDFTMSGID;
    boolean both = sm.getShortMessageLength() > 0 && sm.getOptionalParameter(SmppConstants.TAG_MESSAGE_PAYLOAD) != null;
    return both ? SmppConstants.STATUS_OPTPARNOTALLWD : SmppConstants.STATUS_OK;
  }

  /**
   * The customer's own header, or the one that his SAR TLVs ask for; empty without either, null when it says that it is longer than the message. Not a bug: of
   * their 16-bit reference the header has the low 8 bits (3GPP TS 23.040 §9.2.3.24.1). Customers cut for it, at 153 septets or 67 code units, and a header with all
   * 16 leaves room for one less: the last part would get it, the full ones before it could not, and handsets join parts of one kind only.
   */
  private static byte[] header(BaseSm<?> sm, byte[] octets) {
    if ((sm.getEsmClass() & SmppConstants.ESM_CLASS_UDHI_MASK) != 0) {
      int end = octets.length == 0 ? Integer.MAX_VALUE : 1 + (octets[0] & 0xFF);
      return end > octets.length ? null : Arrays.copyOf(octets, end);
    }
    Part part = Part.of(sm);
    return part.isConcatenated() ? new byte[] {5, 0, 3, (byte) part.ref(), (byte) part.total(), (byte) part.seq()} : new byte[0];
  }

  private static EncodingChoice encoding(int dataCoding) {
    if (isBinary(dataCoding)) return EncodingChoice.BINARY;
    return dataCoding >> 4 == 0xE || Pdus.alphabet((byte) dataCoding, Pdus.Alphabet.GSM) == Pdus.Alphabet.UCS2 ? EncodingChoice.UCS2 : EncodingChoice.AUTO;
  }

  /** Octets, and not an alphabet that we do not read. */
  private static boolean isBinary(int dataCoding) {
    boolean scheme = dataCoding >= GSM_SCHEME && dataCoding < RESERVED || dataCoding >= CLASSES;
    return dataCoding == OCTETS || dataCoding == OCTETS_TOO || scheme && Pdus.alphabet((byte) dataCoding, Pdus.Alphabet.GSM) == Pdus.Alphabet.BINARY;
  }

  /** Of the codings that name a message class: the general ones with bit 4 set, and the last sixteen. */
  private static boolean isFlash(int dataCoding) {
    return (dataCoding & 0x03) == 0 && (dataCoding >= CLASSES || dataCoding < RESERVED && (dataCoding & GSM_SCHEME) != 0);
  }

  /** Null for octets that are neither text nor data to us. */
  private static String text(byte[] octets, int dataCoding, SmppTerms.Charset charset) {
    if (isBinary(dataCoding)) return HexFormat.of().formatHex(octets);
    if (dataCoding == DCS_CYRILLIC) return new String(octets, Charset.forName("ISO-8859-5"));
    if (dataCoding == DCS_HEBREW) return new String(octets, Charset.forName("ISO-8859-8"));
    if (dataCoding >> 4 >= 0xC && dataCoding >> 4 <= 0xE) return Text.decode(octets, dataCoding);
    return switch (Pdus.alphabet((byte) dataCoding, alphabet(charset))) {
      case GSM -> Text.decode(octets, 0);
      case UCS2 -> Text.decode(octets, 8);
      case ASCII -> new String(octets, StandardCharsets.US_ASCII);
      case LATIN1 -> new String(octets, StandardCharsets.ISO_8859_1);
      case BINARY -> null;
    };
  }

  private static Pdus.Alphabet alphabet(SmppTerms.Charset charset) {
    return switch (charset) {
      case GSM7 -> Pdus.Alphabet.GSM;
      case LATIN1 -> Pdus.Alphabet.LATIN1;
      case ASCII -> Pdus.Alphabet.ASCII;
    };
  }

  boolean isWrong() {
    return status != SmppConstants.STATUS_OK;
  }

  /** The same in the intake's words, for one destination. */
  Submission submission(BaseSm<?> sm, Address to, boolean shared, String account, SmppTerms terms) {
    SmppOrigin.Party source = party(sm.getSourceAddress());
    SmppOrigin smpp = new SmppOrigin(sm.getRegisteredDelivery() & 0xFF, source, party(to), header, shared, tlvs);
    boolean needed = smpp.wantsReceipt() || header != null || !tlvs.isEmpty();
    Origin origin = new Origin(null, null, List.of(), null, null, scheduledAt, terms.replyable(), flash, needed ? smpp : null);
    return new Submission(account, lane, source.address().isEmpty() ? null : number(source), number(party(to)), text, encoding, terms.transliterate(), validFor, origin);
  }

  private static SmppOrigin.Party party(Address address) {
    if (address == null || address.getAddress() == null) return new SmppOrigin.Party(0, 0, "");
    return new SmppOrigin.Party(address.getTon() & 0xFF, address.getNpi() & 0xFF, address.getAddress());
  }

  /** A name that claims to be an international number stays a name. */
  private static String number(SmppOrigin.Party party) {
    boolean international = party.ton() == SmppConstants.TON_INTERNATIONAL && !party.address().startsWith("+") && party.address().chars().noneMatch(Character::isLetter);
    return international ? "+" + party.address() : party.address();
  }
}
