package io.godwit.link;

import java.util.concurrent.atomic.AtomicInteger;

/** How many more messages may be covered by a parcel's {@code tried} and not settled: what may be sent twice after a crash. Thread-safe. */
final class Budget {
  private final AtomicInteger left;

  Budget(int messages) {
    left = new AtomicInteger(messages);
  }

  /** Takes as much as there is, up to what is wanted. */
  int take(int wanted) {
    for (;;) {
      int now = left.get();
      int taken = Math.max(0, Math.min(wanted, now));
      if (taken == 0 || left.compareAndSet(now, now - taken)) return taken;
    }
  }

  void free(int messages) {
    left.addAndGet(messages);
  }

  boolean isLeft() {
    return left.get() > 0;
  }
}
