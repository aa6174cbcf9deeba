package io.godwit.perf;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Posts messages in an open loop, and hears from the carrier when each is on the wire. */
final class Sender {
  private static final int CONNECTIONS = 64;
  private static final int TRAILS = 100;
  private static final long PATIENCE_MS = 60_000;
  private static final String TEXT = "Godwits fly for eleven days. ".repeat(4).substring(0, 100);

  private final Context context;
  private final HttpClient http;
  private final String base;
  private final String key;
  private final JsonObject fields;
  private final Map<String, Sent> underWay = new ConcurrentHashMap<>();
  private long number;

  /** One message. {@code wallMicros} is the same moment as {@code nanos} by the clock that events are stamped with. */
  private static final class Sent {
    final Round round;
    final long nanos = System.nanoTime();
    final double wallMillis = wallMillis();
    volatile double onTheWireMillis;

    Sent(Round round) {
      this.round = round;
    }
  }

  /** An accepted message, to ask for its trail. */
  private record Accepted(String id, Sent sent) { }

  private static final class Round {
    final Histogram wire = new ConcurrentHistogram(3);
    final Histogram answer = new ConcurrentHistogram(3);
    final ConcurrentLinkedQueue<Accepted> accepted = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    double slipMillis;
  }

  Sender(Vertx vertx, String base) {
    this(vertx, base, "demo-key", new JsonObject(), 15_100_000_000L);
  }

  /**
   * @param fields further fields of every message
   * @param first the first recipient, without +49
   */
  Sender(Vertx vertx, String base, String key, JsonObject fields, long first) {
    this.base = base;
    this.key = key;
    this.fields = fields;
    this.number = first;
    this.context = vertx.getOrCreateContext();
    this.http = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
  }

  private static double wallMillis() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1e3 + now.getNano() / 1e6;
  }

  void awaitReady() throws Exception {
    for (;;) {
      try {
        get("/health/ready");
        return;
      } catch (Exception e) {
        // not there yet; whoever started us has the patience
      }
      Thread.sleep(100);
    }
  }

  /** On the carrier's event loop, when a submit_sm was read. */
  void onTheWire(String destination) {
    long now = System.nanoTime();
    Sent sent = underWay.remove(destination);
    if (sent == null) return;
    sent.onTheWireMillis = wallMillis();
    sent.round.wire.recordValue(now - sent.nanos);
  }

  /** Blocks for the round, and until all of it is on the wire (or a minute more). */
  JsonObject send(int rate, int seconds) throws Exception {
    return send(rate * seconds, rate, PATIENCE_MS);
  }

  /** So many messages at a rate; blocks until all of them are on the wire, or for so many milliseconds more. */
  JsonObject send(int count, int rate, long patience) throws Exception {
    Round now = new Round();
    long every = 1_000_000_000L / rate;
    long next = System.nanoTime();
    for (int i = 0; i < count; i++, next += every) {
      while (System.nanoTime() < next) LockSupport.parkNanos(next - System.nanoTime());
      now.slipMillis = Math.max(now.slipMillis, (System.nanoTime() - next) / 1e6);
      context.runOnContext(v -> post(now));
    }
    long until = System.nanoTime() + patience * 1_000_000;
    while (now.wire.getTotalCount() < count && System.nanoTime() < until) Thread.sleep(10);
    if (!now.failures.isEmpty()) System.err.println(now.failures.size() + " requests failed, such as: " + now.failures.peek());
    return new JsonObject().put("sent", count).put("failed", now.failures.size()).put("slipMs", now.slipMillis).put("wire", Arguments.millis(now.wire))
      .put("answer", Arguments.millis(now.answer)).put("hops", hops(now));
  }

  private void post(Round of) {
    String to = Long.toString(number++);
    Buffer body = fields.copy().put("to", "+49" + to).put("text", TEXT).toBuffer();
    Sent sent = new Sent(of);
    underWay.put("49" + to, sent);
    http.request(options(HttpMethod.POST, "/v1/messages"))
      .compose(request -> request.send(body))
      .compose(response -> response.statusCode() == 202 ? response.body() : Future.failedFuture("status " + response.statusCode()))
      .onSuccess(answer -> {
        of.answer.recordValue(System.nanoTime() - sent.nanos);
        of.accepted.add(new Accepted(answer.toJsonObject().getString("id"), sent));
      })
      .onFailure(e -> of.failures.add(String.valueOf(e.getMessage())));
  }

  /** On the event loop from the request to the body: a body that comes before somebody asks for it is lost. */
  private JsonObject get(String path) throws Exception {
    Promise<JsonObject> got = Promise.promise();
    context.runOnContext(v -> http.request(options(HttpMethod.GET, path))
      .compose(HttpClientRequest::send)
      .compose(response -> response.statusCode() == 200 ? response.body() : Future.failedFuture("status " + response.statusCode()))
      .map(Buffer::toJsonObject).onComplete(got));
    return got.future().await(60, TimeUnit.SECONDS);
  }

  private RequestOptions options(HttpMethod method, String path) {
    return new RequestOptions().setAbsoluteURI(base + path).setMethod(method).putHeader("Authorization", "Bearer " + key).putHeader("Content-Type", "application/json");
  }

  /** Medians of the ways between the moments that the last messages' trails name; milliseconds. */
  private JsonObject hops(Round of) throws Exception {
    List<Accepted> last = new ArrayList<>(of.accepted);
    last = last.subList(Math.max(0, last.size() - TRAILS), last.size());
    List<double[]> ways = new ArrayList<>();
    for (Accepted message : last) {
      JsonObject trail = get("/v1/messages/" + message.id + "/events");
      double accepted = at(trail, "ACCEPTED");
      double routed = at(trail, "ROUTED");
      if (message.sent.onTheWireMillis == 0 || Double.isNaN(accepted + routed)) continue;
      ways.add(new double[] {accepted - message.sent.wallMillis, routed - accepted, message.sent.onTheWireMillis - routed});
    }
    String[] names = {"request to unit of work", "accept to route", "route to wire"};
    JsonObject medians = new JsonObject();
    for (int i = 0; i < names.length; i++) {
      int way = i;
      double[] sorted = ways.stream().mapToDouble(w -> w[way]).sorted().toArray();
      medians.put(names[i], sorted.length == 0 ? 0 : sorted[sorted.length / 2]);
    }
    return medians;
  }

  private static double at(JsonObject trail, String type) {
    JsonArray events = trail.getJsonArray("events", new JsonArray());
    return events.stream().map(JsonObject.class::cast).filter(e -> type.equals(e.getString("type"))).findFirst()
      .map(e -> (double) Instant.parse(e.getString("at")).toEpochMilli())
      .orElse(Double.NaN);
  }
}
