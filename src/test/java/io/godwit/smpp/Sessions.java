package io.godwit.smpp;

import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.type.Address;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the tests of sessions share: an end that records what it is told, in queues that a test can wait on. */
final class Sessions {
  private static final int PATIENCE_S = 30;
  static final Address FROM = AddressPlan.DEFAULT.address("Godwit");
  static final Address TO = AddressPlan.DEFAULT.address("+447700900123");

  private Sessions() {
  }

  static class Recorder implements SessionHandler {
    final BlockingQueue<SmppSession> sessions = new LinkedBlockingQueue<>();
    final BlockingQueue<PduRequest<?>> requests = new LinkedBlockingQueue<>();
    final BlockingQueue<PduResponse> unexpected = new LinkedBlockingQueue<>();
    final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();

    @Override
    public Future<Integer> onBind(SmppSession session, BaseBind<?> bind) {
      sessions.add(session);
      return Future.succeededFuture("secret".equals(bind.getPassword()) ? 0 : 0x0E);
    }

    @Override
    public void onRequest(SmppSession session, PduRequest<?> request) {
      requests.add(request);
    }

    @Override
    public void onUnexpectedResponse(SmppSession session, PduResponse response) {
      unexpected.add(response);
    }

    @Override
    public void onClosed(SmppSession session, CloseReason reason) {
      closed.add(reason);
    }
  }

  /** Answers every request at once. */
  static class Answering extends Recorder {
    @Override
    public void onRequest(SmppSession session, PduRequest<?> request) {
      super.onRequest(session, request);
      PduResponse response = request.createResponse();
      if (response instanceof SubmitSmResp submitted) {
        submitted.setMessageId("id-" + request.getSequenceNumber());
      }
      session.respond(response);
    }
  }

  static SmppServer server(Vertx vertx, SessionOptions options, SessionHandler handler) throws Exception {
    return await(SmppServer.listen(vertx, new NetServerOptions().setHost("127.0.0.1").setPort(0), options, session -> handler));
  }

  static BindOptions bindTo(int port) {
    return BindOptions.of("127.0.0.1", port, "esme", "secret", BindType.TRX);
  }

  static SmppSession bind(Vertx vertx, int port, SessionOptions options, SessionHandler handler) throws Exception {
    return await(new SmppClient(vertx).bind(bindTo(port).withSession(options), handler));
  }

  static SubmitSm submit(String text) {
    return Pdus.submit(FROM, TO, text.getBytes(StandardCharsets.ISO_8859_1), (byte) 0, false, false);
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE_S, TimeUnit.SECONDS);
  }

  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T item = queue.poll(PATIENCE_S, TimeUnit.SECONDS);
    if (item == null) {
      throw new AssertionError("nothing came within " + PATIENCE_S + " s");
    }
    return item;
  }
}
