package io.godwit.smppserver;

import io.godwit.message.Failure;
import io.godwit.message.Status;
import io.godwit.smpp.Receipt;
import java.util.Locale;

/** Our statuses in SMPP's words (3.4 §5.2.28 and Appendix B); the table is in the room's package-info. */
final class States {
  enum State {
    ENROUTE("ENROUTE", Receipt.State.ENROUTE), DELIVERED("DELIVRD", Receipt.State.DELIVERED), EXPIRED("EXPIRED", Receipt.State.EXPIRED),
    DELETED("DELETED", Receipt.State.DELETED), UNDELIVERABLE("UNDELIV", Receipt.State.UNDELIVERABLE), ACCEPTED("ACCEPTD", Receipt.State.ACCEPTED),
    UNKNOWN("UNKNOWN", Receipt.State.UNKNOWN), REJECTED("REJECTD", Receipt.State.REJECTED);

    private final String word;
    private final Receipt.State receipt;

    State(String word, Receipt.State receipt) {
      this.word = word;
      this.receipt = receipt;
    }

    String word() {
      return word;
    }

    Receipt.State receipt() {
      return receipt;
    }
  }

  private static final int ERR_CHARS = 3;
  private static final String CARRIER = "carrier-";

  private States() {
  }

  /** Of a message that has ended. SENT is an end where the carrier gives no receipts: it has accepted the message, and no more is known. */
  static State of(Status status, Failure error) {
    return switch (status) {
      case DELIVERED -> State.DELIVERED;
      case TELCO_ERROR -> ofCarrier(error);
      case USER_BLOCKED, OPTED_OUT, NO_ROUTE, NO_CREDIT, REJECTED -> State.REJECTED;
      case EXPIRED -> State.EXPIRED;
      case CANCELLED -> State.DELETED;
      case UNKNOWN -> State.UNKNOWN;
      case SENT -> State.ACCEPTED;
      case DEAD -> State.UNDELIVERABLE;
      default -> State.ENROUTE;
    };
  }

  /** The word that the carrier used, where it is one. */
  private static State ofCarrier(Failure error) {
    if (error == null || !error.code().startsWith(CARRIER)) return State.UNDELIVERABLE;
    String word = error.code().substring(CARRIER.length()).toUpperCase(Locale.ROOT);
    for (State state : new State[] {State.EXPIRED, State.DELETED, State.REJECTED, State.UNKNOWN}) if (state.name().equals(word)) return state;
    return State.UNDELIVERABLE;
  }

  /** Three characters: the carrier's own code where it has so few, else ours. */
  static String err(Status status, Failure error) {
    String code = error == null ? null : error.carrierCode();
    if (code != null && !code.isEmpty() && code.length() <= ERR_CHARS) return "0".repeat(ERR_CHARS - code.length()) + code;
    return switch (status) {
      case DELIVERED, SENT -> "000";
      case USER_BLOCKED -> "101";
      case OPTED_OUT -> "102";
      case NO_ROUTE -> "103";
      case NO_CREDIT -> "104";
      case REJECTED -> "105";
      case EXPIRED -> "106";
      case CANCELLED -> "107";
      case TELCO_ERROR -> "108";
      case DEAD -> "109";
      default -> "110";
    };
  }
}
