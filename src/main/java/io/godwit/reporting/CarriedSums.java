package io.godwit.reporting;

import io.godwit.message.Carriage;
import io.godwit.message.Event;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What links took, as SENT events say it: sums for table {@code carried}. They need nothing but these events, each of which is met once, so that they are exact in any
 * order of pages.
 */
final class CarriedSums {
  private static final String ADD = """
      INSERT INTO carried AS c (set_no, link, day, network, currency, messages, segments, micros)
      SELECT $1, x.link, x.day, x.network, x.currency, x.messages, x.segments, x.micros
      FROM unnest($2::text[], $3::date[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[]) AS x(link, day, network, currency, messages, segments, micros)
      ON CONFLICT (link, day, network, currency, set_no)
      DO UPDATE SET messages = c.messages + excluded.messages, segments = c.segments + excluded.segments, micros = c.micros + excluded.micros""";

  private record Key(String link, LocalDate day, String network, String currency) { }

  private static final class Sum {
    long messages;
    long segments;
    long micros;
  }

  private final Map<Key, Sum> sums = new HashMap<>();

  void add(Event event) {
    if (!(event instanceof Event.Sent sent) || sent.segments() == 0) return;
    Carriage carriage = sent.carriage();
    Sum sum = sums.computeIfAbsent(new Key(sent.link(), MessageTable.day(sent.at()), network(carriage), currency(carriage)), key -> new Sum());
    sum.messages++;
    sum.segments += sent.segments();
    if (carriage != null) sum.micros += carriage.cost();
  }

  private static String network(Carriage carriage) {
    return carriage == null || carriage.network() == null ? "" : carriage.network();
  }

  private static String currency(Carriage carriage) {
    return carriage == null || carriage.currency() == null ? "" : carriage.currency();
  }

  Future<Void> write(SqlConnection connection, int set) {
    if (sums.isEmpty()) return Future.succeededFuture();
    Key[] keys = sums.keySet().toArray(Key[]::new);
    Tuple values = Tuple.of(set, texts(keys, Key::link), Arrays.stream(keys).map(Key::day).toArray(LocalDate[]::new), texts(keys, Key::network), texts(keys, Key::currency));
    values.addValue(numbers(keys, sum -> sum.messages)).addValue(numbers(keys, sum -> sum.segments)).addValue(numbers(keys, sum -> sum.micros));
    return connection.preparedQuery(ADD).execute(values).mapEmpty();
  }

  private static String[] texts(Key[] keys, Function<Key, String> value) {
    return Arrays.stream(keys).map(value).toArray(String[]::new);
  }

  private Long[] numbers(Key[] keys, ToLongFunction<Sum> value) {
    return Arrays.stream(keys).map(key -> value.applyAsLong(sums.get(key))).toArray(Long[]::new);
  }
}
