package io.godwit.simulator;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A customer of the simulated carrier: submits, answers every deliver_sm with one status, and keeps what it got. */
final class Esme implements SessionHandler {
  private static final int PATIENCE_S = 30;

  final BlockingQueue<DeliverSm> delivered = new LinkedBlockingQueue<>();
  final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();
  volatile int answer;
  private SmppSession session;

  static Esme bind(Vertx vertx, int port, String systemId, String password, BindType type) throws Exception {
    Esme esme = new Esme();
    esme.session = await(new SmppClient(vertx).bind(BindOptions.of("127.0.0.1", port, systemId, password, type), esme));
    return esme;
  }

  static Esme bind(Vertx vertx, Simulator smsc) throws Exception {
    return bind(vertx, smsc.port(), "esme", "any", BindType.TRX);
  }

  /** With a receipt asked for. */
  SubmitSmResp submit(String to, String text) throws Exception {
    return await(trySubmit(to, text));
  }

  Future<SubmitSmResp> trySubmit(String to, String text) {
    return session.request(Pdus.submit(AddressPlan.DEFAULT.address("Godwit"), AddressPlan.DEFAULT.address(to),
      text.getBytes(StandardCharsets.ISO_8859_1), (byte) 0, false, true)).map(SubmitSmResp.class::cast);
  }

  SmppSession session() {
    return session;
  }

  DeliverSm next() throws InterruptedException {
    DeliverSm sm = delivered.poll(PATIENCE_S, TimeUnit.SECONDS);
    if (sm == null) {
      throw new AssertionError("no deliver_sm within " + PATIENCE_S + " s");
    }
    return sm;
  }

  @Override
  public void onRequest(SmppSession at, PduRequest<?> request) {
    var response = request.createResponse();
    response.setCommandStatus(answer);
    delivered.add((DeliverSm) request);
    at.respond(response);
  }

  @Override
  public void onClosed(SmppSession at, CloseReason reason) {
    closed.add(reason);
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE_S, TimeUnit.SECONDS);
  }
}
