package io.godwit.smpp;

import com.cloudhopper.smpp.pdu.PduResponse;
import io.vertx.core.Promise;
import java.util.concurrent.TimeoutException;

/** A {@link ResponseHandler} that completes a Promise. */
final class PromisedResponse implements ResponseHandler {
  private final Promise<PduResponse> answer;

  PromisedResponse(Promise<PduResponse> answer) {
    this.answer = answer;
  }

  @Override
  public void onResponse(PduResponse response) {
    answer.complete(response);
  }

  @Override
  public void onUnanswered(Unanswered reason) {
    answer.fail(reason == Unanswered.TIMEOUT
      ? new TimeoutException("No answer within the response time-out")
      : new SessionClosed(CloseReason.DISCONNECTED));
  }
}
