package io.godwit.link;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import io.godwit.message.Failure;
import io.godwit.smpp.BindRefused;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One link as this process runs it: the binds whose seats it holds, and the pump that submits while a window, the rate and
 * the budget of unsettled messages allow. Confined to its context.
 */
final class Link {
  private static final Logger log = LoggerFactory.getLogger(Link.class);
  private static final long FIRST_PAUSE = 500;
  private static final long LONGEST_PAUSE = 30_000;
  /** Submits before the event loop is let go to others. */
  private static final int TURN = 256;

  private final Context context;
  private final LinkConfig config;
  private final SmppClient client;
  private final List<Outbox> outboxes;
  private final Inboxes inboxes;
  private RateLimit rate;
  private final Map<Integer, SmppSession> binds = new HashMap<>();
  private final Map<Integer, Long> timers = new HashMap<>();
  private List<SmppSession> transmitters = List.of();
  private Submission current;
  private int sessionsTurn;
  private int outboxesTurn;
  private boolean waiting;
  private boolean stopping;
  private final Throttling throttling;
  private String trouble = "is not bound yet";

  Link(Context context, LinkConfig config, SmppClient client, List<Outbox> outboxes, Inboxes inboxes) {
    this.context = context;
    this.config = config;
    this.client = client;
    this.outboxes = outboxes;
    this.inboxes = inboxes;
    this.rate = new RateLimit(config.rate(), System.nanoTime());
    this.throttling = new Throttling(config.failoverAfter());
  }

  LinkConfig config() {
    return config;
  }

  boolean isUp() {
    return !binds.isEmpty();
  }

  /** Whether the carrier takes what is submitted; false as soon as it throttles without letting anything through. */
  boolean isSending() {
    return isUp() && !throttling.isBlocked();
  }

  /** Whether new messages should go over it: it may be throttled for a while. */
  boolean isWelcome() {
    return isUp() && !throttling.isResting();
  }

  /** What an operator should know; null when all is well. */
  String trouble() {
    return !isUp() ? trouble : throttling.isResting() ? "is throttled, and rests" : null;
  }

  /** The numbers of the sets that it serves. */
  Set<Integer> sets() {
    return inboxes.sets();
  }

  int inFlight() {
    return binds.values().stream().mapToInt(SmppSession::inFlight).sum();
  }

  // ---- binds

  /** This process holds that seat now: bind, and keep trying. */
  void seat(int number) {
    if (timers.containsKey(number) || binds.containsKey(number)) return;
    connect(number, FIRST_PAUSE);
  }

  private void connect(int number, long pause) {
    timers.put(number, -1L);
    client.bind(config.bind(), new Bound(number)).onComplete(done -> {
      if (!timers.containsKey(number)) {
        if (done.succeeded()) done.result().unbind();
        return;
      }
      timers.remove(number);
      if (done.succeeded()) bound(number, done.result());
      else refused(number, pause, done.cause());
    });
  }

  private void bound(int number, SmppSession session) {
    log.info("link {}: bind {} to {} is up", config.id(), number, config.bind());
    binds.put(number, session);
    shareOut(1);
    openOutboxes();
  }

  private void openOutboxes() {
    if (!isWelcome()) return;
    outboxes.forEach(Outbox::open);
    pump();
  }

  /** Rate, and bound of what is unsettled, are the binds': a process has as much of them as it has binds. */
  private void shareOut(int change) {
    transmitters = List.copyOf(binds.values());
    if (isUp()) rate = new RateLimit((double) config.rate() * binds.size() / config.binds(), System.nanoTime());
    int each = Math.max(1, config.unsettledMax() / outboxes.size());
    outboxes.forEach(outbox -> outbox.budget.grow(change * each));
  }

  /** A wrong password does not get right by asking often: it is tried again, but seldom, and said. */
  private void refused(int number, long pause, Throwable failure) {
    boolean lasting = failure instanceof BindRefused refusal && refusal.isFinal();
    trouble = "cannot bind: " + failure.getMessage();
    if (lasting) log.error("link {}: bind {} is refused for good, check system_id and password: {}", config.id(), number, failure.getMessage());
    else log.warn("link {}: bind {} failed: {}", config.id(), number, failure.getMessage());
    long next = lasting ? LONGEST_PAUSE : pause;
    long jittered = next / 2 + ThreadLocalRandom.current().nextLong(next);
    timers.put(number, context.owner().setTimer(jittered, t -> {
      if (timers.containsKey(number)) connect(number, Math.min(LONGEST_PAUSE, next * 2));
    }));
  }

