package io.godwit.perf;

import com.mongodb.reactivestreams.client.MongoClient;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** The customer and the carrier in one process: how long a message takes from one to the other, and what the driver alone takes. */
public final class Latency {
  private static final int WARM_UP_RATE = 100;
  private static final String PROFILE = "{\"magicNumbers\": false}";

  private final Arguments arguments;
  private final Sender sender;
  private final MongoClient mongo;

  private Latency(Arguments arguments, Sender sender, MongoClient mongo) {
    this.arguments = arguments;
    this.sender = sender;
    this.mongo = mongo;
  }

  public static void main(String[] words) {
    Arguments.measure(words, Latency::run);
  }

  private static JsonObject run(Arguments arguments) throws Exception {
    Vertx vertx = Vertx.vertx();
    SimulatorConfig config = SimulatorConfig.from(new JsonObject().put("host", "127.0.0.1").put("port", arguments.number("simulator-port"))
      .put("profile", new JsonObject(PROFILE)));
    Simulator simulator = Simulator.start(vertx, config).await(30, TimeUnit.SECONDS);
    Sender sender = new Sender(vertx, arguments.text("http"));
    simulator.onAccepted(sender::onTheWire);
    try (MongoClient mongo = Raw.connect(arguments.text("mongo"))) {
      sender.awaitReady();
      return new Latency(arguments, sender, mongo).measure();
    }
  }

  private JsonObject measure() throws Exception {
    if (arguments.number("warm-up") > 0) sender.send(WARM_UP_RATE, arguments.number("warm-up"));
    transactions(WARM_UP_RATE, Math.min(5, arguments.number("warm-up")));
    List<Integer> rates = new ArrayList<>();
    List<JsonArray> rounds = new ArrayList<>();
    for (String rate : arguments.text("rates").split(",")) {
      rates.add(Integer.parseInt(rate));
      rounds.add(new JsonArray());
    }
    for (int round = 0; round < arguments.number("rounds"); round++) {
      for (int i = 0; i < rates.size(); i++) rounds.get(i).add(round(rates.get(i)));
    }
    JsonArray result = new JsonArray();
    for (int i = 0; i < rates.size(); i++) result.add(new JsonObject().put("rate", rates.get(i)).put("rounds", rounds.get(i)));
    return new JsonObject().put("rates", result);
  }

  private JsonObject round(int rate) throws Exception {
    int seconds = arguments.number("seconds");
    JsonObject measured = sender.send(rate, seconds);
    return measured.put("transaction", Arguments.millis(transactions(rate, Math.max(1, seconds / 4))));
  }

  /** The ceiling: at the same pace, one transaction after the other. */
  private Histogram transactions(int rate, int seconds) {
    Histogram times = new Histogram(3);
    long every = 1_000_000_000L / rate;
    long next = System.nanoTime();
    try (Raw raw = new Raw(mongo, "latency-" + next)) {
      for (int i = 0; i < rate * seconds; i++, next += every) {
        while (System.nanoTime() < next) LockSupport.parkNanos(next - System.nanoTime());
        long began = System.nanoTime();
        raw.run(Raw.Work.ACCEPT, 1);
        times.recordValue(System.nanoTime() - began);
      }
    }
    return times;
  }
}
