package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.EnquireLink;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The requests of ours on one session: their sequence numbers, and who waits for which answer. The session's own requests (bind,
 * enquire_link, unbind) need no slot of the window. Event loop only.
 */
final class Requests {
  /** Whose answer it was. */
  enum Answered { OWNERS, SESSIONS, NOBODYS }

  private final PduChannel channel;
  private final SubmitWindow window;
  private final Map<Integer, Consumer<PduResponse>> controls = new HashMap<>();
  private int lastSequence;
  /** Of the last enquire_link. */
  private int enquirySequence;
  /** Whether the ESME of the session bound as of a version that has optional parameters. */
  private boolean optionalParameters = true;

  Requests(PduChannel channel, int window) {
    this.channel = channel;
    this.window = new SubmitWindow(window);
  }

  /** The ESME's interface_version: one of SMPP 3.3 and before is sent no optional parameters, and neither is a carrier that is bound so (SMPP 3.4 §3.4). */
  void version(byte interfaceVersion) {
    optionalParameters = (interfaceVersion & 0xFF) >= SmppConstants.VERSION_3_4;
  }

  boolean hasOptionalParameters() {
    return optionalParameters;
  }

  /** Sends the owner's request; throws if no slot is free or the PDU breaks the protocol's limits, and then sends nothing. */
  void send(PduRequest<?> request, ResponseHandler handler) {
    if (window.free() <= 0) {
      throw new IllegalStateException("No free slot in the window of " + window.size());
    }
    if (!optionalParameters) {
      Pdus.stripForOldPeers(request);
    }
    try {
      request.setSequenceNumber(nextSequence());
      channel.write(request);
    } catch (PduCodec.Unencodable e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    window.add(request.getSequenceNumber(), handler, System.nanoTime());
  }

  /** Sends a request of the session itself. An enquire_link takes the place of the one before, which any octet has answered. */
  void control(PduRequest<?> request, Consumer<PduResponse> onAnswer) throws PduCodec.Unencodable {
    request.setSequenceNumber(nextSequence());
    channel.write(request);
    if (request instanceof EnquireLink) {
      controls.remove(enquirySequence);
      enquirySequence = request.getSequenceNumber();
    }
    controls.put(request.getSequenceNumber(), onAnswer);
  }

  /** Sequence numbers run from 1 to 0x7FFFFFFF and begin again (SMPP 3.4 §5.1.4). */
  private int nextSequence() {
    lastSequence = lastSequence == Integer.MAX_VALUE ? 1 : lastSequence + 1;
    return lastSequence;
  }

  /** For the test of the wrap-around. */
  void lastSequence(int sequence) {
    lastSequence = sequence;
  }

  Answered answer(PduResponse response) {
    if (window.answer(response)) {
      return Answered.OWNERS;
    }
    Consumer<PduResponse> control = controls.remove(response.getSequenceNumber());
    if (control == null) {
      return Answered.NOBODYS;
    }
    control.accept(response);
    return Answered.SESSIONS;
  }

  /** Gives up on what was sent at or before a moment; true if there was any of the owner's. */
  boolean expire(long sentAtOrBeforeNanos) {
    return window.expire(sentAtOrBeforeNanos);
  }

  void close() {
    controls.clear();
    window.close();
  }

  int free() {
    return window.free();
  }

  int inFlight() {
    return window.inFlight();
  }
}
