package io.godwit.testing;

import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Posts messages to a gateway, at a rate and whatever happens to it, and keeps what was answered: each has a text and a recipient of
 * its own, so that the carrier's log tells them apart.
 */
public final class Load implements AutoCloseable {
  private static final int TICKS_PER_SECOND = 50;
  private static final int MOST_IN_FLIGHT = 400;
  /** Whatever dies meanwhile, and however slow the machine is. */
  private static final int PATIENCE_SECONDS = 120;
  private static final AtomicInteger LOADS = new AtomicInteger();

  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();
  private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
  private final URI uri;
  private final JsonObject template;
  private final int load = LOADS.incrementAndGet();
  private final AtomicInteger posted = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final Map<String, String> accepted = new ConcurrentHashMap<>();
  private final Map<String, Long> postedAt = new ConcurrentHashMap<>();
  private final Map<String, Long> acceptedAt = new ConcurrentHashMap<>();
  private final Set<String> unknown = ConcurrentHashMap.newKeySet();
  private volatile int most = Integer.MAX_VALUE;
  private volatile String lastRefusal = "none";

  private Load(int port, JsonObject template) {
    this.uri = URI.create("http://127.0.0.1:" + port + "/v1/messages");
    this.template = template;
  }

  /** Does nothing until {@link #start}. */
  public static Load on(GodwitProcess gateway) {
    return on(gateway, new JsonObject());
  }

  /** @param template further fields of every message */
  public static Load on(GodwitProcess gateway, JsonObject template) {
    return new Load(gateway.httpPort(), template);
  }

  public Load start(int perSecond) {
    double[] due = {0};
    ticks.scheduleAtFixedRate(() -> {
      due[0] += (double) perSecond / TICKS_PER_SECOND;
      for (; due[0] >= 1; due[0]--) if (inFlight.get() < Math.min(MOST_IN_FLIGHT, most - accepted.size() - unknown.size())) post();
    }, 0, 1_000 / TICKS_PER_SECOND, TimeUnit.MILLISECONDS);
    return this;
  }

  /** From now on the rate pauses at so many that were accepted or may have been. */
  public Load atMost(int accepted) {
    most = accepted;
    return this;
  }

  /** Waits until so many more messages than now have been accepted. */
  public Load awaitAccepted(int more) {
    int goal = accepted.size() + more;
    Await.until(goal + " messages are accepted", PATIENCE_SECONDS, () -> accepted.size() >= goal);
    return this;
  }

  /** Posts no more, and waits for the answers that are due. */
  public Load stop() {
    ticks.shutdown();
    Await.until("all posts are answered", PATIENCE_SECONDS, () -> ticks.isTerminated() && inFlight.get() == 0);
    return this;
  }

  /** Posts one message, beside those of the rate. */
  public void post() {
    int number = posted.getAndIncrement();
    post("message " + number + " of load " + load, String.format("+4479%08d", number));
  }

  /** Posts this one message. */
  public void post(String text, String to) {
    JsonObject body = template.copy().put("to", to).put("from", "Godwit").put("text", text);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(35)).header("Authorization", "Bearer demo-key")
      .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body.encode())).build();
    inFlight.incrementAndGet();
    postedAt.put(text, System.currentTimeMillis());
    client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).whenComplete((answer, failure) -> {
      if (answer != null) answered(text, answer);
      else if (isNeverSent(failure)) refused.incrementAndGet();
      else unknown.add(text);
      inFlight.decrementAndGet();
    });
  }

  private void answered(String text, HttpResponse<String> answer) {
    if (answer.statusCode() == 202) {
      acceptedAt.put(text, System.currentTimeMillis());
      accepted.put(new JsonObject(answer.body()).getString("id"), text);
    } else if (answer.body().contains("outcome-unknown")) {
      unknown.add(text);
    } else {
      refused.incrementAndGet();
      lastRefusal = answer.body();
    }
  }

  private static boolean isNeverSent(Throwable failure) {
    return failure instanceof ConnectException || failure.getCause() instanceof ConnectException;
  }

  /** Texts by the ids under which they were accepted. */
  public Map<String, String> accepted() {
    return accepted;
  }

  /** The one id, of a load of one message. */
  public String onlyId() {
    if (accepted.size() != 1) throw new AssertionError("accepted are " + accepted + ", refused the last with " + lastRefusal);
    return accepted.keySet().iterator().next();
  }

  /** Texts of which nobody knows whether they were accepted: no answer came. */
  public Set<String> unknown() {
    return unknown;
  }

  public int refused() {
    return refused.get();
  }

  /** When the text was posted, milliseconds since 1970. */
  public long postedAt(String text) {
    return postedAt.get(text);
  }

  /** When its 202 came, likewise. */
  public long acceptedAt(String text) {
    return acceptedAt.get(text);
  }

  /** The longest time without a 202 between that moment (milliseconds since 1970) and the last 202, in milliseconds. */
  public long longestGap(long since) {
    long[] moments = LongStream.concat(LongStream.of(since), acceptedAt.values().stream().mapToLong(at -> at).filter(at -> at > since)).sorted().toArray();
    return IntStream.range(1, moments.length).mapToLong(i -> moments[i] - moments[i - 1]).max().orElse(0);
  }

  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
