package io.godwit.perf;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The customers of a soak: posts a {@link Mix} at a steady rate of messages in an open loop, or plain messages as fast as they are answered with so
 * many under way; to several doors ({@code --http A,B}) by turns. Writes every accepted id with the end that it must have ({@code --ids}), what each
 * ten seconds were like ({@code --intervals}, a JSON object a line), and the sums ({@code --out}). SIGTERM ends it early and in order. Memory does
 * not grow with its time.
 */
public final class Soak {
  private static final int CONNECTIONS = 256;
  /** More requests under way than this are not begun, but counted: the gateway no longer keeps up with the rate. */
  private static final int MOST_UNDER_WAY = 4_000;
  private static final long INTERVAL_NANOS = 10_000_000_000L;
  /** The gateway answers within 10 s, whatever its stores do. */
  private static final long TIMEOUT_MILLIS = 40_000;

  private final Arguments arguments;
  private final Context context;
  private final HttpClient http;
  private final String[] doors;
  private final Mix mix;
  private final AsyncFile ids;
  private final AsyncFile intervals;
  private final Recorder latency = new Recorder(3);
  private final Histogram all = new Histogram(3);
  private final AtomicInteger underWay = new AtomicInteger();
  private final Counts counts = new Counts();
  private final long began = System.nanoTime();
  private volatile boolean ending;
  private int turn;

  /** Messages, but for {@code requests} and {@code replied}. */
  private static final class Counts {
    final LongAdder requests = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder accepted = new LongAdder();
    /** As they should have been. */
    final LongAdder rejected = new LongAdder();
    /** Told to come back later, by 429 or 503. */
    final LongAdder refused = new LongAdder();
    /** Without an answer, or with one that is wrong. */
    final LongAdder errors = new LongAdder();
    /** Not sent, since too many were under way. */
    final LongAdder skipped = new LongAdder();

    JsonObject json() {
      return new JsonObject().put("requests", requests.sum()).put("sent", sent.sum()).put("accepted", accepted.sum()).put("rejected", rejected.sum())
        .put("refused", refused.sum()).put("errors", errors.sum()).put("skipped", skipped.sum());
    }
  }

