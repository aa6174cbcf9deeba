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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one link in this process: one for each seat that it holds, or two where the carrier wants transmitter and receiver apart; each is
 * bound, or tried again with growing pauses ({@link Pauses}), whether it was refused or lost. Confined to the link's context.
 */
final class Binds {
  private static final Logger log = LoggerFactory.getLogger(Binds.class);
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

  /** This process holds that seat now: bind, and keep trying. */
  void hold(int number) {
    for (BindType type : types) {
      Seat seat = new Seat(number, type);
      if (!attempts.containsKey(seat) && !bound.containsKey(seat)) connect(seat, pauses.first());
    }
  }

  /** @param pause what comes before the next try if this one fails */
  private void connect(Seat seat, long pause) {
    attempts.put(seat, -1L);
    client.bind(options.withType(seat.type), new Bound(seat)).onComplete(done -> {
      if (!attempts.containsKey(seat)) {
        if (done.succeeded()) done.result().unbind();
        return;
      }
      attempts.remove(seat);
      if (done.succeeded()) bound(seat, done.result(), pause);
      else refused(seat, pause, done.cause());
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

  private void lost(Seat seat, CloseReason reason) {
    Bind was = bound.remove(seat);
    if (was == null) return;
    if (stopping) log.info("link {}: bind {} has ended: {}", link, seat.number, reason);
    else log.warn("link {}: bind {} is down: {}", link, seat.number, reason);
    trouble = "is down: " + reason;
    owner.lost(was.session);
    changed();
    if (!stopping) tryAgain(seat, pauses.afterLoss(was.pause, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - was.since)));
  }

  private void changed() {
    transmitters = bound.entrySet().stream().filter(e -> e.getKey().type.transmits()).map(e -> e.getValue().session).toList();
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
      lost(seat, reason);
    }
  }
}
