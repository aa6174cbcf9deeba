package io.godwit.link;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.message.Failure;
import io.godwit.smpp.CommandStatus;
import java.util.HashMap;
import java.util.Map;

/**
 * What a carrier's command_status means for the message, and for the link (SMPP 3.4 §5.1.3). In the directory {@code {"ESME_RTHROTTLED" or "0x58" or
 * 88 or "*": {"as": "temporary" or "permanent", "pauseMs": 0}}}; what it does not name is as in {@link #DEFAULT}, and what that does not name as
 * under {@code "*"}: permanent, unless the link says otherwise.
 *
 * @param entries by command_status
 * @param others all else
 */
record ErrorTable(Map<Integer, Meaning> entries, Meaning others) {
  private static final String OTHERS = "*";
  private static final int PAUSE = 1_000;
  private static final int LONGEST_PAUSE = 600_000;

  enum As { TEMPORARY, PERMANENT }

  /** @param pauseMs for so long the whole link submits nothing, as its carrier asks for fewer messages */
  record Meaning(As as, int pauseMs) { }

  /**
   * Throttling, a full queue and a bind that the carrier has forgotten, as one behind a proxy may, pause the link, since all that follows would meet the same; these and a
   * carrier's own trouble leave the message to be tried again. A forgotten bind is bound anew, whatever is said of it here.
   */
  static final ErrorTable DEFAULT = new ErrorTable(Map.of(
    SmppConstants.STATUS_THROTTLED, new Meaning(As.TEMPORARY, PAUSE), SmppConstants.STATUS_MSGQFUL, new Meaning(As.TEMPORARY, PAUSE),
    SmppConstants.STATUS_INVBNDSTS, new Meaning(As.TEMPORARY, PAUSE),
    SmppConstants.STATUS_X_T_APPN, new Meaning(As.TEMPORARY, 0), SmppConstants.STATUS_SYSERR, new Meaning(As.TEMPORARY, 0)),
    new Meaning(As.PERMANENT, 0));

  static ErrorTable from(LinkEntry errors) {
    Map<Integer, Meaning> entries = new HashMap<>(DEFAULT.entries);
    Meaning others = DEFAULT.others;
    for (String key : errors.keys()) {
      Integer code = key.equals(OTHERS) ? null : CommandStatus.error(key);
      if (code == null && !key.equals(OTHERS)) errors.invalid(key, "is no error such as ESME_RTHROTTLED or 0x58, and not \"*\"", null);
      Meaning meaning = meaning(errors.object(key), code == null ? others : entries.getOrDefault(code, others));
      if (code != null) entries.put(code, meaning);
      else if (key.equals(OTHERS)) others = meaning;
    }
    return new ErrorTable(Map.copyOf(entries), others);
  }

  private static Meaning meaning(LinkEntry entry, Meaning usual) {
    As as = entry.word("as", usual.as);
    Meaning meaning = new Meaning(as, entry.number("pauseMs", as == As.TEMPORARY ? usual.pauseMs : 0, 0, LONGEST_PAUSE));
    entry.refuseOthers();
    if (as == As.PERMANENT && meaning.pauseMs > 0) entry.invalid("pauseMs", "is for temporary errors", null);
    return meaning;
  }

  private Meaning meaning(int status) {
    return entries.getOrDefault(status, others);
  }

  Failure failure(PduResponse response) {
    int status = response.getCommandStatus();
    boolean temporary = meaning(status).as == As.TEMPORARY;
    String name = CommandStatus.name(status);
    return new Failure(temporary ? "carrier-busy" : "carrier-refused", temporary, String.format("0x%08X", status),
      "the carrier answered submit_sm with " + (name == null ? "an unknown status" : name));
  }

  /** Whether such an answer says something about this message alone: it is temporary, and the link goes on. */
  boolean isOwn(PduResponse response) {
    Meaning meaning = meaning(response.getCommandStatus());
    return meaning.as == As.TEMPORARY && meaning.pauseMs == 0;
  }

  /** How long the whole link is to pause after such an answer, milliseconds; 0 = not at all. */
  int pauseMs(PduResponse response) {
    return meaning(response.getCommandStatus()).pauseMs;
  }
}
