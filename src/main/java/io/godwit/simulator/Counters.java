package io.godwit.simulator;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/** What a simulator has done. Counted on its event loop, read from anywhere. */
public final class Counters {
  /** One number each. */
  public enum Count {
    /** Sessions that bound. */
    BINDS,
    /** Binds refused. */
    BINDS_REFUSED,
    /** submit_sm and data_sm received, whatever was answered. */
    SUBMITS,
    /** Of these, answered with 0. */
    ACCEPTED,
    /** Of these, answered with an error that is not throttling. */
    REFUSED,
    /** Of these, answered with ESME_RTHROTTLED. */
    THROTTLED,
    /** Of these, never answered. */
    UNANSWERED,
    /** Of these, those at which the connection was dropped on purpose. */
    DROPS,
    /** Receipts lost on purpose. */
    RECEIPTS_LOST,
    /** Receipts sent, repetitions included. */
    RECEIPTS_SENT,
    /** Receipts answered with 0. */
    RECEIPTS_ACCEPTED,
    /** Messages of handsets sent, in parts. */
    REPLIES_SENT,
    /** Messages of handsets answered with 0, in parts. */
    REPLIES_ACCEPTED,
    /** deliver_sm answered with an error. */
    DELIVERIES_REFUSED,
    /** deliver_sm given up: too many were waiting, or a permanent error. */
    DELIVERIES_DROPPED
  }

  private record Awaited(Count count, long number, Promise<Void> reached) {
  }

  private final AtomicLongArray numbers = new AtomicLongArray(Count.values().length);
  private final List<Awaited> awaited = new ArrayList<>();
  private volatile boolean anyAwaited;

  public long get(Count count) {
    return numbers.get(count.ordinal());
  }

  /** Completes when a count has reached a number: what a test waits on. */
  public Future<Void> await(Count count, long number) {
    Promise<Void> reached = Promise.promise();
    synchronized (awaited) {
      awaited.add(new Awaited(count, number, reached));
      anyAwaited = true;
    }
    tellAwaited();
    return reached.future();
  }

  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    for (Count count : Count.values()) {
      json.put(camelCase(count.name()), get(count));
    }
    return json;
  }

  /** Simulator's event loop only: the one writer. */
  void add(Count count) {
    int i = count.ordinal();
    numbers.setRelease(i, numbers.getPlain(i) + 1);
    if (anyAwaited) {
      tellAwaited();
    }
  }

  void reset() {
    for (int i = 0; i < numbers.length(); i++) {
      numbers.set(i, 0);
    }
  }

  private void tellAwaited() {
    List<Awaited> reached;
    synchronized (awaited) {
      reached = awaited.stream().filter(a -> get(a.count) >= a.number).toList();
      awaited.removeAll(reached);
      anyAwaited = !awaited.isEmpty();
    }
    reached.forEach(a -> a.reached.tryComplete());
  }

  private static String camelCase(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.toLowerCase(Locale.ROOT).split("_")) {
      camel.append(camel.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return camel.toString();
  }
}
