package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.intake.Refusal;
import io.godwit.intake.Refusal.Reason;
import java.util.EnumMap;
import java.util.Map;

/** The command_status that says why something was not done (SMPP 3.4 §5.1.3); the table is in the room's package-info. */
final class Statuses {
  /** Of SMPP 5.0 §4.7.6, and understood by the clients of 3.4: octets of an alphabet that is no text to us. */
  static final int INVALID_DATA_CODING = 0x104;

  private static final Map<Reason, Integer> REFUSALS = new EnumMap<>(Map.ofEntries(
    Map.entry(Reason.INVALID_RECIPIENT, SmppConstants.STATUS_INVDSTADR),
    Map.entry(Reason.INVALID_SENDER, SmppConstants.STATUS_INVSRCADR),
    Map.entry(Reason.EMPTY_TEXT, SmppConstants.STATUS_INVMSGLEN),
    Map.entry(Reason.UNENCODABLE_TEXT, SmppConstants.STATUS_SUBMITFAIL),
    Map.entry(Reason.TOO_MANY_SEGMENTS, SmppConstants.STATUS_INVMSGLEN),
    Map.entry(Reason.INVALID_VALIDITY, SmppConstants.STATUS_INVEXPIRY),
    Map.entry(Reason.INVALID_SCHEDULE, SmppConstants.STATUS_INVSCHED),
    Map.entry(Reason.OVERLOADED, SmppConstants.STATUS_MSGQFUL),
    Map.entry(Reason.STORE_UNAVAILABLE, SmppConstants.STATUS_X_T_APPN),
    Map.entry(Reason.RATE_LIMIT, SmppConstants.STATUS_THROTTLED),
    Map.entry(Reason.DAILY_LIMIT, SmppConstants.STATUS_SUBMITFAIL),
    Map.entry(Reason.SPEND_LIMIT, SmppConstants.STATUS_SUBMITFAIL)));

  private Statuses() {
  }

  static int of(Refusal refusal) {
    return REFUSALS.getOrDefault(refusal.reason(), SmppConstants.STATUS_SUBMITFAIL);
  }

  static PduResponse answer(PduRequest<?> request, int status) {
    PduResponse answer = request.createResponse();
    answer.setCommandStatus(status);
    return answer;
  }
}
