package io.godwit.smpp;

import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.SmppConstants;
import io.vertx.core.Future;

/** What a session tells its owner; every method is called on the session's event loop and must not block. */
public interface SessionHandler {

  /**
   * Server side: the peer asks to bind. Completes with the command_status of the answer; after anything but 0 the session
   * ends within a second; a failure is ESME_RBINDFAIL. The session may end before the Future does.
   */
  default Future<Integer> onBind(SmppSession session, BaseBind<?> bind) {
    return Future.succeededFuture(SmppConstants.STATUS_BINDFAIL);
  }

  /**
   * A request of the peer that the session does not answer itself (it does answer bind, unbind and enquire_link). Answer it by
   * {@link SmppSession#respond}, now or later: only after a commit, for example.
   */
  void onRequest(SmppSession session, PduRequest<?> request);

  /**
   * There may be free slots ({@link SmppSession#free}): after the bind, after answers and time-outs, when the socket takes
   * bytes again. Called once per read, not per answer: a pump fills the window here.
   */
  default void onWindowOpen(SmppSession session) {
  }

  /** An answer that belongs to no request we know of. */
  default void onUnexpectedResponse(SmppSession session, PduResponse response) {
  }

  /**
   * The session is over. Called exactly once, after every request in flight was told so. Server side: for every session;
   * client side: for every session that was bound.
   */
  default void onClosed(SmppSession session, CloseReason reason) {
  }
}
