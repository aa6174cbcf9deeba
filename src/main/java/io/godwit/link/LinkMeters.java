package io.godwit.link;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Gauges of the links of which this process holds binds, as they stood at the last look: add them over the processes. Only {@code
 * godwit_link_waiting_parcels} is the same in each: what waits for the link in the stores, in all.
 */
final class LinkMeters {
  private final MultiGauge up;
  private final MultiGauge binds;
  private final MultiGauge inFlight;
  private final MultiGauge perSecond;
  private final MultiGauge state;
  private final MultiGauge waiting;
  private final MultiGauge refused;

  LinkMeters(MeterRegistry registry) {
    up = MultiGauge.builder("godwit.link.up").description("1 = this process has a bind of the link that may submit").register(registry);
    binds = MultiGauge.builder("godwit.link.binds").description("sessions with the carrier that are bound").register(registry);
    inFlight = MultiGauge.builder("godwit.link.in.flight").description("submit_sm that wait for their answers").register(registry);
    perSecond = MultiGauge.builder("godwit.link.segments.per.second").description("segments submitted in the last second").register(registry);
    state = MultiGauge.builder("godwit.link.state").description("1 = the link is in this state; stopped links in every process that could bind").register(registry);
    refused = MultiGauge.builder("godwit.link.refused").description("binds that the carrier has refused for good: they wait for an operator").register(registry);
    waiting = MultiGauge.builder("godwit.link.waiting.parcels").description("parcels of up to 500 messages that wait for the link, in all sets").register(registry);
  }

  /**
   * @param stopped ids of links that are not to be bound
   * @param refusals binds of each that wait for an operator
   */
  void show(Map<String, Told> told, Iterable<String> stopped, Map<String, Integer> refusals) {
    refused.register(refusals.entrySet().stream().<Row<?>>map(e -> Row.of(Tags.of("link", e.getKey()), e.getValue())).toList(), true);
    List<Row<?>> states = new ArrayList<>();
    told.forEach((link, of) -> {
      for (Link.State each : Link.State.values()) states.add(state(link, each.name(), of.state() == each));
    });
    stopped.forEach(link -> states.add(state(link, "STOPPED", true)));
    state.register(states, true);
    up.register(rows(told, of -> of.state() == Link.State.DOWN ? 0 : 1), true);
    binds.register(rows(told, Told::bound), true);
    inFlight.register(rows(told, Told::inFlight), true);
    perSecond.register(rows(told, Told::perSecond), true);
  }

  /** @param parcels by link */
  void showWaiting(Map<String, Long> parcels) {
    waiting.register(parcels.entrySet().stream().<Row<?>>map(e -> Row.of(Tags.of("link", e.getKey()), e.getValue())).toList(), true);
  }

  private static Row<?> state(String link, String state, boolean is) {
    return Row.of(Tags.of("link", link, "state", state.toLowerCase(Locale.ROOT)), is ? 1 : 0);
  }

  private interface Figure {
    int of(Told told);
  }

  private static List<Row<?>> rows(Map<String, Told> told, Figure figure) {
    List<Row<?>> rows = new ArrayList<>();
    told.forEach((link, of) -> rows.add(Row.of(Tags.of("link", link), figure.of(of))));
    return rows;
  }
}
