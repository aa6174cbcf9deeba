package io.godwit.link;

import com.cloudhopper.smpp.pdu.PduRequest;
import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindRefused;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CloseReason;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one link in this process: one for each seat that it holds, or two where the carrier wants transmitter and receiver apart; each is
 * bound, or tried again with growing pauses ({@link Pauses}), whether it was refused or lost. Confined to the link's context.
 */
final class Binds {
  private static final Logger log = LoggerFactory.getLogger(Binds.class);
  /** In the place of an attempt's timer: it is under way. */
  private static final long CONNECTING = -1;
  /** In the place of an attempt's timer: the carrier has refused it for good. */
  private static final long REFUSED = -2;

  private final Context context;
  private final String link;
  private final BindOptions options;
  private final List<BindType> types;
  private final SmppClient client;
  private final Pauses pauses;
  private final Owner owner;
  private final Map<Seat, Bind> bound = new HashMap<>();
  private final Map<Seat, Long> attempts = new HashMap<>();
  /** Numbers of the seats that are for another process from now on. */
  private final Set<Integer> leaving = new HashSet<>();
  private List<SmppSession> transmitters = List.of();
  private boolean stopping;
  private String trouble = "is not bound yet";

  /** Whom the binds belong to. */
  interface Owner {
    /** A session was bound or lost. */
    void changed();

    void lost(SmppSession session);

    void take(SmppSession session, PduRequest<?> request);

    void windowOpen();
  }

  /** One session's place: the number of its seat, and its direction. */
  private record Seat(int number, BindType type) { }

  /**
   * What has a seat now.
   *
   * @param pause what comes before the next try if it is lost soon
   * @param since by the monotonic clock, nanoseconds
   */
  private record Bind(SmppSession session, long pause, long since) { }

  Binds(Context context, LinkConfig config, SmppClient client, Pauses pauses, Owner owner) {
    this.context = context;
    this.link = config.id();
    this.options = config.bind();
    this.types = config.direction().types();
    this.client = client;
    this.pauses = pauses;
    this.owner = owner;
  }

  /** This process holds that seat now: bind, and keep trying. One that is to be left is unbound as soon as nothing is in flight over it. */
  void hold(int number) {
    for (BindType type : types) {
      Seat seat = new Seat(number, type);
      if (leaving.contains(number)) unbindIfIdle(bound.get(seat));
      else if (!attempts.containsKey(seat) && !bound.containsKey(seat)) connect(seat, pauses.first());
    }
  }

  private static void unbindIfIdle(Bind bind) {
    if (bind != null && bind.session.inFlight() == 0) bind.session.unbind();
  }

  /** Nothing more is submitted over that seat's sessions. Who still holds it goes on saying so, until it is among {@link #left}; a try that is under way is waited for. */
  void leave(int number) {
    leaving.add(number);
    for (BindType type : types) {
      Seat seat = new Seat(number, type);
      Long timer = attempts.get(seat);
      if (timer == null || timer == CONNECTING) continue;
      context.owner().cancelTimer(timer);
      attempts.remove(seat);
    }
    changed();
    hold(number);
  }

  boolean isLeaving() {
    return !leaving.isEmpty();
  }

  /** Numbers of the seats that were left and have, and get, no session any more: others may have them. */
  Set<Integer> left() {
    Set<Integer> left = new HashSet<>(leaving);
    bound.keySet().forEach(seat -> left.remove(seat.number));
    attempts.keySet().forEach(seat -> left.remove(seat.number));
    return left;
  }

  /** Others may have taken them: whatever number comes again is a new seat. */
  void forget(Set<Integer> left) {
    leaving.removeAll(left);
  }

  /** @param pause what comes before the next try if this one fails */
  private void connect(Seat seat, long pause) {
    attempts.put(seat, CONNECTING);
    client.bind(options.withType(seat.type), new Bound(seat)).onComplete(done -> {
      if (!attempts.containsKey(seat)) {
        if (done.succeeded()) done.result().unbind();
        return;
      }
      attempts.remove(seat);
      if (done.succeeded()) bound(seat, done.result(), pause);
      else if (!leaving.contains(seat.number)) refused(seat, pause, done.cause());
    });
  }

