package io.godwit.perf;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.ResponseHandler;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SessionOptions;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * One customer's transceiver: bound to one door after the other, again and again as it is lost; submits what fits into its window, answers each
 * deliver_sm at once, and writes down in {@link SmppRecord} what it was told. Confined to its context.
 */
final class SmppCustomer implements SessionHandler {
  static final int WINDOW = 50;
  /** The gateway answers within 10 s, whatever its stores do. */
  private static final SessionOptions OPTIONS = SessionOptions.DEFAULTS.withWindow(WINDOW).withResponseTimeout(Duration.ofSeconds(12))
    .withEnquireInterval(Duration.ofSeconds(3)).withUnbindTimeout(Duration.ofSeconds(5));
  private static final long AGAIN_MS = 500;
  /** Told to come back later. */
  private static final Set<Integer> LATER = Set.of(SmppConstants.STATUS_THROTTLED, SmppConstants.STATUS_MSGQFUL, SmppConstants.STATUS_X_T_APPN);

  private final Vertx vertx;
  private final SmppClient client;
  private final List<String> doors;
  private final SmppRecord record;
  private int door;
  private SmppSession session;
  private boolean ending;

  /**
   * @param doors each HOST:PORT
   * @param first which of them it binds to first
   */
  SmppCustomer(Vertx vertx, List<String> doors, int first, SmppRecord record) {
    this.vertx = vertx;
    this.client = new SmppClient(vertx);
    this.doors = doors;
    this.door = first;
    this.record = record;
  }

  // ---- being bound

  void bind() {
    if (ending) return;
    String[] where = doors.get(Math.floorMod(door++, doors.size())).split(":");
    BindOptions bind = BindOptions.of(where[0], Integer.parseInt(where[1]), "demo", "demo", BindType.TRX).withSession(OPTIONS);
    client.bind(bind, this).onSuccess(bound -> {
      session = bound;
      record.bound();
      if (ending) bound.unbind();
    }).onFailure(refused -> {
      record.notBound(refused);
      bindLater();
    });
  }

  private void bindLater() {
    vertx.setTimer(AGAIN_MS, t -> bind());
  }

  @Override
  public void onClosed(SmppSession at, CloseReason reason) {
    session = null;
    if (!ending) record.lost(reason);
    bindLater();
  }

  Future<Void> end() {
    ending = true;
    return session == null ? Future.succeededFuture() : session.unbind();
  }

  // ---- submitting

  /** Whether it is bound, and that many more submits fit into its window. */
  boolean hasRoom(int submits) {
    return session != null && session.state() == SmppSession.State.BOUND && session.free() >= submits;
  }

  /** @param expected the statuses that it may end with; null when it must be rejected */
  void submit(SubmitSm sm, String expected) {
    long at = System.nanoTime();
    record.submitted();
    boolean written = session.request(sm, new ResponseHandler() {
      @Override
      public void onResponse(PduResponse response) {
        record.latency(System.nanoTime() - at);
        answered(response, expected);
      }

      @Override
      public void onUnanswered(Unanswered reason) {
        record.unanswered();
      }

      @Override
      public void onLateResponse(PduResponse response) {
        record.answeredAfterAll();
        answered(response, expected);
      }
    });
    if (!written) record.notSubmitted();
  }

  private void answered(PduResponse response, String expected) {
    int status = response.getCommandStatus();
    if (status == SmppConstants.STATUS_OK && expected != null) record.accepted(((SubmitSmResp) response).getMessageId(), expected);
    else if (LATER.contains(status)) record.refused();
    else if (status == SmppConstants.STATUS_INVDSTADR && expected == null) record.rejected();
    else record.wrong("submit_sm is answered with 0x" + Integer.toHexString(status) + (expected == null ? " and is no message" : ""));
  }

  // ---- being told

  @Override
  public void onRequest(SmppSession at, PduRequest<?> request) {
    if (request instanceof DeliverSm sm) record.told(sm);
    at.respond(request.createResponse());
  }
}
