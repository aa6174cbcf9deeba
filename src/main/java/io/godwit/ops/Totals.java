package io.godwit.ops;

import io.godwit.message.Event;
import io.godwit.queue.Inventory.Place;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What an audit has counted: messages by status, events by type, messages in parcels by queue, findings by kind, and what checks say of themselves. */
public final class Totals {
  private final Map<String, Long> messages = new TreeMap<>();
  private final Map<String, Long> events = new TreeMap<>();
  private final Map<String, Long> waiting = new TreeMap<>();
  private final Map<String, Long> kinds = new TreeMap<>();
  private final JsonObject notes = new JsonObject();
  private Set<String> unjudged = Set.of();

  void count(Slice slice) {
    for (Chain chain : slice.chains().values()) {
      Event last = chain.last();
      messages.merge(last == null ? "UNKNOWN_ORIGIN" : last.status().name(), 1L, Long::sum);
      for (Event event : chain.main()) events.merge(event.type(), 1L, Long::sum);
      for (Event event : chain.beside()) events.merge(event.type(), 1L, Long::sum);
      for (Place place : chain.places()) waiting.merge(place.queue(), 1L, Long::sum);
    }
  }

  void found(Finding.Kind kind) {
    kinds.merge(kind.name(), 1L, Long::sum);
  }

  /** What a check has done, beside what it has found. */
  void note(String name, Object value) {
    notes.put(name, value);
  }

  /** Accounts whose money moved while it was looked at. */
  void unjudged(Set<String> accounts) {
    unjudged = accounts;
    note("unjudged", accounts.size());
  }

  Set<String> unjudged() {
    return unjudged;
  }

  public long findings() {
    return kinds.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Messages by the status that users see. */
  public Map<String, Long> messages() {
    return messages;
  }

  /** Events by their type. */
  public Map<String, Long> events() {
    return events;
  }

  /** Messages that are in parcels, by queue. */
  public Map<String, Long> waiting() {
    return waiting;
  }

  public JsonObject toJson() {
    return new JsonObject().put("messages", new JsonObject(Map.copyOf(messages))).put("events", new JsonObject(Map.copyOf(events)))
      .put("waiting", new JsonObject(Map.copyOf(waiting))).put("findings", findings()).put("kinds", new JsonObject(Map.copyOf(kinds))).mergeIn(notes);
  }

  @Override
  public String toString() {
    return toJson().encode();
  }
}
