package io.godwit.perf;

import com.cloudhopper.smpp.pdu.SubmitSm;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The customers of a soak who come over SMPP: {@code --customers} transceivers at the doors {@code --smpp HOST:PORT,…}, which together submit a {@link Mix}
 * at a steady rate of messages in an open loop, for {@code --seconds}; then they stay bound, to be told of what becomes of it, until SIGTERM. Files: see
 * {@link SmppRecord}; {@code --intervals} has a JSON object of the sums so far every two seconds, {@code --out} the sums at the end.
 */
public final class SmppCustomers {
  private static final long INTERVAL_NANOS = 2_000_000_000L;
  private static final long PATIENCE_SECONDS = 30;
  /** So that no recipient is one of those that are posted to over REST meanwhile. */
  private static final long FAR_AWAY = 45_450_000;

  private final Arguments arguments;
  private final Context context;
  private final Mix mix;
  private final Random random;
  private final SmppRecord record;
  private final AsyncFile intervals;
  private final List<SmppCustomer> customers = new ArrayList<>();
  private final long began = System.nanoTime();
  private final CountDownLatch asked = new CountDownLatch(1);
  private int turn;

  private SmppCustomers(Vertx vertx, Arguments arguments) throws Exception {
    this.arguments = arguments;
    this.context = vertx.getOrCreateContext();
    this.random = new Random(arguments.number("seed"));
    this.mix = new Mix(arguments.number("seed"), arguments.number("expiry") == 1, arguments.number("latest"), arguments.number("validity"),
      (System.currentTimeMillis() + FAR_AWAY) % 90_000_000);
    this.record = new SmppRecord(vertx, arguments);
    this.intervals = SmppRecord.open(vertx, arguments.text("intervals"));
    List<String> doors = List.of(arguments.text("smpp").split(","));
    for (int i = 0; i < arguments.number("customers"); i++) customers.add(new SmppCustomer(vertx, doors, i, record));
  }

  public static void main(String[] words) throws Exception {
    int code = 1;
    CountDownLatch done = new CountDownLatch(1);
    try {
      Arguments arguments = new Arguments(words);
      SmppCustomers all = new SmppCustomers(Vertx.vertx(), arguments);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> all.end(done)));
      all.run();
      code = 0;
    } catch (Exception e) {
      e.printStackTrace();
    }
    done.countDown();
    System.exit(code);   // whatever event loops still run
  }

  private void end(CountDownLatch done) {
    asked.countDown();
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) System.err.println("not everything was answered");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() throws Exception {
    context.runOnContext(v -> customers.forEach(SmppCustomer::bind));
    long end = began + arguments.number("seconds") * 1_000_000_000L;
    double perMessage = 1e9 / arguments.number("rate");
    double next = began;
    long report = began + INTERVAL_NANOS;
    while (asked.getCount() > 0) {
      long now = System.nanoTime();
      if (now >= report) {
        context.runOnContext(v -> report());
        report += INTERVAL_NANOS;
      }
      if (now >= next && now < end) {
        next += perMessage;
        context.runOnContext(v -> submit());
      } else {
        LockSupport.parkNanos((long) Math.max(1, Math.min(next < end ? next - now : Long.MAX_VALUE, 100_000_000)));
      }
    }
    finish();
  }

  /** To whoever has room in his window, by turns. */
  private void submit() {
    Mix.Request request = mix.alone();
    List<SubmitSm> submits = Sms.of(request, random);
    for (int i = 0; i < customers.size(); i++) {
      SmppCustomer customer = customers.get(turn++ % customers.size());
      if (!customer.hasRoom(submits.size())) continue;
      submits.forEach(sm -> customer.submit(sm, request.expected().get(0)));
      return;
    }
    record.skipped();
  }

  private void report() {
    intervals.write(Buffer.buffer(record.json().put("t", (System.nanoTime() - began) / 1e9).encode() + "\n"));
  }

  private void finish() throws Exception {
    Future<?> unbound = onContext(() -> Future.join(customers.stream().map(SmppCustomer::end).toList()));
    unbound.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    JsonObject[] sums = new JsonObject[1];
    onContext(() -> {
      sums[0] = record.json();
      return Future.join(record.close(), intervals.close());
    }).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    arguments.write(sums[0].put("customers", customers.size()).put("seconds", arguments.number("seconds")));
  }

  private Future<?> onContext(java.util.function.Supplier<Future<?>> what) {
    io.vertx.core.Promise<Object> done = io.vertx.core.Promise.promise();
    context.runOnContext(v -> what.get().onComplete(ended -> {
      if (ended.succeeded()) done.complete();
      else done.fail(ended.cause());
    }));
    return done.future();
  }
}
