package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.type.Address;
import io.godwit.accounts.SmppTerms;
import io.godwit.intake.Submission;
import io.godwit.message.EncodingChoice;
import io.godwit.message.Lane;
import io.godwit.message.Origin;
import io.godwit.message.SmppOrigin;
import io.godwit.message.Text;
import io.godwit.smpp.Part;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.SmppTime;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What a submit_sm, data_sm or submit_multi says about the message, for any of its destinations: a command_status when that makes no sense. Pure.
 *
 * @param text decoded; of a segment that the customer cut himself, behind its header
 * @param header its user data header, hexadecimal; null when it is whole
 * @param scheduledAt milliseconds since 1970; 0 = at once
 * @param validFor milliseconds; 0 = as usual
 */
record SubmitReader(int status, String text, EncodingChoice encoding, String header, Lane lane, long scheduledAt, long validFor) {
  private static final int TYPE_BITS = 0x3C;
  private static final int ALERT_PRIORITY = 2;
  private static final int HIGHEST_PRIORITY = 3;
  private static final int DCS_CYRILLIC = 0x06;
  private static final int DCS_HEBREW = 0x07;

  static SubmitReader of(BaseSm<?> sm, SmppTerms terms, long now) {
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
    long until = SmppTime.parse(sm.getValidityPeriod(), now);
    long validFor = until == SmppTime.NONE ? 0 : until - Math.max(now, scheduled);
    if (until == SmppTime.WRONG || until != SmppTime.NONE && validFor <= 0) return wrong(SmppConstants.STATUS_INVEXPIRY);
    EncodingChoice encoding = isUcs2(sm.getDataCoding() & 0xFF) ? EncodingChoice.UCS2 : EncodingChoice.AUTO;
    return new SubmitReader(SmppConstants.STATUS_OK, text, encoding, header.length == 0 ? null : HexFormat.of().formatHex(header),
      sm.getPriority() >= ALERT_PRIORITY ? Lane.ALERT : Lane.BULK, scheduled, validFor);
  }

  private static SubmitReader wrong(int status) {
    return new SubmitReader(status, null, null, null, null, 0, 0);
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

  /** The customer's own header, or the one that his SAR TLVs ask for; empty without either, null when it says that it is longer than the message. */
  private static byte[] header(BaseSm<?> sm, byte[] octets) {
    if ((sm.getEsmClass() & SmppConstants.ESM_CLASS_UDHI_MASK) != 0) {
      int end = octets.length == 0 ? Integer.MAX_VALUE : 1 + (octets[0] & 0xFF);
      return end > octets.length ? null : Arrays.copyOf(octets, end);
    }
    Part part = Part.of(sm);
    return part.isConcatenated() ? new byte[] {5, 0, 3, (byte) part.ref(), (byte) part.total(), (byte) part.seq()} : new byte[0];
  }

  private static boolean isUcs2(int dataCoding) {
    return dataCoding >> 4 == 0xE || Pdus.alphabet((byte) dataCoding, Pdus.Alphabet.GSM) == Pdus.Alphabet.UCS2;
  }

  /** Null for octets that are no text to us. */
  private static String text(byte[] octets, int dataCoding, SmppTerms.Charset charset) {
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
    SmppOrigin smpp = new SmppOrigin(sm.getRegisteredDelivery() & 0xFF, source, party(to), header, shared);
    Origin origin = new Origin(null, null, List.of(), null, null, scheduledAt, terms.replyable(), smpp.wantsReceipt() || header != null ? smpp : null);
    return new Submission(account, lane, source.address().isEmpty() ? null : number(source), number(party(to)), text, encoding, terms.transliterate(), validFor, origin);
  }

  private static SmppOrigin.Party party(Address address) {
    if (address == null || address.getAddress() == null) return new SmppOrigin.Party(0, 0, "");
    return new SmppOrigin.Party(address.getTon() & 0xFF, address.getNpi() & 0xFF, address.getAddress());
  }

  private static String number(SmppOrigin.Party party) {
    boolean international = party.ton() == SmppConstants.TON_INTERNATIONAL && !party.address().startsWith("+");
    return international ? "+" + party.address() : party.address();
  }
}
