package io.godwit.link;

import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.SmppConstants;
import io.godwit.message.Concat;
import io.godwit.message.Encoding;
import io.godwit.message.Failure;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.message.Text;
import io.godwit.queue.Parcel;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.CarrierId;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.ResponseHandler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/**
 * One message on its way to the carrier: its segments, and what was answered to each. It leaves the link once, when nothing of it is in flight any
 * more. A segment that was accepted in an earlier try is not submitted again.
 */
final class Submission {
  final Parcel parcel;
  final int position;
  final Message message;
  private final List<byte[]> segments;
  private final List<Segment> parts;
  private final java.util.function.Consumer<Submission> onSettled;
  private int next;
  private int inFlight;
  private Failure failure;
  private boolean unknown;
  private boolean expired;

  Submission(Parcel parcel, int position, java.util.function.Consumer<Submission> onSettled) {
    this.parcel = parcel;
    this.position = position;
    this.message = parcel.message(position);
    this.onSettled = onSettled;
    this.segments = segments();
    this.parts = new ArrayList<>(message.parts().size() == segments.size() ? message.parts() : Collections.nCopies(segments.size(), null));
    skipAccepted();
  }

  /** A plug-in may have made the text longer than any number of segments can carry: that is refused like any other fault. */
  private List<byte[]> segments() {
    if (hasOwnHeader()) return List.of(behind(HexFormat.of().parseHex(message.origin().smpp().header()), Text.encode(message.text(), message.encoding())));
    try {
      return Text.segments(message.text(), message.encoding(), Concat.UDH8, reference(message.id()));
    } catch (IllegalArgumentException e) {
      failure = Failure.of("unencodable", e.getMessage());
      return List.of();
    }
  }

  /** A segment that the customer cut himself travels with his own header. */
  private static byte[] behind(byte[] header, byte[] text) {
    byte[] segment = Arrays.copyOf(header, header.length + text.length);
    System.arraycopy(text, 0, segment, header.length, text.length);
    return segment;
  }

  /** Another message of the same recipient rarely has the same: the end of the id counts up. */
  private static int reference(String id) {
    return id.hashCode() & 0xFF;
  }

  private void skipAccepted() {
    while (next < segments.size() && isAccepted(next)) next++;
  }

  private boolean isAccepted(int segment) {
    return parts.get(segment) != null && !parts.get(segment).carrierIds().isEmpty();
  }

  /** Whether a segment is left to submit. After a refusal the others are held back. */
  boolean hasNext() {
    return next < segments.size() && failure == null && !unknown;
  }

  /** The next segment as a PDU. */
  SubmitSm nextPdu(boolean receipt) {
    Encoding encoding = message.encoding();
    return Pdus.submit(AddressPlan.DEFAULT.address(message.from()), AddressPlan.DEFAULT.address(message.to()), segments.get(next),
      (byte) encoding.dataCoding(), segments.size() > 1 || hasOwnHeader(), receipt);
  }

  private boolean hasOwnHeader() {
    return message.origin().smpp() != null && message.origin().smpp().header() != null;
  }

  /** The segment was handed to a session: this hears of its answer. */
  ResponseHandler submitted(String link, Throttling throttling) {
    int segment = next++;
    skipAccepted();
    inFlight++;
    return new ResponseHandler() {
      @Override
      public void onResponse(PduResponse response) {
        if (response.getCommandStatus() != SmppConstants.STATUS_OK) {
          failure = ErrorTable.failure(response);
          if (ErrorTable.isThrottled(response)) throttling.refused(System.nanoTime());
        } else {
          throttling.accepted();
          accepted(segment, link, response);
        }
        answered();
      }

      @Override
      public void onUnanswered(Unanswered reason) {
        unknown = true;
        answered();
      }
    };
  }

  private void accepted(int segment, String link, PduResponse response) {
    String id = response instanceof SubmitSmResp resp && resp.getMessageId() != null ? resp.getMessageId() : "";
    List<Long> keys = List.of(CarrierId.hash(link, CarrierId.key(id)));
    parts.set(segment, new Segment(List.of(id), keys, Segment.State.SENT));
  }

  private void answered() {
    inFlight--;
    if (inFlight == 0 && !hasNext()) onSettled.accept(this);
  }

  /** Its validity ended before it was submitted. */
  void expire() {
    expired = true;
    onSettled.accept(this);
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

  /** Whether a segment may have been taken without our knowing. */
  boolean isUnknown() {
    return unknown;
  }

  /** What the carrier said of each segment; those not accepted have no ids. */
  List<Segment> parts() {
    return parts.stream().map(part -> part == null ? new Segment(List.of(), List.of(), Segment.State.SENT) : part).toList();
  }

  List<String> carrierIds() {
    return parts().stream().flatMap(part -> part.carrierIds().stream()).toList();
  }
}
