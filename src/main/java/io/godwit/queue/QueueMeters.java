package io.godwit.queue;

import io.godwit.message.Event;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What the queue counts for operators and benches: units of work by the kind of their slot, events by type, and how parcels
 * travel. Thread-safe.
 */
final class QueueMeters {
  /** How a parcel went into its queue: to a stage of this process in memory, stored for anybody, or stored until its time. */
  enum Way { HANDED, READY, LATER }

  private final MeterRegistry registry;
  /** By name and tags: to ask the registry costs more than to count. */
  private final Map<List<String>, Counter> counters = new ConcurrentHashMap<>();

  QueueMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** @param kind what the slot is for; what follows the first dash, such as its link, is not told apart */
  Slots slots(String kind) {
    return new Slots(kind.substring(0, kind.indexOf('-') < 0 ? kind.length() : kind.indexOf('-')));
  }

  /** A claim that was answered; most find nothing when nothing waits. */
  void claimed(String queue, int parcels) {
    counter("godwit.queue.claims", "claims of stored parcels, three trips each that finds any", "queue", queue).increment();
    counter("godwit.queue.claimed", "parcels that were claimed", "queue", queue).increment(parcels);
  }

  private void put(String queue, Way way) {
    counter("godwit.queue.put", "parcels put: handed over in memory, ready for a claim, or later", "queue", queue, "way", way.name().toLowerCase(java.util.Locale.ROOT)).increment();
  }

  private void events(List<Event> events) {
    Map<String, Integer> types = new HashMap<>();
    for (Event event : events) types.merge(event.type(), 1, Integer::sum);
    types.forEach((type, count) -> counter("godwit.events", "events committed", "type", type).increment(count));
  }

  private Counter counter(String name, String description, String... tags) {
    return counters.computeIfAbsent(List.of(name, String.join(" ", tags)), k -> Counter.builder(name).description(description).tags(tags).register(registry));
  }

  /** The meters of all slots of one kind. */
  final class Slots {
    private final Timer units;
    private final DistributionSummary messages;

    private Slots(String kind) {
      units = Timer.builder("godwit.units").description("units of work: from the first attempt to the commit").tag("slot", kind).register(registry);
      messages = DistributionSummary.builder("godwit.unit.messages").description("messages that one unit of work moved on").tag("slot", kind).register(registry);
    }

    void committed(Step step, List<Way> ways, int moved, long nanos) {
      units.record(nanos, TimeUnit.NANOSECONDS);
      messages.record(moved);
      events(step.events);
      for (int i = 0; i < ways.size(); i++) put(step.puts.get(i).queue, ways.get(i));
    }
  }
}
