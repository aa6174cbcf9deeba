package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.EnquireLink;
import com.cloudhopper.smpp.pdu.GenericNack;
import com.cloudhopper.smpp.pdu.Pdu;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.Unbind;
import com.cloudhopper.smpp.pdu.UnbindResp;
import com.cloudhopper.smpp.tlv.Tlv;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One SMPP session, either side of it, from the connection to its end (SMPP 3.4 §2.2). Nothing in it blocks.
 *
 * <p>Everything happens on the event loop of {@link #context()}, and its methods must be called there; {@link #respond},
 * {@link #unbind}, {@link #close}, {@link #pause} and {@link #resume} find their way there by themselves. The session answers
 * bind, unbind and enquire_link, keeps the window and the timers; all other requests are the {@link SessionHandler}'s.
 */
public final class SmppSession {
  private static final Logger log = LoggerFactory.getLogger(SmppSession.class);
  /** Why the socket is not read, as bits. */
  private static final int PAUSED_BY_OWNER = 1;
  private static final int PAUSED_BY_WRITES = 2;
  private static final int PAUSED_BY_UNANSWERED = 4;

  /** {@code OPEN}: connected, not bound yet. {@code UNBINDING}: what is in flight is finished, nothing new is sent. */
  public enum State { OPEN, BOUND, UNBINDING, CLOSED }

  private final NetSocket socket;
  private final ContextInternal context;
  private final SessionOptions options;
  private final PduChannel channel;
  private final SubmitWindow window;
  private final SessionClock clock;
  /** Only referred to: a NetClient that nothing refers to is closed, and its connections with it. */
  @SuppressWarnings("unused")
  private final Object owner;
  /** Our own bind, enquire_link and unbind requests: they need no slot of the window. */
  private final Map<Integer, Consumer<PduResponse>> controls = new HashMap<>();
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
  private int lastSequence;
  private int unanswered;
  private int pausedBy;
  private boolean windowChanged;

  /** @param owner what must not be collected while the session lives */
  SmppSession(NetSocket socket, Context context, SessionOptions options, Object owner) {
    this.socket = socket;
    this.owner = owner;
    this.context = (ContextInternal) context;
    this.options = options;
    this.window = new SubmitWindow(options.window());
    this.channel = new PduChannel(socket, context, new Reader());
    this.clock = new SessionClock(this, options);
  }

  // ---- opening

  /** Client side: sends the bind and waits for its answer. */
  Future<SmppSession> bind(BindOptions bind, SessionHandler owner) {
    handler = owner;
    bindType = bind.type();
    bound = Promise.promise();
    channel.open();
    clock.start();
    control(bind.toRequest(), this::onBindAnswer);
    return bound.future();
  }

  /** Server side: waits for the peer's bind. */
  void accept(SessionHandler owner) {
    server = true;
    handler = owner;
    channel.open();
    clock.start();
  }

  private void onBindAnswer(PduResponse answer) {
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
    if (!server || bindRequest != null) {
      reject(bind, state == State.BOUND ? SmppConstants.STATUS_ALYBND : SmppConstants.STATUS_INVBNDSTS);
      return;
    }
    bindRequest = bind;
    systemId = bind.getSystemId();
    bindType = BindType.of(bind);
    handler.onBind(this, bind).onComplete(status -> onLoop(() -> {
      if (status.failed()) {
        log.error("The bind of {} from {} failed", systemId, remoteAddress(), status.cause());
      }
      answerBind(bind, status.succeeded() ? status.result() : SmppConstants.STATUS_BINDFAIL);
    }));
  }

  private void answerBind(BaseBind<?> bind, int status) {
    if (state != State.OPEN) {
      return;
    }
    BaseBindResp answer = (BaseBindResp) bind.createResponse();
    answer.setCommandStatus(status);
    answer.setSystemId(bind.getSystemId());
    answer.addOptionalParameter(new Tlv(SmppConstants.TAG_SC_INTERFACE_VERSION, new byte[] {SmppConstants.VERSION_3_4}));
    write(answer);
    if (status != SmppConstants.STATUS_OK) {
      end(CloseReason.BIND_REFUSED, null);
      return;
    }
    state = State.BOUND;
    handler.onWindowOpen(this);
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
    if (state != State.BOUND) {
      return false;
    }
    if (window.free() <= 0) {
      throw new IllegalStateException("No free slot in the window of " + window.size());
    }
    int sequence = nextSequence();
    request.setSequenceNumber(sequence);
    try {
      channel.write(request);
    } catch (PduCodec.Unencodable e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    window.add(sequence, responseHandler, System.nanoTime());
    return true;
  }

  /**
   * The same as a Future, for requests that are not many: fails with {@link SessionClosed} or, after the response time-out,
   * with {@link java.util.concurrent.TimeoutException}.
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

  /** Sends a request of the session itself, which needs no slot. */
  private void control(PduRequest<?> request, Consumer<PduResponse> onAnswer) {
    int sequence = nextSequence();
    request.setSequenceNumber(sequence);
    controls.put(sequence, onAnswer);
    write(request);
  }

  /** Sequence numbers run from 1 to 0x7FFFFFFF and begin again (SMPP 3.4 §5.1.4). */
  private int nextSequence() {
    lastSequence = lastSequence == Integer.MAX_VALUE ? 1 : lastSequence + 1;
    return lastSequence;
  }

  /** For the test of the wrap-around. */
  void lastSequence(int sequence) {
    lastSequence = sequence;
  }

  private void onResponse(PduResponse response) {
    if (window.answer(response)) {
      windowChanged = true;
      return;
    }
    Consumer<PduResponse> control = controls.remove(response.getSequenceNumber());
    if (control != null) {
      control.accept(response);
    } else {
      handler.onUnexpectedResponse(this, response);
    }
  }

  // ---- requests of the peer

  /** Answers a request of the peer, at any time and from any thread; after the session's end this does nothing. */
  public void respond(PduResponse response) {
    if (!context.inThread()) {
      context.runOnContext(v -> respond(response));
    } else if (state != State.CLOSED) {
      unanswered = Math.max(0, unanswered - 1);
      write(response);
      pauseReading(PAUSED_BY_UNANSWERED, unanswered > options.maxUnanswered() / 2 && (pausedBy & PAUSED_BY_UNANSWERED) != 0);
      proceedUnbinding();
    }
  }

  private void onRequest(PduRequest<?> request) {
    if (request instanceof EnquireLink) {
      write(answer(request, SmppConstants.STATUS_OK));
    } else if (request instanceof BaseBind<?> bind) {
      onBindRequest(bind);
    } else if (request instanceof Unbind unbind) {
      onUnbind(unbind);
    } else if (!allowed(request)) {
      reject(request, SmppConstants.STATUS_INVBNDSTS);
    } else {
      unanswered++;
      handler.onRequest(this, request);
      pauseReading(PAUSED_BY_UNANSWERED, unanswered >= options.maxUnanswered());
    }
  }

  /** Which requests suit which bind (SMPP 3.4 §2.3). A carrier is not held to it: what it sends us is taken. */
  private boolean allowed(PduRequest<?> request) {
    boolean isBound = state == State.BOUND || state == State.UNBINDING;
    return isBound && (!server || bindType.transmits() && !(request instanceof DeliverSm));
  }

  private void reject(PduRequest<?> request, int status) {
    write(answer(request, status));
  }

  private static PduResponse answer(PduRequest<?> request, int status) {
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
      } else if (state == State.BOUND) {
        state = State.UNBINDING;
        clock.unbindStarted();
        proceedUnbinding();
      }
    });
    return ended.future();
  }

  private void onUnbind(Unbind unbind) {
    peersUnbind = unbind;
    if (state == State.BOUND) {
      state = State.UNBINDING;
      clock.unbindStarted();
    }
    proceedUnbinding();
  }

  /** The next step of an unbind, of either side, when its time has come. */
  void proceedUnbinding() {
    if (peersUnbind != null && (unanswered == 0 || clock.drainTimeIsOver())) {
      write(answer(peersUnbind, SmppConstants.STATUS_OK));
      end(CloseReason.UNBOUND_BY_PEER, null);
    } else if (state == State.UNBINDING && peersUnbind == null && !unbindSent
      && (unanswered == 0 && window.inFlight() == 0 || clock.drainTimeIsOver())) {
      unbindSent = true;
      control(new Unbind(), (PduResponse answer) -> end(CloseReason.UNBOUND_BY_US, null));
    }
  }

  /** Ends the session without unbind. */
  public void close() {
    onLoop(() -> end(CloseReason.CLOSED_BY_US, null));
  }

  /** @param cause what a bind that is still waited for fails with; null for the reason itself */
  void end(CloseReason reason, Exception cause) {
    if (state == State.CLOSED) {
      return;
    }
    boolean wasBound = state == State.BOUND || state == State.UNBINDING;
    state = State.CLOSED;
    clock.stop();
    if (reason == CloseReason.NOT_ALIVE || reason == CloseReason.INACTIVE) {
      channel.abort();
    } else {
      channel.close();
    }
    controls.clear();
    window.close();
    if (bound != null) {
      bound.tryFail(cause == null ? new SessionClosed(reason) : cause);
    }
    if (server || wasBound) {
      guarded(() -> handler.onClosed(this, reason));
    }
    ended.complete();
  }

  // ---- what the clock does

  /** Sends enquire_link: any octet that is read afterwards is an answer. */
  void enquire() {
    control(new EnquireLink(), answer -> { });
  }

  void expireRequests(long sentAtOrBeforeNanos) {
    if (window.expire(sentAtOrBeforeNanos)) {
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
    onLoop(() -> pauseReading(PAUSED_BY_OWNER, true));
  }

  public void resume() {
    onLoop(() -> pauseReading(PAUSED_BY_OWNER, false));
  }

  private void pauseReading(int why, boolean paused) {
    int before = pausedBy;
    pausedBy = paused ? pausedBy | why : pausedBy & ~why;
    if (before == 0 && pausedBy != 0) {
      channel.pause();
    } else if (before != 0 && pausedBy == 0 && state != State.CLOSED) {
      clock.reading();
      clock.resumed();
      channel.resume();
    }
  }

  /** Is reading paused for a reason of ours, so that silence says nothing about the peer? */
  boolean pausedByUs() {
    return (pausedBy & (PAUSED_BY_OWNER | PAUSED_BY_UNANSWERED)) != 0;
  }

  /** What the channel reads. */
  private final class Reader implements PduChannel.Receiver {
    @Override
    public void onPdu(Pdu pdu) {
      guarded(() -> {
        if (pdu instanceof PduResponse response) {
          onResponse(response);
        } else {
          serve((PduRequest<?>) pdu);
        }
      });
    }

    private void serve(PduRequest<?> request) {
      try {
        onRequest(request);
      } catch (RuntimeException e) {
        log.error("The handler failed at {} {} of {}", request.getName(), request.getSequenceNumber(), systemId, e);
        respond(answer(request, SmppConstants.STATUS_SYSERR));
      }
    }

    @Override
    public void onUnreadable(PduCodec.Unreadable unreadable) {
      log.warn("Unreadable PDU from {}: {}", remoteAddress(), unreadable.getMessage());
      if (unreadable.isRequest()) {
        GenericNack nack = new GenericNack();
        nack.setSequenceNumber(unreadable.sequence);
        nack.setCommandStatus(unreadable.status);
        write(nack);
      }
    }

    @Override
    public void onGarbage(int length) {
      log.warn("Garbage from {}: a command_length of {}", remoteAddress(), Integer.toUnsignedString(length));
      end(CloseReason.GARBAGE, null);
    }

    @Override
    public void onReadComplete() {
      if (state == State.CLOSED) {
        return;
      }
      clock.reading();
      if (windowChanged) {
        windowChanged = false;
        guarded(() -> handler.onWindowOpen(SmppSession.this));
        proceedUnbinding();
      }
      pauseReading(PAUSED_BY_WRITES, !channel.writable());
    }

    @Override
    public void onDrained() {
      if (state != State.CLOSED) {
        pauseReading(PAUSED_BY_WRITES, false);
        guarded(() -> handler.onWindowOpen(SmppSession.this));
      }
    }

    @Override
    public void onDisconnected() {
      end(CloseReason.DISCONNECTED, null);
    }
  }

  // ---- plumbing

  /** Writes a PDU of the session itself, or an answer: neither can be refused to the caller. */
  private void write(Pdu pdu) {
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

  /** An owner's bug is logged and ends neither the session nor the reading of what follows. */
  private static void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      log.error("A session handler failed", e);
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
    return state == State.BOUND && channel.writable() ? window.free() : 0;
  }

  /** Requests of ours that wait for their answer. */
  public int inFlight() {
    return window.inFlight();
  }

  /** Requests of the peer that wait for {@link #respond}. */
  public int unanswered() {
    return unanswered;
  }

  /** Completes when the session is over. */
  public Future<Void> ended() {
    return ended.future();
  }
}
