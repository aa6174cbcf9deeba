package io.godwit.ops;

import io.godwit.message.Event;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * How long messages took that were to be sent at once and were delivered, by the minute of their acceptance: lines {@code {minute, accepted,
 * sent: {p50, p99, max}, final: {…}}}, minutes since 1970, milliseconds since the ACCEPTED event by the clocks of those who wrote the events.
 */
final class Timings implements Check {
  private static final long LONGEST = 3_600_000;

  private final Context context;
  private final Path file;
  private final Map<Long, Minute> minutes = new TreeMap<>();

  private static final class Minute {
    long accepted;
    final Histogram sent = new Histogram(LONGEST, 2);
    final Histogram end = new Histogram(LONGEST, 2);
  }

  Timings(Context context, Path file) {
    this.context = context;
    this.file = file;
  }

  @Override
  public Future<Void> look(Slice slice) {
    for (Chain chain : slice.chains().values()) if (!chain.main().isEmpty()) look(chain);
    return Future.succeededFuture();
  }

  private void look(Chain chain) {
    Event first = chain.main().get(0);
    Minute minute = minutes.computeIfAbsent(first.at() / 60_000, m -> new Minute());
    minute.accepted++;
    if (!(first instanceof Event.Accepted) || !(chain.last() instanceof Event.Delivered)) return;
    chain.main().stream().filter(e -> e instanceof Event.Sent).findFirst().ifPresent(sent -> record(minute.sent, sent.at() - first.at()));
    record(minute.end, chain.last().at() - first.at());
  }

  private static void record(Histogram histogram, long millis) {
    histogram.recordValue(Math.max(0, Math.min(LONGEST, millis)));
  }

  @Override
  public Future<Void> close() {
    String lines = minutes.entrySet().stream().map(e -> line(e.getKey(), e.getValue())).collect(Collectors.joining());
    return context.executeBlocking(() -> Files.writeString(file, lines)).mapEmpty();
  }

  private static String line(long number, Minute minute) {
    return new JsonObject().put("minute", number).put("accepted", minute.accepted).put("sent", json(minute.sent)).put("final", json(minute.end)).encode() + "\n";
  }

  private static JsonObject json(Histogram millis) {
    return new JsonObject().put("p50", millis.getValueAtPercentile(50)).put("p99", millis.getValueAtPercentile(99)).put("max", millis.getMaxValue());
  }
}
