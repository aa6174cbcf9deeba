package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.EnquireLink;
import com.cloudhopper.smpp.pdu.Pdu;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.Unbind;
import com.cloudhopper.smpp.tlv.Tlv;
import io.godwit.smpp.Reading.Obstacle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One SMPP session, either side of it, from the connection to its end (SMPP 3.4 §2.2). Nothing in it blocks.
 *
 * <p>Everything happens on the event loop of {@link #context()}, and its methods must be called there; {@link #respond},
 * {@link #giveUp}, {@link #unbind}, {@link #close}, {@link #pause} and {@link #resume} find their way there by themselves. The session answers
 * bind, unbind and enquire_link, keeps the window and the timers; all other requests are the {@link SessionHandler}'s.
 */
public final class SmppSession {
  private static final Logger log = LoggerFactory.getLogger(SmppSession.class);
  private static final long LINGER_MILLIS = 1000;

  /** {@code OPEN}: connected, not bound yet. {@code UNBINDING}: what is in flight is finished, nothing new is sent. */
  public enum State { OPEN, BOUND, UNBINDING, CLOSED }

  private final NetSocket socket;
  private final ContextInternal context;
  private final SessionOptions options;
  private final PduChannel channel;
  private final Requests requests;
  private final SessionClock clock;
  private final Reading reading;
  /** Only referred to: a NetClient that nothing refers to is closed, and its connections with it. */
  @SuppressWarnings("unused")
  private final Object owner;
  private final Promise<Void> ended = Promise.promise();
  private SessionHandler handler;
  private State state = State.OPEN;
  private BindType bindType;
  private String systemId;
  private boolean server;
  /** Client: completes when the bind is answered with 0. */
  private Promise<SmppSession> bound;
  /** Server: the bind that is being answered, or has been. */
  private BaseBind<?> bindRequest;
  /** The unbind of the peer, not answered yet. */
  private Unbind peersUnbind;
  private boolean unbindSent;
  /** Set when the last word was said and the peer may hang up. */
  private CloseReason lingering;
  private int unanswered;
  private boolean windowChanged;

  /** @param owner what must not be collected while the session lives */
  SmppSession(NetSocket socket, Context context, SessionOptions options, Object owner) {
    this.socket = socket;
    this.context = (ContextInternal) context;
    this.options = options;
    this.owner = owner;
    this.channel = new PduChannel(socket, context, new SessionReader(this));
    this.requests = new Requests(channel, options.window());
    this.clock = new SessionClock(this, options);
    this.reading = new Reading(channel, clock);
  }

  // ---- opening

  /** Client side: sends the bind and waits for its answer. */
  Future<SmppSession> bind(BindOptions bind, SessionHandler sessionHandler) {
    handler = sessionHandler;
    bindType = bind.type();
    requests.version(bind.interfaceVersion());
    bound = Promise.promise();
    channel.open();
    clock.start();
    control(bind.toRequest(), this::onBindAnswer);
    return bound.future();
  }

  /** Server side: waits for the peer's bind. */
  void accept(SessionHandler sessionHandler) {
    server = true;
    handler = sessionHandler;
    channel.open();
    clock.start();
  }

  private void onBindAnswer(PduResponse answer) {
    if (lingering != null) return;
    if (answer.getCommandStatus() != SmppConstants.STATUS_OK) {
      end(CloseReason.BIND_REFUSED, new BindRefused(answer.getCommandStatus()));
      return;
    }
    systemId = answer instanceof BaseBindResp resp ? resp.getSystemId() : null;
    state = State.BOUND;
    windowChanged = true;
    bound.complete(this);
  }

  private void onBindRequest(BaseBind<?> bind) {
    if (!server || bindRequest != null || lingering != null) {
      write(answer(bind, state == State.BOUND ? SmppConstants.STATUS_ALYBND : SmppConstants.STATUS_INVBNDSTS));
      return;
    }
    bindRequest = bind;
    systemId = bind.getSystemId();
    bindType = BindType.of(bind);
    requests.version(bind.getInterfaceVersion());
    handler.onBind(this, bind).onComplete(status -> onLoop(() -> {
      if (status.failed() && state == State.OPEN) {
        log.error("The bind of {} from {} failed", systemId, remoteAddress(), status.cause());
      }
      answerBind(bind, status.succeeded() ? status.result() : SmppConstants.STATUS_BINDFAIL);
    }));
  }

  private void answerBind(BaseBind<?> bind, int status) {
    if (state != State.OPEN || lingering != null) return; // the answer to his unbind was the last word
    BaseBindResp answer = (BaseBindResp) answer(bind, status);
    answer.setSystemId(bind.getSystemId());
    if (requests.hasOptionalParameters()) answer.addOptionalParameter(new Tlv(SmppConstants.TAG_SC_INTERFACE_VERSION, new byte[] {SmppConstants.VERSION_3_4}));
    write(answer);
    if (status == SmppConstants.STATUS_OK) {
      state = State.BOUND;
      SessionReader.guarded(() -> handler.onWindowOpen(this));
    } else {
      linger(CloseReason.BIND_REFUSED);
    }
  }

  // ---- requests of ours

  /**
   * Sends a request and tells the handler of its answer. Give no more than {@link #free} requests at a time.
   *
   * @return false if the session is not bound any more: nothing was written, and the handler will hear nothing
   * @throws IllegalStateException no slot of the window is free, or this is not the session's event loop
   * @throws IllegalArgumentException the PDU breaks a limit of the protocol; nothing was written
   */
  public boolean request(PduRequest<?> request, ResponseHandler responseHandler) {
    if (!context.inThread()) {
      throw new IllegalStateException("SMPP requests are sent on the session's event loop only");
    }
    if (state != State.BOUND) return false;
    requests.send(request, responseHandler);
    return true;
  }

  /**
   * The same as a Future and from any thread, for requests that are not many: fails with {@link SessionClosed} or, after the
   * response time-out, with {@link java.util.concurrent.TimeoutException}.
   */
  public Future<PduResponse> request(PduRequest<?> request) {
    Promise<PduResponse> answer = Promise.promise();
    onLoop(() -> {
      try {
        if (!request(request, new PromisedResponse(answer))) {
          answer.fail(new SessionClosed(CloseReason.CLOSED_BY_US));
        }
      } catch (IllegalStateException | IllegalArgumentException e) {
        answer.fail(e);
      }
    });
    return answer.future();
  }

  void onResponse(PduResponse response) {
    switch (requests.answer(response)) {
      case OWNERS:
        windowChanged = true;
        break;
      case NOBODYS:
        handler.onUnexpectedResponse(this, response);
        break;
      default:
    }
  }

  // ---- requests of the peer

  void onRequest(PduRequest<?> request) {
    if (request instanceof EnquireLink) {
      write(answer(request, SmppConstants.STATUS_OK));
    } else if (request instanceof BaseBind<?> bind) {
      onBindRequest(bind);
    } else if (request instanceof Unbind unbind) {
      onUnbind(unbind);
    } else if (!allowed(request)) {
      write(answer(request, SmppConstants.STATUS_INVBNDSTS));
    } else {
      unanswered++;
      if (unanswered >= options.maxUnanswered()) {
        reading.stop(Obstacle.UNANSWERED);
      }
      handler.onRequest(this, request);
    }
  }

  /** Which requests suit which bind (SMPP 3.4 §2.3). A carrier is not held to it: what it sends us is taken. After the answer to an unbind none does. */
  private boolean allowed(PduRequest<?> request) {
    boolean isBound = lingering == null && (state == State.BOUND || state == State.UNBINDING);
    return isBound && (!server || bindType.transmits() && !(request instanceof DeliverSm));
  }

  /** Answers a request of the peer, at any time and from any thread; after the session's end this does nothing. */
  public void respond(PduResponse response) {
    if (context.inThread()) settle(response);
    else context.runOnContext(v -> settle(response));
  }

  /** The same without an answer: a request of the peer, whichever, is never answered, and is waited for no more. */
  public void giveUp() {
    onLoop(() -> settle(null));
  }

  /** @param response null for none */
  private void settle(PduResponse response) {
    if (state == State.CLOSED) return;
    if (response != null) write(response);
    unanswered = Math.max(0, unanswered - 1);
    if (unanswered <= options.maxUnanswered() / 2) reading.goOn(Obstacle.UNANSWERED);
    proceedUnbinding();
  }

  static PduResponse answer(PduRequest<?> request, int status) {
    PduResponse answer = request.createResponse();
    answer.setCommandStatus(status);
    return answer;
  }

  // ---- ending

  /**
   * Unbinds gracefully: nothing new is sent, what is in flight in either direction is answered, at most for the unbind time-out,
   * then unbind is sent and answered. The Future completes when the session is closed.
   */
  public Future<Void> unbind() {
    onLoop(() -> {
      if (state == State.OPEN) {
        end(CloseReason.CLOSED_BY_US, null);
      } else {
        startUnbinding();
      }
    });
    return ended.future();
  }

  private void onUnbind(Unbind unbind) {
    peersUnbind = unbind;
    startUnbinding();
  }

  private void startUnbinding() {
    if (state == State.BOUND) {
      state = State.UNBINDING;
      clock.unbindStarted();
    }
    proceedUnbinding();
  }

  /** The next step of an unbind, of either side, when its time has come. */
  void proceedUnbinding() {
    if (lingering != null) return;
    boolean timeIsOver = clock.drainTimeIsOver();
    boolean answered = unanswered == 0 && (server || requests.inFlight() == 0); // as a client ours, too: who has his unbind_resp answers no more
    if (peersUnbind != null && (answered || timeIsOver)) {
      write(answer(peersUnbind, SmppConstants.STATUS_OK));
      linger(CloseReason.UNBOUND_BY_PEER);
    } else if (state == State.UNBINDING && peersUnbind == null && !unbindSent
      && (unanswered == 0 && requests.inFlight() == 0 || timeIsOver)) {
      unbindSent = true;
      control(new Unbind(), answer -> end(CloseReason.UNBOUND_BY_US, null));
    }
  }

  /**
   * Leaves hanging up to the peer for a moment. Clients that see the end of the connection before they have looked at our last
   * answer never look at it: jsmpp then waits for it until its own time-out.
   */
  private void linger(CloseReason reason) {
    lingering = reason;
    context.owner().setTimer(LINGER_MILLIS, id -> end(reason, null));
  }

  /** Ends the session without unbind. */
  public void close() {
    onLoop(() -> end(CloseReason.CLOSED_BY_US, null));
  }

  /** @param cause what a bind that is still waited for fails with; null for the reason itself */
  void end(CloseReason why, Exception cause) {
    if (state == State.CLOSED) return;
    CloseReason reason = lingering == null ? why : lingering;
    boolean wasBound = state == State.BOUND || state == State.UNBINDING;
    state = State.CLOSED;
    clock.stop();
    if (reason == CloseReason.NOT_ALIVE || reason == CloseReason.INACTIVE) {
      channel.abort();
    } else {
      channel.close();
    }
    requests.close();
    tellOwner(reason, wasBound, cause);
    ended.complete();
  }

  private void tellOwner(CloseReason reason, boolean wasBound, Exception cause) {
    if (bound != null) {
      bound.tryFail(cause == null ? new SessionClosed(reason) : cause);
    }
    if (server || wasBound) {
      SessionReader.guarded(() -> handler.onClosed(this, reason));
    }
  }

  // ---- what the clock does

  /** Sends enquire_link: any octet that is read afterwards is an answer. */
  void enquire() {
    control(new EnquireLink(), answer -> { });
  }

  void expireRequests(long sentAtOrBeforeNanos) {
    if (requests.expire(sentAtOrBeforeNanos)) {
      handler.onWindowOpen(this);
      proceedUnbinding();
    }
  }

  // ---- reading

  /**
   * Stops reading from the peer: back pressure for who cannot take more requests. What was read already still comes. Nothing
   * expires meanwhile, since its answer may lie unread.
   */
  public void pause() {
    onLoop(() -> reading.stop(Obstacle.OWNER));
  }

  public void resume() {
    onLoop(() -> reading.goOn(Obstacle.OWNER));
  }

  boolean readingStoppedByUs() {
    return reading.stoppedByUs();
  }

  void onReadComplete() {
    if (state == State.CLOSED) return;
    clock.reading();
    if (windowChanged) {
      windowChanged = false;
      handler.onWindowOpen(this);
      proceedUnbinding();
    }
    if (!channel.writable()) {
      reading.stop(Obstacle.WRITES);
    }
  }

  void onDrained() {
    if (state != State.CLOSED) {
      reading.goOn(Obstacle.WRITES);
      handler.onWindowOpen(this);
    }
  }

  // ---- writing

  /** Sends a request of the session itself. */
  private void control(PduRequest<?> request, Consumer<PduResponse> onAnswer) {
    try {
      requests.control(request, onAnswer);
    } catch (PduCodec.Unencodable e) {
      log.error("Not sent to {}", remoteAddress(), e);
    }
  }

  /** Writes an answer, which cannot be refused to the caller. */
  void write(Pdu pdu) {
    try {
      channel.write(pdu);
    } catch (PduCodec.Unencodable e) {
      log.error("Not sent to {}", remoteAddress(), e);
    }
  }

  private void onLoop(Runnable step) {
    if (context.inThread()) {
      step.run();
    } else {
      context.runOnContext(v -> step.run());
    }
  }

  // ---- what it is

  /** The event loop that everything of this session happens on. */
  public Context context() {
    return context;
  }

  public State state() {
    return state;
  }

  /** The bind asked for; null on a server before the bind. */
  public BindType bindType() {
    return bindType;
  }

  /** Client: the SMSC's system_id from the bind's answer. Server: the ESME's from the bind; null before it. */
  public String systemId() {
    return systemId;
  }

  public SocketAddress remoteAddress() {
    return socket.remoteAddress();
  }

  /** How many requests may be sent now: 0 if not bound, if the window is full, or if the peer does not take what we write. */
  public int free() {
    return state == State.BOUND && channel.writable() ? requests.free() : 0;
  }

  /** Requests of ours that wait for their answer. */
  public int inFlight() {
    return requests.inFlight();
  }

  /** Requests of the peer that wait for {@link #respond}, or {@link #giveUp}. */
  public int unanswered() {
    return unanswered;
  }

  /** Completes when the session is over. */
  public Future<Void> ended() {
    return ended.future();
  }

  /** For the test of the wrap-around. */
  void lastSequence(int sequence) {
    requests.lastSequence(sequence);
  }
}
