package io.godwit.link;

import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.SmppConstants;
import io.godwit.message.Failure;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.message.TextForm;
import io.godwit.queue.Parcel;
import io.godwit.smpp.CarrierId;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.ResponseHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One message on its way to the carrier: its segments, and what was answered to each. It leaves the link once, when nothing of it is in flight any
 * more. A segment that was accepted in an earlier try is not submitted again.
 */
final class Submission {
  final Parcel parcel;
  final int position;
  final Message message;
  private final LinkConfig link;
  private final LongSupplier clock;
  private final List<Tlvs> registered;
  private final TextForm.Written written;
  private final List<Segment> parts;
  private final Consumer<Submission> onSettled;
  private final Consumer<Submission> onLate;
  private int next;
  private int inFlight;
  private Failure failure;
  private boolean refusedAlone;
  /** The answer to a segment did not come in its time; it may have come since. */
  private boolean unknown;
  private boolean late;
  /** The names that came with late answers, and of which nothing that was committed tells yet. */
  private final List<String> untold = new ArrayList<>();
  private boolean committed;
  private boolean expired;

  /** Makes them as the link, and the accounts, are configured at the moment. */
  interface Maker {
    Submission make(Parcel parcel, int position, Consumer<Submission> onSettled, Consumer<Submission> onLate);
  }

  /**
   * @param clock milliseconds since 1970
   * @param onLate told each time that a segment was accepted whose answer nobody waited for any more
   */
  Submission(Parcel parcel, int position, LinkConfig link, Registrations registrations, LongSupplier clock, Consumer<Submission> onSettled, Consumer<Submission> onLate) {
    this.parcel = parcel;
    this.position = position;
    this.message = parcel.message(position);
    this.onSettled = onSettled;
    this.onLate = onLate;
    this.link = link;
    this.clock = clock;
    this.registered = registrations.of(message, link.id());
    this.written = written();
    int requests = written.requests().size();
    this.parts = new ArrayList<>(failure != null || message.parts().size() == requests ? message.parts() : Collections.nCopies(requests, null));
    skipAccepted();
  }

  /** A plug-in may have made the text longer than any number of segments can carry: that is refused like any other fault: the others behind it go on. */
  private TextForm.Written written() {
    try {
      TextForm.Written fitting = link.text().write(message, reference(message.id()));
      if (fitting != null) return fitting;
      failure = Failure.of("segments-exceeded", "its link would need more than the " + message.segments() + " segments of the price");
    } catch (RuntimeException e) {
      failure = Failure.of("unencodable", String.valueOf(e.getMessage()));
    }
    return new TextForm.Written(List.of(), 0, false, false, 1);
  }

  /** Another message of the same recipient rarely has the same: the end of the id counts up. */
  private static int reference(String id) {
    return id.hashCode() & 0xFFFF;
  }

  private void skipAccepted() {
    while (next < parts.size() && isAccepted(next)) next++;
  }

  private boolean isAccepted(int segment) {
    return parts.get(segment) != null && !parts.get(segment).carrierIds().isEmpty();
  }

  /** Whether a segment is left to submit. After a refusal the others are held back. */
  boolean hasNext() {
    return next < parts.size() && failure == null && !unknown && !expired;
  }

  /** The same; but what has waited for the rate or the window until the validity ended is given up. */
  boolean goesOn() {
    if (hasNext() && message.validUntil() <= clock.getAsLong()) expire();
    return hasNext();
  }

  /** How many segments each PDU makes on the air. */
  int segmentsEach() {
    return written.segmentsEach();
  }

  /** The next segment, or the whole message, as a PDU. */
  SubmitSm nextPdu() {
    SubmitSm pdu = link.envelope().around(message.from(), message.to(), written.requests().get(next), written.dataCoding(), written.hasHeader(),
      Duration.ofMillis(message.validUntil() - clock.getAsLong()));
    registered.forEach(tlvs -> tlvs.addTo(pdu));
    if (written.isSar()) Pdus.setSar(pdu, reference(message.id()), parts.size(), next + 1);
    return pdu;
  }

