package io.godwit.reporting;

import io.godwit.store.Deadline;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What accounts were billed, as the projection has it: exact, and a few seconds behind. Futures fail with {@link Unavailable} while PostgreSQL does not
 * answer.
 */
public final class Usage {
  private static final String UNTIL = "SELECT coalesce(min(mark >> 32), 0)::bigint FROM projector";
  private final Pool pool;

  /** The reporting database cannot answer now, or there is none. */
  public static final class Unavailable extends RuntimeException {
    Unavailable(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * @param day UTC; null in a sum over days
   * @param country its code, empty when unknown; null in a sum over countries
   * @param network MCC and MNC, empty when unknown; null in a sum over networks
   * @param micros of the account's currency
   */
  public record Sum(LocalDate day, String country, String network, long messages, long segments, long micros) { }

  private Usage(Pool pool) {
    this.pool = pool;
  }

  /** @param uri of the reporting database; null = there is none */
  public static Usage open(Vertx vertx, String uri) {
    return new Usage(uri == null ? null : ReportingDatabase.readers(vertx, uri));
  }

  /** What all days before that one come to, in micro-units. */
  public Future<Long> before(String account, String currency, LocalDate day) {
    return ask("SELECT coalesce(sum(micros), 0)::bigint FROM billed WHERE account = $1 AND currency = $2 AND day < $3", Tuple.of(account, currency, day), row -> row.getLong(0))
      .map(found -> found.get(0));
  }

  /** What everything so far comes to, in micro-units; null when nobody has kept it up to date for a minute. */
  Future<Long> billed(String account, String currency) {
    String kept = "(SELECT coalesce(bool_and(updated_at > now() - interval '1 minute' AND holder IS DISTINCT FROM 'rebuild-reports'), false) FROM projector)";
    return ask("SELECT CASE WHEN " + kept + " THEN coalesce(sum(micros), 0)::bigint END FROM billed WHERE account = $1 AND currency = $2", Tuple.of(account, currency), row -> row.getLong(0))
      .map(found -> found.get(0));
  }

  /** By day, in order; both days included. */
  public Future<List<Sum>> byDay(String account, String currency, LocalDate from, LocalDate to) {
    return by("day, NULL, NULL", account, currency, from, to);
  }

  public Future<List<Sum>> byNetwork(String account, String currency, LocalDate from, LocalDate to) {
    return by("NULL::date, country, network", account, currency, from, to);
  }

  private Future<List<Sum>> by(String keys, String account, String currency, LocalDate from, LocalDate to) {
    String sql = "SELECT " + keys + ", sum(messages)::bigint, sum(segments)::bigint, sum(micros)::bigint FROM billed"
      + " WHERE account = $1 AND currency = $2 AND day BETWEEN $3 AND $4 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    return ask(sql, Tuple.of(account, currency, from, to),
      row -> new Sum(row.getLocalDate(0), row.getString(1), row.getString(2), row.getLong(3), row.getLong(4), row.getLong(5)));
  }

  /** Everything that was billed before that moment is counted; later things may be. */
  public Future<Instant> until() {
    return ask(UNTIL, Tuple.tuple(), Usage::instant).map(found -> found.get(0));
  }

  /** The same of whatever the events say. */
  static Future<Instant> until(Pool pool) {
    return pool.query(UNTIL).execute().map(rows -> instant(rows.iterator().next()));
  }

  private static Instant instant(Row row) {
    return Instant.ofEpochSecond(row.getLong(0));
  }

  private <T> Future<List<T>> ask(String sql, Tuple values, Function<Row, T> reading) {
    if (pool == null) return Future.failedFuture(new Unavailable("there is no reporting database"));
    return Deadline.within(ReportingDatabase.LONGEST_MS, pool.preparedQuery(sql).execute(values)).map(rows -> {
      List<T> found = new ArrayList<>();
      rows.forEach(row -> found.add(reading.apply(row)));
      return found;
    }).recover(failure -> Future.failedFuture(ReportingDatabase.isUnavailable(failure) ? new Unavailable(failure.toString()) : failure));
  }

  public Future<Void> close() {
    return pool == null ? Future.succeededFuture() : pool.close();
  }
}
