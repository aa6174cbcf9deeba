package io.godwit.perf;

import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Three customers and the carrier in one process: one's campaign waits for a link with a rate, and what another's alerts and a third one's
 * few bulk messages take meanwhile from the request to the wire.
 */
public final class Fairness {
  private static final long CAMPAIGN = 16_000_000_000L;
  private static final long ALERTS = 15_100_000_000L;
  private static final long FEW = 17_000_000_000L;
  private static final int FEW_MESSAGES = 10;

  private final Arguments arguments;
  private final AtomicLong campaignSent = new AtomicLong();
  private final Sender alerts;
  private final Sender few;

  private Fairness(Vertx vertx, Arguments arguments) {
    this.arguments = arguments;
    String base = arguments.text("http");
    alerts = new Sender(vertx, base, "alerts-key", new JsonObject().put("priority", "alert"), ALERTS);
    few = new Sender(vertx, base, "few-key", new JsonObject().put("priority", "bulk"), FEW);
  }

  public static void main(String[] words) {
    Arguments.measure(words, Fairness::run);
  }

  private static JsonObject run(Arguments arguments) throws Exception {
    Vertx vertx = Vertx.vertx();
    Simulator simulator = Simulator.start(vertx, SimulatorConfig.from(new JsonObject().put("host", "127.0.0.1")
      .put("port", arguments.number("simulator-port")).put("profile", new JsonObject().put("magicNumbers", false)))).await(30, TimeUnit.SECONDS);
    Fairness fairness = new Fairness(vertx, arguments);
    simulator.onAccepted(fairness::onTheWire);
    fairness.alerts.awaitReady();
    return fairness.measure();
  }

  private void onTheWire(String destination) {
    if (destination.startsWith("4916")) campaignSent.incrementAndGet();
    else if (destination.startsWith("4915")) alerts.onTheWire(destination);
    else few.onTheWire(destination);
  }

  private JsonObject measure() throws Exception {
    alerts.send(arguments.number("alerts"), arguments.number("warm-up"));
    JsonObject before = round(0);
    double loaded = new Campaign(arguments.text("http"), new JsonObject(), CAMPAIGN).load(arguments.number("messages"));
    JsonArray rounds = new JsonArray();
    Thread.sleep(arguments.number("rest") * 1_000L);
    for (int i = 0; i < arguments.number("rounds"); i++) rounds.add(round(arguments.number("messages")));
    return new JsonObject().put("before", before).put("rounds", rounds).put("loadSeconds", loaded).put("campaignSent", campaignSent.get());
  }

  /** Alerts for a while, and then the few: each while the campaign goes on. */
  private JsonObject round(int campaign) throws Exception {
    JsonObject urgent = alerts.send(arguments.number("alerts"), arguments.number("seconds"));
    double eta = (campaign - campaignSent.get()) / (double) arguments.number("rate");
    JsonObject others = few.send(FEW_MESSAGES, 100, 60_000);
    JsonObject round = new JsonObject().put("alerts", urgent).put("few", others).put("campaignEtaSeconds", Math.max(0, eta));
    System.err.println(round.encode());
    return round;
  }
}
