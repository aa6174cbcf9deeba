package io.godwit.reporting;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * How far the reports of one set are behind, as metrics. Written on the projection's context, read from any thread.
 */
final class Lag {
  private final MeterRegistry meters;
  private final LongSupplier clock;
  private final Counter events;
  private final Counter unreadable;
  private final List<Meter> gauges = new ArrayList<>();
  private volatile int pages;
  /** The time of the oldest page that waits, or since when nothing is known, in milliseconds since 1970; 0 = nothing waits. */
  private volatile long oldest;

  Lag(MeterRegistry meters, int set, LongSupplier clock) {
    this.meters = meters;
    this.clock = clock;
    Tags tags = Tags.of("set", Integer.toString(set));
    events = Counter.builder("godwit.reporting.events").tags(tags).description("Events applied to the reports").register(meters);
    unreadable = Counter.builder("godwit.reporting.unreadable.events").tags(tags).description("Events left out of the reports").register(meters);
    gauges.add(Gauge.builder("godwit.reporting.lag.seconds", this, Lag::seconds).tags(tags).description("Age of the oldest page that is not in the reports").register(meters));
    gauges.add(Gauge.builder("godwit.reporting.lag.pages", this, lag -> lag.pages).tags(tags).description("Pages seen that are not in the reports").register(meters));
  }

  double seconds() {
    long since = oldest;
    return since == 0 ? 0 : Math.max(0, clock.getAsLong() - since) / 1000.0;
  }

  int pages() {
    return pages;
  }

  /** Applied by this process so far. */
  long events() {
    return (long) events.count();
  }

  /** These wait, by rising {@code ts}. */
  void waiting(List<PageRef> fresh) {
    pages = fresh.size();
    oldest = fresh.isEmpty() ? 0 : fresh.get(0).seconds() * 1000;
  }

  void applied(Batch batch) {
    events.increment(batch.events());
    unreadable.increment(batch.unreadable());
  }

  /** Nothing can be seen or written: the age grows from now on. */
  void stalled() {
    if (oldest == 0) oldest = clock.getAsLong();
  }

  void close() {
    gauges.forEach(meters::remove);
  }
}
