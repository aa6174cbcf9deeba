package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.tlv.Tlv;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * A delivery receipt: what a carrier says became of a message. Parsed leniently from a deliver_sm or data_sm: its TLVs first
 * (SMPP 3.4 §5.3.2.12, §5.3.2.31, §5.3.2.35), then its text, whose form the standard leaves to the vendor (Appendix B). What is
 * missing is null or -1; no input makes it throw.
 *
 * @param id the carrier's message id as it stands there, or null; compare by {@link CarrierId}
 * @param stat the word or number the state was read from, or null
 * @param err the carrier's error code as it stands there, or null
 * @param submitted {@code sub:}, or -1
 * @param delivered {@code dlvrd:}, or -1
 * @param submitMillis wall-clock milliseconds, or -1
 * @param doneMillis wall-clock milliseconds, or -1
 * @param text the beginning of the message as the carrier repeats it, often cut at 20 characters, or null
 */
public record Receipt(String id, State state, String stat, String err, int submitted, int delivered, long submitMillis,
                      long doneMillis, String text) {

  /** SMPP 3.4 §5.2.28 and Appendix B; SCHEDULED and SKIPPED are of SMPP 5.0 §4.7.15. */
  public enum State {
    SCHEDULED(0, false), ENROUTE(1, false), DELIVERED(2, true), EXPIRED(3, true), DELETED(4, true), UNDELIVERABLE(5, true),
    /** Read on the subscriber's behalf by the standard; on its way by most carriers: more may follow. */
    ACCEPTED(6, false),
    UNKNOWN(7, true), REJECTED(8, true), SKIPPED(9, true),
    /** A word or number that we do not know, kept in {@link Receipt#stat}, or none at all. */
    UNRECOGNISED(-1, false);

    private static final Map<String, State> WORDS = Map.ofEntries(
      Map.entry("SCHEDULED", SCHEDULED), Map.entry("SCHEDLD", SCHEDULED),
      Map.entry("ENROUTE", ENROUTE), Map.entry("BUFFERED", ENROUTE),
      Map.entry("DELIVRD", DELIVERED), Map.entry("DELIVERED", DELIVERED), Map.entry("DELIVERD", DELIVERED),
      Map.entry("EXPIRED", EXPIRED), Map.entry("DELETED", DELETED),
      Map.entry("UNDELIV", UNDELIVERABLE), Map.entry("UNDELIVERABLE", UNDELIVERABLE), Map.entry("UNDELIVERED", UNDELIVERABLE),
      Map.entry("UNDELVD", UNDELIVERABLE), Map.entry("FAILED", UNDELIVERABLE),
      Map.entry("ACCEPTD", ACCEPTED), Map.entry("ACCEPTED", ACCEPTED), Map.entry("ACKED", ACCEPTED),
      Map.entry("UNKNOWN", UNKNOWN), Map.entry("REJECTD", REJECTED), Map.entry("REJECTED", REJECTED),
      Map.entry("SKIPPED", SKIPPED));
    private static final State[] BY_CODE = {
      SCHEDULED, ENROUTE, DELIVERED, EXPIRED, DELETED, UNDELIVERABLE, ACCEPTED, UNKNOWN, REJECTED, SKIPPED};

    private final int code;
    private final boolean isFinal;

    State(int code, boolean isFinal) {
      this.code = code;
      this.isFinal = isFinal;
    }

    /** The value of the TLV message_state; -1 for UNRECOGNISED. */
    public int code() {
      return code;
    }

    /** Will the carrier say no more? */
    public boolean isFinal() {
      return isFinal;
    }

    static State ofCode(int code) {
      return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : UNRECOGNISED;
    }

    static State ofWord(String word) {
      return word == null ? UNRECOGNISED : WORDS.getOrDefault(Ascii.upper(word), UNRECOGNISED);
    }
  }

  /** No word or code of a carrier that says anything is longer. */
  private static final int WORD_CHARS = 32;
  private static final int RECEIPT_BITS = SmppConstants.ESM_CLASS_MT_SMSC_DELIVERY_RECEIPT
    | SmppConstants.ESM_CLASS_INTERMEDIATE_DELIVERY_RECEIPT_FLAG;
  private static final int TYPE_BITS = 0x3C;

  /** {@link #stat} as it is kept and shown: printable, and not without bound. Null when there is none. */
  public String word() {
    return Ascii.printable(stat, WORD_CHARS);
  }

  /** {@link #err} in the same way. */
  public String code() {
    return Ascii.printable(err, WORD_CHARS);
  }

  /**
   * Is this a receipt, not a message from a handset? By its esm_class (SMPP 3.4 §5.2.12); some servers do not set it: then by
   * TLVs that only receipts have, or by a text that nobody types.
   */
  public static boolean isReceipt(BaseSm<?> sm) {
    int type = sm.getEsmClass() & TYPE_BITS;
    if (type != 0) {
      return (type & RECEIPT_BITS) != 0;
    }
    return sm.getOptionalParameter(SmppConstants.TAG_RECEIPTED_MSG_ID) != null
      || sm.getOptionalParameter(SmppConstants.TAG_MSG_STATE) != null
      || ReceiptText.of(textOf(sm)).isUnmistakable();
  }

  /** Parses a receipt whose dates are UTC unless they say otherwise. */
  public static Receipt parse(BaseSm<?> sm) {
    return parse(sm, ZoneOffset.UTC);
  }

  /** @param zone the carrier's: most receipts give local time without saying where */
  public static Receipt parse(BaseSm<?> sm, ZoneId zone) {
    ReceiptText text = ReceiptText.of(textOf(sm));
    String id = cString(sm, SmppConstants.TAG_RECEIPTED_MSG_ID);
    Integer code = octet(sm, SmppConstants.TAG_MSG_STATE);
    State state = code == null ? State.UNRECOGNISED : State.ofCode(code);
    String stat = text.get(ReceiptText.Field.STAT);
    if (state == State.UNRECOGNISED && stat != null) {
      state = stateOf(stat);
    }
    String err = text.get(ReceiptText.Field.ERR);
    return new Receipt(
      id == null ? text.get(ReceiptText.Field.ID) : id,
      state,
      stat == null && code != null ? code.toString() : stat,
      err == null ? networkError(sm) : err,
      text.number(ReceiptText.Field.SUB),
      text.number(ReceiptText.Field.DLVRD),
      ReceiptDate.parse(text.get(ReceiptText.Field.SUBMIT_DATE), zone),
      ReceiptDate.parse(text.get(ReceiptText.Field.DONE_DATE), zone),
      text.get(ReceiptText.Field.TEXT));
  }

  /** A word, or the number of one. */
  private static State stateOf(String stat) {
    boolean number = stat.length() == 1 && Character.isDigit(stat.charAt(0));
    return number ? State.ofCode(Character.digit(stat.charAt(0), 10)) : State.ofWord(stat);
  }

  private static String cString(BaseSm<?> sm, short tag) {
    Tlv tlv = sm.getOptionalParameter(tag);
    if (tlv == null) {
      return null;
    }
    String value = new String(tlv.getValue(), StandardCharsets.ISO_8859_1);
    int end = value.indexOf('\0');
    value = (end < 0 ? value : value.substring(0, end)).trim();
    return value.isEmpty() ? null : value;
  }

  private static Integer octet(BaseSm<?> sm, short tag) {
    Tlv tlv = sm.getOptionalParameter(tag);
    return tlv == null || tlv.getValue().length == 0 ? null : Integer.valueOf(tlv.getValue()[0] & 0xFF);
  }

  /** network_error_code: one octet for the network's type and two for its code (SMPP 3.4 §5.3.2.31). */
  private static String networkError(BaseSm<?> sm) {
    Tlv tlv = sm.getOptionalParameter(SmppConstants.TAG_NETWORK_ERROR_CODE);
    if (tlv == null || tlv.getValue().length != 3) {
      return null;
    }
    byte[] value = tlv.getValue();
    return Integer.toString((value[1] & 0xFF) << 8 | value[2] & 0xFF);
  }

  /** Receipts are ASCII whatever data_coding says, except for those that are UCS-2 indeed. */
  private static String textOf(BaseSm<?> sm) {
    byte[] bytes = Pdus.payload(sm);
    boolean wide = bytes.length > 1 && bytes[0] == 0 && sm.getDataCoding() == SmppConstants.DATA_CODING_UCS2;
    return new String(bytes, wide ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1);
  }
}
