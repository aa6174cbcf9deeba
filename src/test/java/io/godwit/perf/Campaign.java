package io.godwit.perf;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Many bulk messages of the demo's customer, in batches of 10,000, a few under way. */
final class Campaign {
  private static final int BATCH = 10_000;
  private static final int UNDER_WAY = 4;
  private static final int TRIES = 30;
  private static final String TEXT = "Godwits fly for eleven days. ".repeat(4).substring(0, 100);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI batches;
  private final JsonObject fields;
  private final long first;

  /**
   * @param fields further fields of each batch
   * @param first the first recipient, without +49
   */
  Campaign(String base, JsonObject fields, long first) {
    this.batches = URI.create(base + "/v1/batches");
    this.fields = fields;
    this.first = first;
  }

  /** Blocks until all are accepted; returns how long that took, in seconds. */
  double load(int messages) {
    long began = System.nanoTime();
    List<CompletableFuture<Void>> underWay = new ArrayList<>();
    for (int from = 0; from < messages; from += BATCH) {
      if (underWay.size() >= UNDER_WAY) underWay.remove(0).join();
      underWay.add(post(from, Math.min(messages, from + BATCH)));
    }
    underWay.forEach(CompletableFuture::join);
    double seconds = (System.nanoTime() - began) / 1e9;
    System.err.printf("%d messages accepted in %.1f s%n", messages, seconds);
    return seconds;
  }

  private CompletableFuture<Void> post(int from, int to) {
    JsonArray recipients = new JsonArray();
    for (int i = from; i < to; i++) recipients.add(new JsonObject().put("to", "+49" + (first + i)));
    JsonObject body = fields.copy().put("text", TEXT).put("priority", "bulk").put("recipients", recipients);
    HttpRequest request = HttpRequest.newBuilder(batches).header("Authorization", "Bearer demo-key").header("Content-Type", "application/json")
      .POST(HttpRequest.BodyPublishers.ofString(body.encode())).build();
    return post(request, TRIES);
  }

  /** While the store does not answer for a moment, it is tried again: the campaign may become larger by a batch, and never smaller. */
  private CompletableFuture<Void> post(HttpRequest request, int tries) {
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenCompose(answer -> {
      if (answer.statusCode() == 202) return CompletableFuture.completedFuture(null);
      if (answer.statusCode() != 503 || tries == 1) throw new IllegalStateException("a batch was answered " + answer.statusCode() + ": " + answer.body());
      return CompletableFuture.runAsync(() -> { }, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)).thenCompose(v -> post(request, tries - 1));
    });
  }
}
