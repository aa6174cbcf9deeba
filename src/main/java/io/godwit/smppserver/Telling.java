package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.message.Notice;
import io.godwit.smpp.ResponseHandler;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** One notice on its way to a receiver, all of it to one session: its deliver_sm, and what was answered to each. It ends once, when nothing of it is in flight. Event loop only. */
final class Telling {
  /** How it ended. */
  enum Outcome {
    TOLD,
    /** The customer does not want it, now or ever. */
    REFUSED,
    /** It cannot be written as a deliver_sm. */
    UNTELLABLE,
    /** No answer in time, or one that says that he cannot take it now. */
    LATER,
    /** The session ended first: another receiver is told at once. */
    AGAIN
  }

  /** A refusal for good (SMPP 3.4 §5.1.3): ESME_RX_P_APPN and ESME_RX_R_APPN. All other errors are taken for troubles that pass. */
  private static final Set<Integer> FOR_GOOD = Set.of(SmppConstants.STATUS_X_P_APPN, SmppConstants.STATUS_X_R_APPN);

  final Held held;
  final int position;
  final Notice notice;
  private final List<DeliverSm> parts;
  private final Consumer<Telling> onEnd;
  private int next;
  private int inFlight;
  private Outcome outcome = Outcome.TOLD;

  Telling(Held held, int position, List<DeliverSm> parts, Consumer<Telling> onEnd) {
    this.held = held;
    this.position = position;
    this.notice = held.parcel.notice(position);
    this.parts = parts;
    this.onEnd = onEnd;
  }

  /** Whether a part is left to send. After a failure the others are held back. */
  boolean hasNext() {
    return next < parts.size() && outcome == Outcome.TOLD;
  }

  DeliverSm part() {
    return parts.get(next);
  }

  Outcome outcome() {
    return outcome;
  }

  /**
   * The part was handed to a session: this hears of its answer.
   *
   * @param heard told the answer's command_status first
   */
  ResponseHandler sent(IntConsumer heard) {
    next++;
    inFlight++;
    return new ResponseHandler() {
      @Override
      public void onResponse(PduResponse response) {
        int status = response.getCommandStatus();
        heard.accept(status);
        answered(status == SmppConstants.STATUS_OK ? outcome : FOR_GOOD.contains(status) ? Outcome.REFUSED : Outcome.LATER);
      }

      @Override
      public void onUnanswered(Unanswered reason) {
        answered(reason == Unanswered.CLOSED ? Outcome.AGAIN : Outcome.LATER);
      }
    };
  }

  private void answered(Outcome now) {
    if (outcome == Outcome.TOLD) outcome = now;
    inFlight--;
    endIfOver();
  }

  /** The part that was just handed over was not written. */
  void unsent(Outcome why) {
    answered(why);
  }

  /** No deliver_sm says it. */
  void fail() {
    outcome = Outcome.UNTELLABLE;
    endIfOver();
  }

  /** The session has ended before all parts were sent. */
  void abandon() {
    if (!hasNext()) return;
    outcome = Outcome.AGAIN;
    endIfOver();
  }

  private void endIfOver() {
    if (inFlight == 0 && !hasNext()) onEnd.accept(this);
  }
}
