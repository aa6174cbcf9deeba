package io.godwit.link;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.DataSm;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import io.godwit.message.Failure;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.godwit.store.Deadline;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One link as this process runs it: the binds whose seats it holds, and the pump that submits while a window, the rate and
 * the budget of unsettled messages allow. Confined to its context.
 */
final class Link implements Binds.Owner {
  private static final Logger log = LoggerFactory.getLogger(Link.class);
  /** Submits before the event loop is let go to others. */
  private static final int TURN = 256;

  /** How it stands, as operators see it. */
  enum State { UP, THROTTLED, DRAINING, PAUSED, DOWN }

  private final Context context;
  private final SmppClient client;
  private final Binds binds;
  private final Outboxes outboxes;
  private final Inboxes inboxes;
  private final Throttling throttling;
  private LinkConfig config;
  private Order order;
  private RateLimit rate;
  /** What each outbox may have unsettled, for all binds. */
  private int budget;
  private int sessionsTurn;
  private long segments;
  private boolean waiting;
  private boolean stopping;

  Link(Context context, LinkConfig config, Order order, Pauses pauses, Outboxes outboxes, Inboxes inboxes) {
    this.context = context;
    this.config = config;
    this.order = order;
    this.client = new SmppClient(context.owner(), config.net());
    this.binds = new Binds(context, config, client, pauses, this);
    this.outboxes = outboxes;
    this.inboxes = inboxes;
    this.rate = new RateLimit(config.rate(), System.nanoTime());
    this.throttling = new Throttling(config.failoverAfter());
  }

  LinkConfig config() {
    return config;
  }

  boolean isUp() {
    return !binds.transmitters().isEmpty();
  }

  /** Whether the carrier takes what is submitted; false as soon as it throttles without letting anything through. */
  boolean isSending() {
    return mayTake() && !throttling.isBlocked();
  }

  /** Whether new messages should go over it: it may be throttled for a while. */
  boolean isWelcome() {
    return mayTake() && order.isOpen();
  }

  /** Whether it takes from its queue. */
  private boolean mayTake() {
    return binds.transmitters().stream().anyMatch(session -> session.state() == SmppSession.State.BOUND) && !stopping && order.sends() && !throttling.isResting();
  }

  /** Whether it has what it is bound for. */
  private boolean isBound() {
    return config.direction() == Direction.RX ? binds.bound() > 0 : isUp();
  }

  State state() {
    if (!isBound()) return State.DOWN;
    if (order == Order.PAUSE) return State.PAUSED;
    if (throttling.isBlocked()) return State.THROTTLED;
    return order == Order.DRAIN ? State.DRAINING : State.UP;
  }

  /** What an operator should know; null when all is well. */
  String trouble() {
    return !binds.haveEachType() ? binds.trouble() : throttling.isResting() ? "is throttled, and rests" : null;
  }

  Set<Integer> sets() {
    return inboxes.sets();
  }

  Binds binds() {
    return binds;
  }

  /** Segments that were submitted since it was opened. */
  long segments() {
    return segments;
  }

  /** This process holds that seat now. */
  void seat(int number) {
    if (!stopping) binds.hold(number);
  }

  // ---- what changes

  @Override
  public void changed() {
    share();
    if (isUp()) takeOrLeave();
    else outboxes.close("the link went down before all segments were submitted");
  }

  @Override
  public void lost(SmppSession session) {
    inboxes.forget(session);
  }

  /** Rate, and bound of what is unsettled, are the binds': a process has as much of them as it has binds. */
  private void share() {
    int mine = binds.transmitters().size();
    if (mine > 0) rate = rate.at((double) config.rate() * mine / config.binds(), System.nanoTime());
    int each = mine * Math.max(1, config.unsettledMax() / outboxes.size());
    int more = each - budget;
    budget = each;
    outboxes.grow(more);
  }

  /** What differs takes effect with the next message; its binds are the same. */
  void reconfigure(LinkConfig fresh) {
    log.info("link {} is configured otherwise, and stays bound", config.id());
    config = fresh;
    throttling.patience(fresh.failoverAfter());
    share();
    pump();
  }

  void obey(Order wanted) {
    if (wanted == order) return;
    log.info("link {}: {}, was {}", config.id(), wanted.wireName(), order.wireName());
    order = wanted;
    takeOrLeave();
  }

