package io.godwit.ops;

import io.godwit.message.Event;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/** What an audit has counted: messages by status, events by type, messages in parcels by queue, and findings. */
public final class Totals {
  private final Map<String, Long> messages = new TreeMap<>();
  private final Map<String, Long> events = new TreeMap<>();
  private final Map<String, Long> waiting = new TreeMap<>();
  private long findings;

  void count(Event event) {
    events.merge(event.type(), 1L, Long::sum);
  }

  void stands(Event last) {
    messages.merge(last == null ? "UNKNOWN_ORIGIN" : last.status().name(), 1L, Long::sum);
  }

  void waits(String queue) {
    waiting.merge(queue, 1L, Long::sum);
  }

  void found() {
    findings++;
  }

  public long findings() {
    return findings;
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
      .put("waiting", new JsonObject(Map.copyOf(waiting))).put("findings", findings);
  }

  @Override
  public String toString() {
    return toJson().encode();
  }
}
