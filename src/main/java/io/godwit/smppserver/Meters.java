package io.godwit.smppserver;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What the SMPP server counts. One a door; its gauges go with it. Event loop only. */
final class Meters {
  private final MeterRegistry registry;
  private final String door;
  private final Map<String, Counter> counters = new HashMap<>();
  private final List<Meter> gauges = new ArrayList<>();

  /** @param door tells the instances of a process apart */
  Meters(MeterRegistry registry, String door) {
    this.registry = registry;
    this.door = door;
  }

  /** @param status of the answer */
  void bind(int status) {
    counter("godwit.smpp.binds", "binds by the command_status of their answers", hex(status)).increment();
  }

  /** @param status of the answer */
  void submit(int status) {
    counter("godwit.smpp.submits", "submit_sm, data_sm and destinations of submit_multi, by command_status", hex(status)).increment();
  }

  /** @param how told, refused or again */
  void delivery(boolean reply, String how) {
    counter("godwit.smpp." + (reply ? "replies" : "receipts"), "deliver_sm by what became of them", how).increment();
  }

  private static String hex(int status) {
    return "0x" + Integer.toHexString(status);
  }

  private Counter counter(String name, String description, String outcome) {
    return counters.computeIfAbsent(name + " " + outcome, k -> Counter.builder(name).description(description).tag("outcome", outcome).register(registry));
  }

  <T> void gauge(String name, String description, String kind, T of, ToDoubleFunction<T> value) {
    gauges.add(Gauge.builder(name, of, value).description(description).tag("kind", kind).tag("door", door).register(registry));
  }

  void close() {
    gauges.forEach(registry::remove);
  }
}
