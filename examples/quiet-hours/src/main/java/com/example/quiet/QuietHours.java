package com.example.quiet;

import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * At night bulk messages wait for the morning; alerts go at once. Its configuration in verticles.json:
 * {@code {"name": "quiet-hours", "from": "21:00", "until": "08:00", "zone": "Europe/Berlin"}}, which are also the defaults.
 */
public final class QuietHours implements MessageHandler {
  private LocalTime from;
  private LocalTime until;
  private ZoneId zone;
  private LongSupplier clock;

  @Override
  public String name() {
    return "quiet-hours";
  }

  /** What cannot be read here stops the start of the worker, which says why. */
  @Override
  public Future<Void> start(Surroundings surroundings) {
    JsonObject config = surroundings.config();
    from = LocalTime.parse(config.getString("from", "21:00"));
    until = LocalTime.parse(config.getString("until", "08:00"));
    zone = ZoneId.of(config.getString("zone", "Europe/Berlin"));
    clock = surroundings.node()::now;
    return Future.succeededFuture();
  }

  /** One decision a message, in the order of the batch. Nothing here waits, so the future is complete at once. */
  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    ZonedDateTime now = Instant.ofEpochMilli(clock.getAsLong()).atZone(zone);
    return Future.succeededFuture(batch.stream().map(message -> decide(message, now)).toList());
  }

  private Decision decide(Message message, ZonedDateTime now) {
    if (message.lane() == Lane.ALERT || !isQuiet(now.toLocalTime())) return Decision.next(message);
    long morning = morning(now).toInstant().toEpochMilli();
    if (message.validUntil() <= morning) {
      return Decision.refuse(Status.REJECTED, "quiet-hours", "its validity ends before the quiet hours do");
    }
    return Decision.later(morning);
  }

  private boolean isQuiet(LocalTime time) {
    boolean started = !time.isBefore(from);
    boolean ended = !time.isBefore(until);
    return from.isBefore(until) ? started && !ended : started || !ended;
  }

  private ZonedDateTime morning(ZonedDateTime now) {
    ZonedDateTime today = now.with(until);
    return today.isAfter(now) ? today : today.plusDays(1);
  }
}
