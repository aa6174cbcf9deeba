package io.godwit.simulator;

import com.cloudhopper.smpp.SmppConstants;
import io.godwit.smpp.Receipt.State;

/** What a destination's last seven digits ask for; the table in the package's description is the documentation of these. */
enum Magic {
  UNDELIVERABLE("9990001", State.UNDELIVERABLE, 0, null),
  EXPIRED("9990002", State.EXPIRED, 0, null),
  NO_RECEIPT("9990003", null, 0, null),
  REFUSED("9990004", null, SmppConstants.STATUS_INVDSTADR, null),
  THROTTLED_FIRST("9990005", State.DELIVERED, SmppConstants.STATUS_THROTTLED, null),
  REPLIES_YES("9990006", State.DELIVERED, 0, "YES"),
  NEVER_ANSWERED("9990007", null, 0, null),
  RECEIPT_TWICE("9990008", State.DELIVERED, 0, null),
  REJECTED("9990009", State.REJECTED, 0, null),
  REPLIES_STOP("9990010", State.DELIVERED, 0, "STOP");

  private static final String COMMON = "9990";
  private static final int LENGTH = 7;
  private static final Magic[] ALL = values();

  private final String suffix;
  /** The receipt's, or null for none. */
  final State state;
  /** Of submit_sm_resp. */
  final int status;
  /** Null for none. */
  final String reply;

  Magic(String suffix, State state, int status, String reply) {
    this.suffix = suffix;
    this.state = state;
    this.status = status;
    this.reply = reply;
  }

  /** Null for an ordinary number. */
  static Magic of(String destination) {
    if (destination == null || !destination.startsWith(COMMON, destination.length() - LENGTH)) {
      return null;
    }
    for (Magic magic : ALL) {
      if (destination.endsWith(magic.suffix)) {
        return magic;
      }
    }
    return null;
  }
}
