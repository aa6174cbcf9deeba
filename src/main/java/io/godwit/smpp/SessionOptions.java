package io.godwit.smpp;

import java.time.Duration;

/**
 * Limits and times of one session. SMPP 3.4 §7.2 names the timers; a zero duration turns one off.
 *
 * @param window most requests that may wait for their answer at once
 * @param responseTimeout how long a request waits for its answer (response_timer)
 * @param enquireInterval silence after which enquire_link asks whether the peer lives (enquire_link_timer)
 * @param inactivityTimeout silence after which the session is closed although the peer may live (inactivity_timer)
 * @param bindTimeout from the connection to the answered bind (session_init_timer)
 * @param unbindTimeout how long {@link SmppSession#unbind} waits for what is in flight, and then again, though two seconds at most, for unbind_resp; and for how
 *     long at most an unbind of the peer waits for its answer
 * @param maxUnanswered requests of the peer that may wait for our answer; at this number the session stops reading
 */
public record SessionOptions(int window, Duration responseTimeout, Duration enquireInterval, Duration inactivityTimeout,
                             Duration bindTimeout, Duration unbindTimeout, int maxUnanswered) {

  /** Values that suit a carrier's link; every one of Cloudhopper's own defaults was a trap (window 1, nothing expires). */
  public static final SessionOptions DEFAULTS = new SessionOptions(100, Duration.ofSeconds(30), Duration.ofSeconds(30),
    Duration.ZERO, Duration.ofSeconds(10), Duration.ofSeconds(5), 10_000);

  /** A peer that is asked nothing else any more answers an unbind soon, or never. */
  private static final Duration LONGEST_UNBIND_ANSWER = Duration.ofSeconds(2);
  private static final long FASTEST_SWEEP_MILLIS = 10;
  private static final long SLOWEST_SWEEP_MILLIS = 1000;

  public SessionOptions {
    if (window < 1 || maxUnanswered < 1) {
      throw new IllegalArgumentException("window and maxUnanswered must be at least 1");
    }
  }

  public SessionOptions withWindow(int newWindow) {
    return new SessionOptions(newWindow, responseTimeout, enquireInterval, inactivityTimeout, bindTimeout, unbindTimeout,
      maxUnanswered);
  }

  public SessionOptions withResponseTimeout(Duration timeout) {
    return new SessionOptions(window, timeout, enquireInterval, inactivityTimeout, bindTimeout, unbindTimeout, maxUnanswered);
  }

  public SessionOptions withEnquireInterval(Duration interval) {
    return new SessionOptions(window, responseTimeout, interval, inactivityTimeout, bindTimeout, unbindTimeout, maxUnanswered);
  }

  public SessionOptions withInactivityTimeout(Duration timeout) {
    return new SessionOptions(window, responseTimeout, enquireInterval, timeout, bindTimeout, unbindTimeout, maxUnanswered);
  }

  public SessionOptions withBindTimeout(Duration timeout) {
    return new SessionOptions(window, responseTimeout, enquireInterval, inactivityTimeout, timeout, unbindTimeout, maxUnanswered);
  }

  public SessionOptions withUnbindTimeout(Duration timeout) {
    return new SessionOptions(window, responseTimeout, enquireInterval, inactivityTimeout, bindTimeout, timeout, maxUnanswered);
  }

  public SessionOptions withMaxUnanswered(int max) {
    return new SessionOptions(window, responseTimeout, enquireInterval, inactivityTimeout, bindTimeout, unbindTimeout, max);
  }

  /** From the beginning of an unbind to its end, whatever is answered. */
  Duration wholeUnbind() {
    Duration forAnswer = unbindTimeout.compareTo(LONGEST_UNBIND_ANSWER) < 0 ? unbindTimeout : LONGEST_UNBIND_ANSWER;
    return unbindTimeout.plus(forAnswer);
  }

  /** How often one timer looks at all of the above: a quarter of the shortest, so that nothing is late by more than that. */
  long sweepMillis() {
    long shortest = Long.MAX_VALUE;
    for (Duration d : new Duration[] {responseTimeout, enquireInterval, inactivityTimeout, bindTimeout, unbindTimeout}) {
      shortest = d.isZero() ? shortest : Math.min(shortest, d.toMillis());
    }
    return Math.max(FASTEST_SWEEP_MILLIS, Math.min(SLOWEST_SWEEP_MILLIS, shortest / 4));
  }
}
