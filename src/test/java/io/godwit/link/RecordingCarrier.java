package io.godwit.link;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SessionOptions;
import io.godwit.smpp.SmppServer;
import io.godwit.smpp.SmppSession;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.net.NetServerOptions;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** A carrier that keeps each submit_sm as it came, and answers with the status that the test says, and when. */
final class RecordingCarrier implements SessionHandler {
  final List<SubmitSm> submitted = new CopyOnWriteArrayList<>();
  final List<SmppSession> sessions = new CopyOnWriteArrayList<>();
  volatile ToIntFunction<SubmitSm> status = pdu -> SmppConstants.STATUS_OK;
  /** Of the answer to each submit_sm. */
  volatile Function<SubmitSm, String> id = pdu -> Integer.toString(submitted.size());
  /** Which submit_sm are answered at once. */
  volatile Predicate<SubmitSm> isAnswered = pdu -> true;
  /** Of the answers to the binds, one after the other; then 0. */
  final Queue<Integer> bindStatus = new ConcurrentLinkedQueue<>();
  private SmppServer server;

  static RecordingCarrier listen(TestNode test, NetServerOptions net) {
    RecordingCarrier carrier = new RecordingCarrier();
    carrier.server = test.await(() -> SmppServer.listen(test.vertx, net.setHost("127.0.0.1").setPort(0), SessionOptions.DEFAULTS, session -> carrier));
    return carrier;
  }

  int port() {
    return server.port();
  }

  @Override
  public Future<Integer> onBind(SmppSession session, BaseBind<?> bind) {
    Integer status = bindStatus.poll();
    return Future.succeededFuture(status == null ? SmppConstants.STATUS_OK : status);
  }

  /** The bind is answered. */
  @Override
  public void onWindowOpen(SmppSession session) {
    if (!sessions.contains(session)) sessions.add(session);
  }

  @Override
  public void onRequest(SmppSession session, PduRequest<?> request) {
    SubmitSm pdu = (SubmitSm) request;
    submitted.add(pdu);
    if (isAnswered.test(pdu)) answer(session, pdu);
  }

  /** What was not answered at once. */
  void answer(SubmitSm pdu) {
    answer(sessions.get(0), pdu);
  }

  private void answer(SmppSession session, SubmitSm pdu) {
    SubmitSmResp answer = pdu.createResponse();
    answer.setCommandStatus(status.applyAsInt(pdu));
    answer.setMessageId(id.apply(pdu));
    session.respond(answer);
  }

  /** Hands it to the first session, and returns the status of the answer. */
  int deliver(PduRequest<?> request) {
    return ask(request).getCommandStatus();
  }

  /** The same, and returns the answer. */
  PduResponse ask(PduRequest<?> request) {
    SmppSession session = sessions.get(0);
    return Await.on(session.context(), () -> session.request(request));
  }

  @Override
  public void onClosed(SmppSession session, CloseReason reason) {
    sessions.remove(session);
  }
}