  private Soak(Vertx vertx, Arguments arguments, AsyncFile ids, AsyncFile intervals) {
    this.arguments = arguments;
    this.context = vertx.getOrCreateContext();
    this.http = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(MOST_UNDER_WAY));
    this.doors = arguments.text("http").split(",");
    this.ids = ids;
    this.intervals = intervals;
    this.mix = new Mix(arguments.number("seed"), arguments.number("expiry") == 1, arguments.number("latest"), arguments.number("validity"), System.currentTimeMillis() % 90_000_000);
  }

  public static void main(String[] words) throws Exception {
    int code = 1;
    CountDownLatch done = new CountDownLatch(1);
    try {
      Arguments arguments = new Arguments(words);
      Vertx vertx = Vertx.vertx();
      Soak soak = new Soak(vertx, arguments, open(vertx, arguments.text("ids")), open(vertx, arguments.text("intervals")));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> soak.end(done)));
      soak.run();
      code = 0;
    } catch (Exception e) {
      e.printStackTrace();
    }
    done.countDown();
    System.exit(code);   // whatever event loops still run
  }

  private static AsyncFile open(Vertx vertx, String file) throws Exception {
    return vertx.fileSystem().open(file, new OpenOptions().setWrite(true).setCreate(true).setAppend(true)).await(10, TimeUnit.SECONDS);
  }

  private void end(CountDownLatch done) {
    ending = true;
    try {
      if (!done.await(TIMEOUT_MILLIS + 10_000, TimeUnit.MILLISECONDS)) System.err.println("not everything was answered");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() throws Exception {
    long end = began + arguments.number("seconds") * 1_000_000_000L;
    int outstanding = arguments.number("outstanding");
    for (int i = 0; i < outstanding; i++) context.runOnContext(v -> again(end));
    double perMessage = outstanding > 0 ? 0 : 1e9 / arguments.number("rate");
    double next = began;
    long report = began + INTERVAL_NANOS;
    while (System.nanoTime() < end && !ending) {
      if (outstanding == 0) next += perMessage * begin(mix.next());
      else next = System.nanoTime() + 100_000_000.0;
      while (System.nanoTime() < next && System.nanoTime() < end && !ending) LockSupport.parkNanos((long) Math.min(next - System.nanoTime(), 100_000_000));
      if (System.nanoTime() >= report) report = report(report);
    }
    long elapsed = System.nanoTime() - began;
    for (long patience = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000; underWay.get() > 0 && System.nanoTime() < patience; ) Thread.sleep(20);
    report(0);
    ids.close().await(30, TimeUnit.SECONDS);
    intervals.close().await(30, TimeUnit.SECONDS);
    arguments.write(counts.json().put("seconds", elapsed / 1e9).put("unanswered", underWay.get()).put("answer", Arguments.millis(all)));
  }

  /** What the time since the last report was like; returns when the next is due. */
  private long report(long due) {
    Histogram some = latency.getIntervalHistogram();
    all.add(some);
    JsonObject line = counts.json().put("t", (System.nanoTime() - began) / 1e9).put("underWay", underWay.get()).mergeIn(Arguments.millis(some));
    intervals.write(Buffer.buffer(line.encode() + "\n"));
    return due + INTERVAL_NANOS;
  }

  /** Returns how many messages that were. */
  private int begin(Mix.Request request) {
    int messages = request.expected().size();
    if (underWay.get() >= MOST_UNDER_WAY) counts.skipped.add(messages);
    else context.runOnContext(v -> post(request));
    return messages;
  }

  private void again(long end) {
    if (ending || System.nanoTime() >= end) return;
    post(mix.plain()).onComplete(v -> again(end));
  }

  private Future<?> post(Mix.Request request) {
    int messages = request.expected().size();
    underWay.incrementAndGet();
    counts.requests.increment();
    counts.sent.add(messages);
    long posted = System.nanoTime();
    return call(HttpMethod.POST, request.path(), request.body().toBuffer()).compose(answer -> {
      latency.recordValue(System.nanoTime() - posted);
      return answered(request, answer);
    }).onFailure(e -> wrong(messages, String.valueOf(e))).eventually(() -> {
      underWay.decrementAndGet();
      return Future.succeededFuture();
    }).transform(done -> Future.succeededFuture());
  }

  private record Answer(int status, Buffer body) { }

  private Future<Answer> call(HttpMethod method, String path, Buffer body) {
    RequestOptions options = new RequestOptions().setAbsoluteURI(doors[turn++ % doors.length] + path).setMethod(method).setTimeout(TIMEOUT_MILLIS)
      .putHeader("Authorization", "Bearer " + arguments.text("key")).putHeader("Content-Type", "application/json");
    return http.request(options).compose(r -> body == null ? r.send() : r.send(body)).compose(response -> response.body().map(b -> new Answer(response.statusCode(), b)));
  }

  private Future<?> answered(Mix.Request request, Answer answer) {
    int messages = request.expected().size();
    boolean batch = request.path().equals("/v1/batches");
    if (answer.status == 429 || answer.status == 503) counts.refused.add(messages);
    else if (answer.status == 400 && !batch && request.expected().get(0) == null) counts.rejected.increment();
    else if (answer.status != 202) wrong(messages, answer.status + " " + answer.body);
    else if (batch) batch(request, answer.body.toJsonObject());
    else return single(request, answer.body.toJsonObject().getString("id"));
    return Future.succeededFuture();
  }

  private Future<?> single(Mix.Request request, String id) {
    counts.accepted.increment();
    if (!request.cancelled()) {
      told(id, request.expected().get(0));
      return Future.succeededFuture();
    }
    return call(HttpMethod.DELETE, "/v1/messages/" + id, null).onSuccess(answer -> {
      told(id, request.expected().get(0));
      if (answer.status / 100 != 2) wrong(1, "DELETE: " + answer.status + " " + answer.body);
    });
  }

  /** Exactly those that must be rejected may be. */
  private void batch(Mix.Request request, JsonObject answer) {
    Set<Integer> seen = new HashSet<>();
    for (Object entry : answer.getJsonArray("messages", new JsonArray())) {
      JsonObject message = (JsonObject) entry;
      seen.add(message.getInteger("index"));
      counts.accepted.increment();
      told(message.getString("id"), request.expected().get(message.getInteger("index")));
    }
    for (int i = 0; i < request.expected().size(); i++) {
      if (seen.contains(i)) continue;
      if (request.expected().get(i) == null) counts.rejected.increment();
      else wrong(1, "rejected: " + answer.getJsonArray("rejected"));
    }
  }

  /** On the context, so that lines do not mix. */
  private void told(String id, String expected) {
    if (expected == null) wrong(1, id + " was accepted and is no message");
    else ids.write(Buffer.buffer(id + " " + expected + "\n"));
  }

  private void wrong(int messages, String what) {
    if (counts.errors.sum() < 100) System.err.println(what);   // the first ones say enough
    counts.errors.add(messages);
  }
}
