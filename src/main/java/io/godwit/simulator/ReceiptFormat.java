package io.godwit.simulator;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.type.Address;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.Receipt.State;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The forms in which carriers send receipts, the usual ones and those that others fell over. */
public enum ReceiptFormat {
  /** TLVs, and the text of SMPP 3.4 Appendix B. */
  STANDARD,
  /** The text only. */
  TEXT_ONLY,
  /** The TLVs only. */
  TLV_ONLY,
  /** The text without sub and dlvrd, in capitals. */
  SHORT,
  /** The text with seconds and the century in its dates. */
  LONG_DATES,
  /** The text, and esm_class says that it is a message. */
  NO_ESM_CLASS;

  private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyMMddHHmm");
  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");

  DeliverSm receipt(Address from, Address to, String id, State state, long submittedMillis, long doneMillis) {
    String text = this == TLV_ONLY ? "" : text(id, state, submittedMillis, doneMillis);
    DeliverSm receipt = Pdus.receipt(from, to, id, state, text);
    if (this != STANDARD && this != TLV_ONLY) {
      receipt.removeOptionalParameter(SmppConstants.TAG_RECEIPTED_MSG_ID);
      receipt.removeOptionalParameter(SmppConstants.TAG_MSG_STATE);
    }
    if (this == NO_ESM_CLASS) {
      receipt.setEsmClass((byte) 0);
    }
    return receipt;
  }

  private String text(String id, State state, long submittedMillis, long doneMillis) {
    String error = state == State.DELIVERED ? "000" : "001";
    if (this == SHORT) {
      return "ID:" + id + " DONE DATE:" + date(doneMillis) + " STAT:" + word(state) + " ERR:" + error;
    }
    return "id:" + id + " sub:001 dlvrd:" + (state == State.DELIVERED ? "001" : "000") + " submit date:" + date(submittedMillis)
      + " done date:" + date(doneMillis) + " stat:" + word(state) + " err:" + error + " text:";
  }

  private String date(long millis) {
    return (this == LONG_DATES ? SECONDS : MINUTES).format(LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC));
  }

  /** The seven letters of SMPP 3.4 Appendix B. */
  private static String word(State state) {
    switch (state) {
      case DELIVERED:
        return "DELIVRD";
      case UNDELIVERABLE:
        return "UNDELIV";
      case ACCEPTED:
        return "ACCEPTD";
      case REJECTED:
        return "REJECTD";
      default:
        return state.name();
    }
  }
}
