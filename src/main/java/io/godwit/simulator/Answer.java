package io.godwit.simulator;

import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.BaseSmResp;
import io.godwit.smpp.SmppSession;

/**
 * The answer to a submit_sm or data_sm, whose time may come later. Event loop only.
 *
 * @param then what follows it: the delays of receipts and replies begin with the answer
 */
record Answer(SmppSession session, BaseSm<?> message, int status, String messageId, Runnable then) implements Runnable {
  @Override
  public void run() {
    BaseSmResp answer = (BaseSmResp) message.createResponse();
    answer.setCommandStatus(status);
    answer.setMessageId(messageId);
    session.respond(answer);
    then.run();
  }

  /** It never comes, and neither does what follows it; the session does not wait for it. */
  void giveUp() {
    session.giveUp();
  }
}