  private void takeOrLeave() {
    if (mayTake()) {
      outboxes.open();
      pump();
    } else {
      outboxes.close("the link stopped submitting before all segments were submitted");
    }
  }

  /** Ends without doubt about any message: what is in flight is waited for as long as for any answer. */
  Future<Void> retire() {
    stopping = true;
    binds.letGo();
    return outboxes.close("the link was stopped before all segments were submitted").transform(settled -> stop());
  }

  /** Unbinds after what is in flight was answered, settles, and returns the rest. */
  Future<Void> stop() {
    stopping = true;
    return binds.unbind()
      .transform(unbound -> outboxes.close("the link was stopped before all segments were submitted"))
      .transform(settled -> outboxes.end())
      .transform(ended -> inboxes.close()).eventually(() -> Deadline.told(context, client.close()));
  }

  @Override
  public void take(SmppSession session, PduRequest<?> request) {
    if (request instanceof DeliverSm || request instanceof DataSm) { // either brings receipts and messages (SMPP 3.4 §4.7)
      inboxes.take(session, (BaseSm<?>) request);
      return;
    }
    PduResponse response = request.createResponse();
    response.setCommandStatus(SmppConstants.STATUS_INVCMDID);
    session.respond(response);
  }

  // ---- the pump

  /** Every second: what nothing else wakes. */
  void tick() {
    inboxes.tick();
    if (throttling.changes(System.nanoTime())) restOrGoOn();
    pump();
  }

  private void restOrGoOn() {
    log.warn("link {}: {}", config.id(), throttling.isResting() ? "is throttled without a break, gives its messages back and rests" : "tries again after it was throttled");
    takeOrLeave();
  }

  @Override
  public void windowOpen() {
    pump();
  }

  /** Submits segment after segment until something says stop: no window, no message, the rate, a throttling carrier. */
  void pump() {
    if (waiting) return;
    for (int i = 0; i < TURN; i++) {
      SmppSession session = free();
      if (session == null || isPaused() || isCrowded()) return;
      Submission next = outboxes.next();
      if (next == null) return;
      if (!rate.take(next.segmentsEach(), System.nanoTime())) {
        pumpIn(rate.waitMillis());
        return;
      }
      submit(session, next);
    }
    waiting = true;
    context.runOnContext(v -> {
      waiting = false;
      pump();
    });
  }

  private SmppSession free() {
    if (stopping) return null;
    List<SmppSession> transmitters = binds.transmitters();
    for (int i = 0; i < transmitters.size(); i++) {
      SmppSession session = transmitters.get(Math.floorMod(sessionsTurn++, transmitters.size()));
      if (session.free() > 0 && session.inFlight() < config.window()) return session;
    }
    return null;
  }

  private boolean isPaused() {
    long left = throttling.pauseLeft(System.nanoTime());
    if (left > 0) pumpIn(left / 1_000_000 + 1);
    return left > 0;
  }

  private boolean isCrowded() {
    return throttling.isCareful() && binds.inFlight() >= throttling.atATime();
  }

  private void pumpIn(long millis) {
    waiting = true;
    context.owner().setTimer(millis, t -> {
      waiting = false;
      pump();
    });
  }

  private void submit(SmppSession session, Submission submission) {
    SubmitSm pdu = pdu(submission);
    if (pdu == null) return;
    try {
      if (!session.request(pdu, submission.submitted(throttling, () -> bindAnew(session)))) {
        submission.unsubmitted(new Failure("link-down", true, null, "the bind closed"));
      }
      segments += submission.segmentsEach();
    } catch (IllegalArgumentException e) {
      submission.unsubmitted(Failure.of("unencodable", e.getMessage()));
    }
  }

  /** The carrier does not know the bind any more, as one behind a proxy may that answers enquire_link itself: nothing else ends the session. */
  private void bindAnew(SmppSession session) {
    if (session.state() != SmppSession.State.BOUND) return;
    log.warn("link {}: the carrier does not know a bind any more, which is unbound and bound again", config.id());
    session.unbind();
  }

  /** Null, and the message refused, when it cannot be written as a PDU: the others behind it go on. */
  private SubmitSm pdu(Submission submission) {
    try {
      return submission.nextPdu();
    } catch (RuntimeException e) {
      submission.refuse(Failure.of("unencodable", String.valueOf(e.getMessage())));
      return null;
    }
  }
}