  private void lost(int number, CloseReason reason) {
    if (binds.remove(number) == null) return;
    log.warn("link {}: bind {} is down: {}", config.id(), number, reason);
    trouble = "is down: " + reason;
    shareOut(-1);
    if (!isUp()) shut();
    if (!stopping) connect(number, FIRST_PAUSE);
  }

  /** What was begun and cannot go on is tried again elsewhere or later. */
  private Future<Void> shut() {
    if (current != null) current.refuse(new Failure("link-down", true, null, "the link went down before all segments were submitted"));
    current = null;
    return Future.join(outboxes.stream().map(Outbox::close).toList()).mapEmpty();
  }

  /** Unbinds after what is in flight was answered, settles, and returns the rest. */
  Future<Void> stop() {
    stopping = true;
    timers.values().forEach(context.owner()::cancelTimer);
    timers.clear();
    transmitters = List.of();
    return Future.join(List.copyOf(binds.values()).stream().map(SmppSession::unbind).toList())
      .transform(unbound -> shut())
      .transform(settled -> Future.join(outboxes.stream().map(Outbox::end).toList()))
      .transform(ended -> inboxes.close())
      .eventually(client::close);
  }

  /** One bind's ear: knows which seat it speaks for. */
  private final class Bound implements SessionHandler {
    private final int number;

    Bound(int number) {
      this.number = number;
    }

    @Override
    public void onRequest(SmppSession session, PduRequest<?> request) {
      take(session, request);
    }

    @Override
    public void onWindowOpen(SmppSession session) {
      pump();
    }

    @Override
    public void onClosed(SmppSession session, CloseReason reason) {
      lost(number, reason);
    }
  }

  private void take(SmppSession session, PduRequest<?> request) {
    if (request instanceof DeliverSm deliver) {
      inboxes.take(session, deliver);
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
    if (throttling.isResting()) shut();
    else openOutboxes();
  }

  /** Submits segment after segment until something says stop: no window, no message, the rate, a throttling carrier. */
  void pump() {
    if (waiting) return;
    for (int i = 0; i < TURN; i++) {
      SmppSession session = free();
      if (session == null || isPaused() || isCrowded() || !fetch()) return;
      if (!rate.take(current.nextSegments(), System.nanoTime())) {
        pumpIn(rate.waitMillis());
        return;
      }
      submit(session);
    }
    waiting = true;
    context.runOnContext(v -> {
      waiting = false;
      pump();
    });
  }

  private SmppSession free() {
    for (int i = 0; i < transmitters.size(); i++) {
      SmppSession session = transmitters.get(Math.floorMod(sessionsTurn++, transmitters.size()));
      if (session.free() > 0) return session;
    }
    return null;
  }

  private boolean isPaused() {
    long left = throttling.pauseLeft(System.nanoTime());
    if (left > 0) pumpIn(left / 1_000_000 + 1);
    return left > 0;
  }

  private boolean isCrowded() {
    return throttling.isCareful() && inFlight() >= throttling.atATime();
  }

  private void pumpIn(long millis) {
    waiting = true;
    context.owner().setTimer(millis, t -> {
      waiting = false;
      pump();
    });
  }

  /** Whether there is a segment to submit. */
  private boolean fetch() {
    if (current != null && current.hasNext()) return true;
    current = null;
    for (int i = 0; i < outboxes.size() && current == null; i++) current = outboxes.get(Math.floorMod(outboxesTurn++, outboxes.size())).next();
    return current != null;
  }

  private void submit(SmppSession session) {
    Submission submission = current;
    SubmitSm pdu = pdu(submission);
    if (pdu == null) return;
    try {
      if (!session.request(pdu, submission.submitted(throttling))) {
        submission.unsubmitted(new Failure("link-down", true, null, "the bind closed"));
      }
    } catch (IllegalArgumentException e) {
      submission.unsubmitted(Failure.of("unencodable", e.getMessage()));
    }
    if (!submission.hasNext()) current = null;
  }

  /** Null, and the message refused, when it cannot be written as a PDU: the others behind it go on. */
  private SubmitSm pdu(Submission submission) {
    try {
      return submission.nextPdu();
    } catch (RuntimeException e) {
      submission.refuse(Failure.of("unencodable", String.valueOf(e.getMessage())));
      current = null;
      return null;
    }
  }
}
