package io.godwit.testing;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that goes on only when it is told to. */
public final class TestClock implements LongSupplier {
  private final AtomicLong now = new AtomicLong(System.currentTimeMillis());

  @Override
  public long getAsLong() {
    return now.get();
  }

  public void advance(long millis) {
    now.addAndGet(millis);
  }
}
