package io.godwit.simulator;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.simulator.Counters.Count;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SmppSession;
import io.godwit.smpp.SubmitMulti;
import io.vertx.core.Future;

/** One ESME at the simulator. */
final class SmscSession implements SessionHandler {
  private final Simulator smsc;
  private Mailbox mailbox;
  private boolean bound;

  SmscSession(Simulator smsc) {
    this.smsc = smsc;
  }

  @Override
  public Future<Integer> onBind(SmppSession session, BaseBind<?> bind) {
    if (!smsc.config().admits(bind.getSystemId(), bind.getPassword())) {
      smsc.counters().add(Count.BINDS_REFUSED);
      boolean known = smsc.config().accounts().containsKey(bind.getSystemId());
      return Future.succeededFuture(known ? SmppConstants.STATUS_INVPASWD : SmppConstants.STATUS_INVSYSID);
    }
    bound = true;
    mailbox = smsc.mailbox(session.systemId());
    if (session.bindType().receives()) {
      mailbox.add(session);
    }
    smsc.counters().add(Count.BINDS);
    return Future.succeededFuture(SmppConstants.STATUS_OK);
  }

  @Override
  public void onRequest(SmppSession session, PduRequest<?> request) {
    if (request instanceof BaseSm<?> message && !(request instanceof SubmitMulti)) {
      smsc.receive(session, message);
    } else {
      PduResponse answer = request.createResponse();
      answer.setCommandStatus(SmppConstants.STATUS_INVCMDID);
      session.respond(answer);
    }
  }

  @Override
  public void onWindowOpen(SmppSession session) {
    if (bound) {
      mailbox.pump();
    }
  }

  @Override
  public void onClosed(SmppSession session, CloseReason reason) {
    if (bound) {
      mailbox.remove(session);
    }
  }
}