  /**
   * The segment was handed to a session: this hears of its answer.
   *
   * @param forgotten told when the answer says that the carrier does not know the session's bind
   */
  ResponseHandler submitted(Throttling throttling, Runnable forgotten) {
    int segment = next++;
    skipAccepted();
    inFlight++;
    return new ResponseHandler() {
      @Override
      public void onResponse(PduResponse response) {
        if (response.getCommandStatus() != SmppConstants.STATUS_OK) {
          refused(response);
          int pause = link.errors().pauseMs(response);
          if (pause > 0) throttling.refused(pause, System.nanoTime());
          if (response.getCommandStatus() == SmppConstants.STATUS_INVBNDSTS) forgotten.run();
        } else {
          throttling.accepted();
          accepted(segment, response);
        }
        answered();
      }

      @Override
      public void onUnanswered(Unanswered reason) {
        throttling.unanswered();
        unknown = true;
        answered();
      }

      @Override
      public void onLateResponse(PduResponse response) {
        if (response.getCommandStatus() != SmppConstants.STATUS_OK) return;
        late = true;
        throttling.accepted();
        accepted(segment, response);
        untold.addAll(parts.get(segment).carrierIds());
        onLate.accept(Submission.this);
      }
    };
  }

  /** A refusal for good stays, whatever is said of other segments: another try would meet it again. */
  private void refused(PduResponse response) {
    Failure now = link.errors().failure(response);
    refusedAlone = (failure == null || refusedAlone) && link.errors().isOwn(response);
    if (failure == null || failure.temporary()) failure = now;
  }

  private void accepted(int segment, PduResponse response) {
    String id = response instanceof SubmitSmResp resp && resp.getMessageId() != null ? resp.getMessageId() : "";
    List<Long> keys = List.of(CarrierId.hash(link.id(), CarrierId.key(id)));
    parts.set(segment, new Segment(List.of(id), keys, Segment.State.SENT));
  }

  private void answered() {
    inFlight--;
    if (inFlight == 0 && !hasNext()) onSettled.accept(this);
  }

  /** Its validity ended before it, or what is left of it, was submitted. */
  void expire() {
    expired = true;
    if (inFlight == 0) onSettled.accept(this);
  }

  boolean isExpired() {
    return expired;
  }

  /** The segment that was just handed over was not written. */
  void unsubmitted(Failure why) {
    failure = why;
    answered();
  }

  /** What is left of it cannot be submitted now. Does nothing when nothing is left: then it is settled, or its last answer will settle it. */
  void refuse(Failure why) {
    if (!hasNext()) return;
    failure = why;
    if (inFlight == 0) onSettled.accept(this);
  }

  /** Why the carrier refused it; null when it did not. */
  Failure failure() {
    return failure;
  }

  /** Whether it was refused for now, not the link throttled, and the carrier has nothing of it: it may go over another link. */
  boolean isRefusedAlone() {
    return refusedAlone && !unknown && !message.resent() && parts.stream().allMatch(part -> part == null || part.carrierIds().isEmpty());
  }

  /** Whether a segment may have been taken without our knowing, in this try, or in an earlier one of which this one, ended for a reason of ours, has learned nothing. */
  boolean isUnknown() {
    boolean oursForGood = failure != null && !failure.temporary() && failure.carrierCode() == null;
    return unknown && parts().stream().anyMatch(part -> part.carrierIds().isEmpty()) || message.resent() && oursForGood;
  }

  /** Whether a segment was accepted when nobody waited for its answer any more. */
  boolean isLate() {
    return late;
  }

  /** What was named in late answers and is not told anywhere. */
  List<String> untold() {
    return List.copyOf(untold);
  }

  /** Something that is to be committed tells of these. */
  void told(List<String> names) {
    untold.removeAll(names);
  }

  /** What followed from it is stored: nothing that is heard from now on is in it. */
  void committed() {
    committed = true;
  }

  boolean isCommitted() {
    return committed;
  }

  /** What the carrier said of each segment; those not accepted have no ids. */
  List<Segment> parts() {
    return parts.stream().map(part -> part == null ? new Segment(List.of(), List.of(), Segment.State.SENT) : part).toList();
  }

  List<String> carrierIds() {
    return parts().stream().flatMap(part -> part.carrierIds().stream()).toList();
  }
}
