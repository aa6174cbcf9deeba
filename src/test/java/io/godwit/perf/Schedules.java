package io.godwit.perf;

import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What messages that are scheduled for tomorrow cost today, and what happens when many fall due at one moment. */
public final class Schedules {
  private static final long TOMORROW = 16_000_000_000L;
  private static final long SOON = 17_000_000_000L;
  private static final long ALERTS = 15_100_000_000L;

  private final Arguments arguments;
  private final Sender alerts;
  private final AtomicInteger due = new AtomicInteger();
  private final AtomicLong lastDue = new AtomicLong();
  private final AtomicInteger early = new AtomicInteger();

  private Schedules(Vertx vertx, Arguments arguments) {
    this.arguments = arguments;
    alerts = new Sender(vertx, arguments.text("http"), "demo-key", new JsonObject().put("priority", "alert"), ALERTS);
  }

  public static void main(String[] words) {
    Arguments.measure(words, Schedules::run);
  }

  private static JsonObject run(Arguments arguments) throws Exception {
    Vertx vertx = Vertx.vertx();
    Simulator simulator = Simulator.start(vertx, SimulatorConfig.from(new JsonObject().put("host", "127.0.0.1")
      .put("port", arguments.number("simulator-port")).put("window", 1_000).put("profile", new JsonObject().put("magicNumbers", false)))).await(30, TimeUnit.SECONDS);
    Schedules schedules = new Schedules(vertx, arguments);
    simulator.onAccepted(schedules::onTheWire);
    schedules.alerts.awaitReady();
    return schedules.measure();
  }

  private void onTheWire(String destination) {
    if (destination.startsWith("4915")) alerts.onTheWire(destination);
    else if (destination.startsWith("4916")) early.incrementAndGet();
    else {
      due.incrementAndGet();
      lastDue.set(System.currentTimeMillis());
    }
  }

  private JsonObject measure() throws Exception {
    alerts.send(arguments.number("alerts"), arguments.number("warm-up"));
    JsonObject without = look();
    Campaign tomorrow = new Campaign(arguments.text("http"), new JsonObject().put("scheduleAt", Instant.now().plusSeconds(86_400).toString()), TOMORROW);
    double loaded = tomorrow.load(arguments.number("messages"));
    JsonObject with = look();
    return new JsonObject().put("without", without).put("with", with).put("loadSeconds", loaded).put("falling", fall()).put("early", early.get());
  }

  /** A quiet while, of which the processor time is of interest, and then fresh messages. */
  private JsonObject look() throws Exception {
    double began = System.currentTimeMillis() / 1e3;
    Thread.sleep(arguments.number("seconds") * 1_000L);
    JsonArray idle = new JsonArray().add(began).add(System.currentTimeMillis() / 1e3);
    return new JsonObject().put("idle", idle).put("alerts", alerts.send(arguments.number("alerts"), arguments.number("seconds")));
  }

  /** Many at one moment, with alerts from a second before until all are on the wire, or for half a minute. */
  private JsonObject fall() throws Exception {
    int messages = arguments.number("due");
    long at = System.currentTimeMillis() + 5_000 + messages / 2;
    new Campaign(arguments.text("http"), new JsonObject().put("scheduleAt", Instant.ofEpochMilli(at).toString()), SOON).load(messages);
    Thread.sleep(Math.max(0, at - 1_000 - System.currentTimeMillis()));
    JsonObject urgent = alerts.send(arguments.number("alerts"), arguments.number("seconds"));
    for (long until = at + 120_000; due.get() < messages && System.currentTimeMillis() < until; ) Thread.sleep(20);
    return new JsonObject().put("messages", messages).put("sent", due.get()).put("seconds", (lastDue.get() - at) / 1e3).put("alerts", urgent);
  }
}
