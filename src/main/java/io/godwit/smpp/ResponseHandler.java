package io.godwit.smpp;

import com.cloudhopper.smpp.pdu.PduResponse;

/**
 * Told what became of one request. After {@link SmppSession#request} returned true, exactly one of {@link #onResponse} and
 * {@link #onUnanswered} is called, once, on the session's event loop.
 */
public interface ResponseHandler {
  /** Why there is no answer. In both cases the peer may have acted on the request. */
  enum Unanswered {
    /** Not within the response time-out; the session goes on. */
    TIMEOUT,
    /** The session ended first. */
    CLOSED
  }

  /**
   * The answer, whatever its command_status; a generic_nack too. An error may come without a body (SMPP 3.4 §4.4.2), so a
   * message_id may be null.
   */
  void onResponse(PduResponse response);

  void onUnanswered(Unanswered reason);

  /** The answer after all, after {@link #onUnanswered} said TIMEOUT: what was taken for unknown is known now. */
  default void onLateResponse(PduResponse response) {
  }
}
