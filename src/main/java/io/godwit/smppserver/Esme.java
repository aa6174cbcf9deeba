package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.CancelSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.QuerySm;
import io.godwit.accounts.SmppLogin;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.ReplaceSm;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SmppSession;
import io.godwit.smpp.SubmitMulti;
import io.vertx.core.Future;

/** One session of a customer's system, from its bind to its end. Event loop only. */
final class Esme implements SessionHandler {
  private final Door door;
  private final SmppSession session;
  private SmppLogin login;
  private Customer customer;
  private boolean entered;
  private boolean closed;

  Esme(Door door, SmppSession session) {
    this.door = door;
    this.session = session;
  }

  SmppSession session() {
    return session;
  }

  /** By what it is bound; null before. */
  SmppLogin login() {
    return login;
  }

  Customer customer() {
    return customer;
  }

  /** Whether the connection ended while its bind was looked at. */
  boolean isClosed() {
    return closed;
  }

  @Override
  public Future<Integer> onBind(SmppSession same, BaseBind<?> bind) {
    return door.admit(this, bind);
  }

  /** The bind will be answered with success. */
  void admitted(SmppLogin by, Customer as) {
    login = by;
    customer = as;
  }

  @Override
  public void onRequest(SmppSession same, PduRequest<?> request) {
    if (request instanceof SubmitMulti multi) door.submits().take(this, multi);
    else if (request instanceof BaseSm<?> sm) door.submits().take(this, sm);
    else if (request instanceof QuerySm query) door.queries().query(this, query);
    else if (request instanceof CancelSm cancel) door.queries().cancel(this, cancel);
    else session.respond(Statuses.answer(request, request instanceof ReplaceSm ? SmppConstants.STATUS_REPLACEFAIL : SmppConstants.STATUS_INVCMDID));
  }

  /** The first time right after the bind was answered: only now may it be told anything. */
  @Override
  public void onWindowOpen(SmppSession same) {
    if (customer == null) return;
    if (!entered && session.state() == SmppSession.State.BOUND) {
      entered = true;
      customer.enter(this);
    }
    customer.pump();
  }

  @Override
  public void onClosed(SmppSession same, CloseReason reason) {
    closed = true;
    if (customer != null) door.left(this, reason);
  }
}
