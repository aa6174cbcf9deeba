package io.godwit.link;

import io.godwit.message.Lane;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many more messages may be covered by a parcel's {@code tried} and not settled: what may be sent twice after a crash. A quarter is kept
 * for alerts: else a campaign would have taken all of it, and each alert would wait for the commit that frees some. Thread-safe.
 */
final class Budget {
  private static final int KEPT_FOR_ALERTS = 4;

  private final AtomicInteger all = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();

  /** Changes how large it is, as binds come and go. */
  void grow(int messages) {
    all.addAndGet(messages);
    left.addAndGet(messages);
  }

  /** Takes as much as there is for this lane, up to what is wanted. */
  int take(int wanted, Lane lane) {
    for (;;) {
      int now = left.get();
      int taken = Math.max(0, Math.min(wanted, now - kept(lane)));
      if (taken == 0 || left.compareAndSet(now, now - taken)) return taken;
    }
  }

  private int kept(Lane lane) {
    return lane == Lane.ALERT ? 0 : all.get() / KEPT_FOR_ALERTS;
  }

  void free(int messages) {
    left.addAndGet(messages);
  }

  boolean isLeft(Lane lane) {
    return left.get() > kept(lane);
  }
}
