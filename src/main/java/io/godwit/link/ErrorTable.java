package io.godwit.link;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.message.Failure;
import java.util.Set;

/** What a carrier's command_status means for the message: try again, or never (SMPP 3.4 §5.1.3). */
final class ErrorTable {
  private static final Set<Integer> TEMPORARY = Set.of(SmppConstants.STATUS_THROTTLED, SmppConstants.STATUS_MSGQFUL,
    SmppConstants.STATUS_X_T_APPN, SmppConstants.STATUS_SYSERR);
  private static final Set<Integer> THROTTLED = Set.of(SmppConstants.STATUS_THROTTLED, SmppConstants.STATUS_MSGQFUL);

  private ErrorTable() {
  }

  static Failure failure(PduResponse response) {
    int status = response.getCommandStatus();
    String name = SmppConstants.STATUS_MESSAGE_MAP.get(status);
    return new Failure(TEMPORARY.contains(status) ? "carrier-busy" : "carrier-refused", TEMPORARY.contains(status), String.format("0x%08X", status),
      "the carrier answered submit_sm with " + (name == null ? "an unknown status" : name));
  }

  /** Whether the carrier asks for fewer messages, so that the whole link should pause. */
  static boolean isThrottled(PduResponse response) {
    return THROTTLED.contains(response.getCommandStatus());
  }
}
