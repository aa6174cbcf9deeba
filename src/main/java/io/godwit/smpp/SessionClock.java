package io.godwit.smpp;

import io.vertx.core.Vertx;
import java.time.Duration;

/**
 * All timers of one session (SMPP 3.4 §7.2) by one periodic sweep: a timer an answer would cost more than the answer. Monotonic
 * time in nanoseconds. Event loop only.
 */
final class SessionClock {
  private static final long NO_TIMER = -1;

  private final SmppSession session;
  private final SessionOptions options;
  private final long startedAt = System.nanoTime();
  private long timer = NO_TIMER;
  private long lastRead = startedAt;
  /** Answers to what was sent before may have lain unread until then. */
  private long resumedAt = startedAt;
  private long enquiredAt;
  private boolean enquired;
  private long unbindAt;
  private boolean unbinding;

  SessionClock(SmppSession session, SessionOptions options) {
    this.session = session;
    this.options = options;
  }

  void start() {
    Vertx vertx = session.context().owner();
    timer = vertx.setPeriodic(options.sweepMillis(), id -> sweep(System.nanoTime()));
  }

  void stop() {
    if (timer != NO_TIMER) {
      session.context().owner().cancelTimer(timer);
      timer = NO_TIMER;
    }
  }

  /** Something was read: the peer lives. */
  void reading() {
    lastRead = System.nanoTime();
    enquired = false;
  }

  /** Reading begins again after a pause. */
  void resumed() {
    reading();
    resumedAt = lastRead;
  }

  void unbindStarted() {
    unbinding = true;
    unbindAt = System.nanoTime();
  }

  /** Has an unbind waited long enough for what is in flight? */
  boolean drainTimeIsOver() {
    return unbinding && over(options.unbindTimeout(), unbindAt, System.nanoTime());
  }

  private void sweep(long now) {
    switch (session.state()) {
      case OPEN:
        sweepOpen(now);
        break;
      case UNBINDING:
        sweepUnbinding(now);
        sweepRequests(now);
        break;
      case BOUND:
        sweepRequests(now);
        sweepSilence(now);
        break;
      default:
    }
  }

  private void sweepOpen(long now) {
    if (over(options.bindTimeout(), startedAt, now)) {
      session.end(CloseReason.BIND_TIMEOUT, null);
    }
  }

  /** After a standstill both times may be over at once: the peer's unbind is answered all the same. */
  private void sweepUnbinding(long now) {
    session.proceedUnbinding();
    if (over(options.wholeUnbind(), unbindAt, now)) {
      session.end(CloseReason.UNBOUND_BY_US, null);
    }
  }

  private void sweepRequests(long now) {
    long limit = options.responseTimeout().toNanos();
    if (limit > 0 && !session.readingStoppedByUs() && now - resumedAt > limit) {
      session.expireRequests(now - limit);
    }
  }

  private void sweepSilence(long now) {
    if (session.readingStoppedByUs()) {
      return;
    }
    if (over(options.inactivityTimeout(), lastRead, now)) {
      session.end(CloseReason.INACTIVE, null);
    } else if (enquired && over(options.responseTimeout(), enquiredAt, now)) {
      session.end(CloseReason.NOT_ALIVE, null);
    } else if (!enquired && over(options.enquireInterval(), lastRead, now)) {
      enquired = true;
      enquiredAt = now;
      session.enquire();
    }
  }

  private static boolean over(Duration limit, long since, long now) {
    return !limit.isZero() && now - since > limit.toNanos();
  }
}
