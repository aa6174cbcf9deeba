package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.GenericNack;
import com.cloudhopper.smpp.pdu.Pdu;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a session's channel reads, handed to the session so that nobody's bug ends the reading of what follows. */
final class SessionReader implements PduChannel.Receiver {
  private static final Logger log = LoggerFactory.getLogger(SessionReader.class);

  /** Of an answer to what has no sequence_number that could be read (SMPP 3.4 §4.3.1). */
  private static final int NO_SEQUENCE = 0;

  private final SmppSession session;
  private boolean complained;

  SessionReader(SmppSession session) {
    this.session = session;
  }

  @Override
  public void onPdu(Pdu pdu) {
    if (pdu instanceof PduResponse response) {
      guarded(() -> session.onResponse(response));
    } else {
      guarded(() -> serve((PduRequest<?>) pdu));
    }
  }

  private void serve(PduRequest<?> request) {
    try {
      session.onRequest(request);
    } catch (RuntimeException e) {
      log.error("The handler failed at {} {} of {}", request.getName(), request.getSequenceNumber(), session.systemId(), e);
      session.respond(SmppSession.answer(request, SmppConstants.STATUS_SYSERR));
    }
  }

  @Override
  public void onUnreadable(PduCodec.Unreadable unreadable) {
    if (!complained) {
      complained = true;
      log.warn("Unreadable PDU from {}, others of this session will not be told: {}", session.remoteAddress(),
        unreadable.getMessage());
    }
    if (unreadable.isRequest() && unreadable.commandId != PduCodec.ALERT_NOTIFICATION) nack(unreadable.sequence, unreadable.status);
  }

  private void nack(int sequence, int status) {
    GenericNack nack = new GenericNack();
    nack.setSequenceNumber(sequence);
    nack.setCommandStatus(status);
    session.write(nack);
  }

  @Override
  public void onGarbage(int length) {
    log.warn("Garbage from {}: a command_length of {}", session.remoteAddress(), Integer.toUnsignedString(length));
    nack(NO_SEQUENCE, SmppConstants.STATUS_INVCMDLEN);
    session.end(CloseReason.GARBAGE, null);
  }

  @Override
  public void onReadComplete() {
    guarded(session::onReadComplete);
  }

  @Override
  public void onDrained() {
    guarded(session::onDrained);
  }

  @Override
  public void onDisconnected() {
    session.end(CloseReason.DISCONNECTED, null);
  }

  /** An owner's bug is logged and ends neither the session nor the reading of what follows. */
  static void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      log.error("A session handler failed", e);
    }
  }
}
