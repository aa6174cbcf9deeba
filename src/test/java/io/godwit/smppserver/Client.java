package io.godwit.smppserver;

import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.type.Address;
import com.cloudhopper.smpp.type.SmppInvalidArgumentException;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindRefused;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SessionOptions;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.godwit.smpp.SubmitMulti;
import io.godwit.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A customer's system: submits, answers every deliver_sm with one status or not at all, and keeps what it got. For test threads. */
final class Client implements SessionHandler, AutoCloseable {
  static final int SILENT = -1;
  /** More than a server lets it use. */
  private static final int WINDOW = 3_000;

  final BlockingQueue<DeliverSm> delivered = new LinkedBlockingQueue<>();
  private final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();
  private final Vertx vertx;
  private final int port;
  private final SmppClient client;
  /** With what deliver_sm are answered. */
  volatile int answer;
  private SmppSession session;

  Client(Vertx vertx, int port) {
    this(vertx, port, new NetClientOptions());
  }

  Client(Vertx vertx, int port, NetClientOptions net) {
    this.vertx = vertx;
    this.port = port;
    this.client = new SmppClient(vertx, net);
  }

  Client bind(String systemId, String password, BindType type) {
    BindOptions options = BindOptions.of("localhost", port, systemId, password, type).withSession(SessionOptions.DEFAULTS.withWindow(WINDOW));
    session = Await.on(vertx.getOrCreateContext(), () -> client.bind(options, this));
    return this;
  }

  /** 0 = bound. */
  int bindStatus(String systemId, String password, BindType type) {
    try {
      bind(systemId, password, type);
      return 0;
    } catch (CompletionException e) {
      if (e.getCause() instanceof BindRefused refused) return refused.status();
      throw e;
    }
  }

  SmppSession session() {
    return session;
  }

  static SubmitSm sms(String text) {
    return sms(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 0, false);
  }

  static SubmitSm sms(byte[] octets, int dataCoding, boolean udhi) {
    return Pdus.submit(AddressPlan.DEFAULT.address("Godwit"), AddressPlan.DEFAULT.address("+4915112345678"), octets, (byte) dataCoding, udhi, true);
  }

  static SubmitMulti multi(String... destinations) {
    SubmitMulti multi = new SubmitMulti();
    multi.setSourceAddress(AddressPlan.DEFAULT.address("Godwit"));
    for (String to : destinations) multi.destinations().add(new Address((byte) 1, (byte) 1, to));
    try {
      multi.setShortMessage("to all".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    } catch (SmppInvalidArgumentException e) {
      throw new IllegalStateException(e);
    }
    return multi;
  }

  PduResponse ask(PduRequest<?> request) {
    return Await.await(asking(request));
  }

  /** Under way. */
  Future<PduResponse> asking(PduRequest<?> request) {
    return session.request(request);
  }

  /** All in one turn of its event loop: they go out together, however slow or fast the machine is. */
  List<Future<PduResponse>> askingTogether(int count, IntFunction<? extends PduRequest<?>> request) {
    return Await.on(session.context(), () -> Future.succeededFuture(IntStream.range(0, count).mapToObj(i -> asking(request.apply(i))).toList()));
  }

  /** Its message_id; it must be accepted. */
  String submit(SubmitSm sm) {
    SubmitSmResp answer = (SubmitSmResp) ask(sm);
    if (answer.getCommandStatus() != 0) throw new AssertionError("answered with 0x" + Integer.toHexString(answer.getCommandStatus()));
    return answer.getMessageId();
  }

  int status(PduRequest<?> request) {
    return ask(request).getCommandStatus();
  }

  DeliverSm next() {
    try {
      DeliverSm sm = delivered.poll(20, TimeUnit.SECONDS);
      if (sm == null) throw new AssertionError("no deliver_sm within 20 s");
      return sm;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Why its session ended. */
  CloseReason closed() {
    try {
      CloseReason reason = closed.poll(20, TimeUnit.SECONDS);
      if (reason == null) throw new AssertionError("the session did not end within 20 s");
      return reason;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void unbind() {
    Await.await(session.unbind());
  }

  @Override
  public void onRequest(SmppSession at, PduRequest<?> request) {
    if (request instanceof DeliverSm deliver) delivered.add(deliver);
    if (answer == SILENT) return;
    PduResponse response = request.createResponse();
    response.setCommandStatus(answer);
    at.respond(response);
  }

  @Override
  public void onClosed(SmppSession at, CloseReason reason) {
    closed.add(reason);
  }

  @Override
  public void close() {
    if (session != null) session.close();
  }
}