  private void bound(Seat seat, SmppSession session, long pause) {
    log.info("link {}: bind {} to {} is up", link, seat.number, options.withType(seat.type));
    bound.put(seat, new Bind(session, pause, System.nanoTime()));
    changed();
  }

  private void refused(Seat seat, long pause, Throwable failure) {
    if (failure instanceof BindRefused refusal && refusal.isFinal()) {
      refusedForGood(seat, refusal);
      return;
    }
    trouble = "cannot bind: " + failure.getMessage();
    log.warn("link {}: bind {} failed: {}", link, seat.number, failure.getMessage());
    tryAgain(seat, pause);
  }

  private void tryAgain(Seat seat, long pause) {
    attempts.put(seat, context.owner().setTimer(Pauses.jittered(pause), t -> {
      if (attempts.containsKey(seat)) connect(seat, pauses.after(pause));
    }));
  }

  /** A wrong password does not get right by asking again, and carriers lock who does: somebody has to look. */
  private void refusedForGood(Seat seat, BindRefused refusal) {
    trouble = "is refused for good, and not bound again until it is configured otherwise, or stopped and started: " + refusal.getMessage();
    log.error("link {}: bind {} {}", link, seat.number, trouble);
    attempts.put(seat, REFUSED);
  }

  /** How many the carrier has refused for good. */
  int refused() {
    return (int) attempts.values().stream().filter(timer -> timer == REFUSED).count();
  }

  private void lost(SmppSession session, Seat seat, CloseReason reason) {
    Bind was = bound.get(seat);
    if (was == null || was.session != session) return;
    bound.remove(seat);
    boolean ends = stopping || leaving.contains(seat.number);
    if (ends) log.info("link {}: bind {} has ended: {}", link, seat.number, reason);
    else log.warn("link {}: bind {} is down: {}", link, seat.number, reason);
    trouble = "is down: " + reason;
    owner.lost(session);
    changed();
    if (!ends) tryAgain(seat, pauses.afterLoss(was.pause, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - was.since)));
  }

  private void changed() {
    transmitters = bound.entrySet().stream().filter(e -> e.getKey().type.transmits() && !leaving.contains(e.getKey().number)).map(e -> e.getValue().session).toList();
    owner.changed();
  }

  /** Lost ones are not bound again from now on. */
  void letGo() {
    stopping = true;
    attempts.values().forEach(context.owner()::cancelTimer);
    attempts.clear();
  }

  /** Unbinds after what is in flight was answered. */
  Future<Void> unbind() {
    letGo();
    return Future.join(List.copyOf(bound.values()).stream().map(bind -> bind.session.unbind()).toList()).mapEmpty();
  }

  /** Those that may submit. */
  List<SmppSession> transmitters() {
    return transmitters;
  }

  /** Whether there is a session of each direction. */
  boolean haveEachType() {
    return types.stream().allMatch(type -> bound.keySet().stream().anyMatch(seat -> seat.type == type));
  }

  int bound() {
    return bound.size();
  }

  boolean isBound(int number) {
    return types.stream().allMatch(type -> bound.containsKey(new Seat(number, type)));
  }

  /** Whether it has no session, and tries or was refused for good. */
  boolean isUnbound() {
    return bound.isEmpty() && !attempts.isEmpty();
  }

  /** Whether it has no session, and all were refused for good. */
  boolean isRefused() {
    return isUnbound() && refused() == attempts.size();
  }

  int inFlight() {
    int inFlight = 0;
    for (SmppSession session : transmitters) inFlight += session.inFlight();
    return inFlight;
  }

  /** What happened last to one that is not bound. */
  String trouble() {
    return trouble;
  }

  /** One session's ear: knows which place it has. */
  private final class Bound implements SessionHandler {
    private final Seat seat;

    Bound(Seat seat) {
      this.seat = seat;
    }

    @Override
    public void onRequest(SmppSession session, PduRequest<?> request) {
      owner.take(session, request);
    }

    @Override
    public void onWindowOpen(SmppSession session) {
      owner.windowOpen();
    }

    @Override
    public void onClosed(SmppSession session, CloseReason reason) {
      lost(session, seat, reason);
    }
  }
}
