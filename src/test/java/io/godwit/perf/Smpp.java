package io.godwit.perf;

import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.type.Address;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindType;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.ResponseHandler;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SessionOptions;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many submit_sm a second one session carries over loopback: ours to the simulator, without and with receipts, and Cloudhopper's client to
 * Cloudhopper's server, by turns, all in this process. Tells the share of the time in GC, and the CPU time of the simulator's event loop.
 */
public final class Smpp implements SessionHandler, ResponseHandler {
  static final Address FROM = AddressPlan.DEFAULT.address("Godwit");
  static final Address TO = AddressPlan.DEFAULT.address("447700900123");
  static final byte[] TEXT = "x".repeat(100).getBytes();

  /** What a simulator remembers of a million messages is no burden of a session's. */
  private static final JsonObject SHORT_LOG = new JsonObject().put("host", "127.0.0.1").put("port", 0).put("logSize", 10_000);

  /** What is measured: some messages there, and all their answers and receipts back. */
  interface Pair {
    void round(int messages) throws Exception;
  }

  private final boolean receipts;
  private SmppSession session;
  private int toSend;
  private int toAnswer;
  private int toReceive;
  private Promise<Void> done;

  private Smpp(boolean receipts) {
    this.receipts = receipts;
  }

  public static void main(String[] words) {
    Arguments.measure(words, Smpp::run);
  }

  private static JsonObject run(Arguments arguments) throws Exception {
    int window = arguments.number("window");
    int messages = arguments.number("messages");
    Profile profile = Profile.from(new JsonObject().put("receiptDelayMin", 100).put("receiptDelayMax", 500));
    Vertx carrier = Vertx.vertx();
    Simulator smsc = Simulator.start(carrier, SimulatorConfig.from(SHORT_LOG).with(profile)).await(30, TimeUnit.SECONDS);
    AtomicLong loop = new AtomicLong();
    smsc.onAccepted(to -> loop.set(Thread.currentThread().getId()));
    Smpp plain = bound(smsc, window, false);
    Smpp receipted = bound(smsc, window, true);
    Cloudhopper cloudhopper = new Cloudhopper(window);
    JsonArray rounds = new JsonArray();
    for (int round = -1; round < arguments.number("rounds"); round++) {   // the first one warms up
      List<JsonObject> measured = new ArrayList<>();
      measured.add(measure("ours", messages, plain::round, loop.get()));
      measured.add(measure("receipts", messages, receipted::round, loop.get()));
      measured.add(measure("cloudhopper", Math.max(1, messages / 4), cloudhopper::round, 0));
      if (round >= 0) measured.forEach(rounds::add);
      smsc.onAccepted(to -> { });
      smsc.reset().await(30, TimeUnit.SECONDS);
    }
    return new JsonObject().put("rounds", rounds);
  }

  /** On event loops of its own: the simulator's would otherwise serve both ends. */
  private static Smpp bound(Simulator smsc, int window, boolean receipts) throws Exception {
    Smpp end = new Smpp(receipts);
    BindOptions bind = BindOptions.of("127.0.0.1", smsc.port(), receipts ? "with" : "without", "any", BindType.TRX)
      .withSession(SessionOptions.DEFAULTS.withWindow(window));
    end.session = new SmppClient(Vertx.vertx()).bind(bind, end).await(30, TimeUnit.SECONDS);
    return end;
  }

  /** @param thread whose CPU time is told, too; 0 = nobody's */
  private static JsonObject measure(String pair, int messages, Pair of, long thread) throws Exception {
    long gc = gcMillis();
    long cpu = cpuNanos(thread);
    long start = System.nanoTime();
    of.round(messages);
    double seconds = (System.nanoTime() - start) / 1e9;
    JsonObject result = new JsonObject().put("pair", pair).put("per_second", messages / seconds).put("gc", (gcMillis() - gc) / 1e3 / seconds);
    return thread == 0 ? result : result.put("simulator_per_core", messages / Math.max(1e-9, (cpuNanos(thread) - cpu) / 1e9));
  }

  private static long gcMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum();
  }

  private static long cpuNanos(long thread) {
    return thread == 0 ? 0 : ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
  }

  private void round(int messages) throws Exception {
    Promise<Void> finished = Promise.promise();
    session.context().runOnContext(v -> {
      toSend = messages;
      toAnswer = messages;
      toReceive = receipts ? messages : 0;
      done = finished;
      onWindowOpen(session);
    });
    finished.future().await(5, TimeUnit.MINUTES);
  }

  @Override
  public void onWindowOpen(SmppSession at) {
    for (int free = at.free(); free > 0 && toSend > 0; free--, toSend--) {
      at.request(Pdus.submit(FROM, TO, TEXT, (byte) 0, false, receipts), this);
    }
  }

  @Override
  public void onResponse(PduResponse response) {
    toAnswer--;
    finishIfDone();
  }

  @Override
  public void onRequest(SmppSession at, PduRequest<?> request) {
    at.respond(request.createResponse());
    toReceive--;
    finishIfDone();
  }

  private void finishIfDone() {
    if (toAnswer == 0 && toReceive == 0) {
      done.complete();
    }
  }

  @Override
  public void onUnanswered(Unanswered reason) {
    done.tryFail(reason.toString());
  }
}
