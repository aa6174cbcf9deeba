package io.godwit.billing;

import io.godwit.message.Conversion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What currencies count as in each other: directory entries of kind {@code exchange} by their pair, {@code "EUR-USD": {rates: [{rate, from?}, …]}}; {@code rate} in
 * micro-units of the second for one unit of the first, {@code from} the moment from which it holds (ISO 8601; missing = always). Nothing is turned round or
 * combined: each direction that prices need is a pair of its own. Immutable.
 */
public final class ExchangeRates {
  public static final String KIND = "exchange";
  private static final Pattern PAIR = Pattern.compile("([A-Z]{3})-(?!\\1)[A-Z]{3}");
  /** A million units for one. */
  private static final long MOST = 1_000_000_000_000L;
  private static final int MOST_RATES = 1_000;

  private final Map<String, TreeMap<Long, Long>> pairs = new HashMap<>();

  private ExchangeRates() {
  }

  /** Fails with a sentence that names the pair. */
  static ExchangeRates of(Map<String, JsonObject> entries) {
    ExchangeRates rates = new ExchangeRates();
    entries.forEach((pair, body) -> {
      try {
        rates.pairs.put(pair, pair(pair, body));
      } catch (ClassCastException | IllegalArgumentException e) {
        throw new IllegalArgumentException("exchange " + pair + ": " + e.getMessage(), e);
      }
    });
    return rates;
  }

  private static TreeMap<Long, Long> pair(String pair, JsonObject body) {
    if (!PAIR.matcher(pair).matches()) throw new IllegalArgumentException("a pair is two currencies (ISO 4217) like EUR-USD");
    if (!(body.getValue("rates") instanceof JsonArray rates) || rates.isEmpty() || rates.size() > MOST_RATES) throw new IllegalArgumentException("rates must be an array of 1 to " + MOST_RATES);
    TreeMap<Long, Long> since = new TreeMap<>();
    for (Object each : rates) {
      if (!(each instanceof JsonObject rate)) throw new IllegalArgumentException("each of rates must be an object with rate and, perhaps, from");
      for (String name : rate.fieldNames()) if (!name.equals("rate") && !name.equals("from")) throw new IllegalArgumentException("'" + name + "' is unknown in rates; known are rate and from");
      if (since.put(from(rate.getValue("from")), micros(rate.getValue("rate"))) != null) throw new IllegalArgumentException("two rates hold from the same moment on");
    }
    return since;
  }

  private static long micros(Object rate) {
    if (!(rate instanceof Integer || rate instanceof Long) || ((Number) rate).longValue() < 1 || ((Number) rate).longValue() > MOST) {
      throw new IllegalArgumentException("rate must be a whole number of micro-units in 1.." + MOST);
    }
    return ((Number) rate).longValue();
  }

  private static long from(Object from) {
    try {
      return from == null ? 0 : OffsetDateTime.parse((String) from).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("'" + from + "' is no time like 2026-12-01T00:00:00Z", e);
    }
  }

  /** Null when no rate of the pair holds at that time. */
  Conversion between(String from, String to, long now) {
    TreeMap<Long, Long> pair = pairs.get(from + "-" + to);
    Map.Entry<Long, Long> rate = pair == null ? null : pair.floorEntry(now);
    return rate == null ? null : new Conversion(from, to, rate.getValue());
  }
}
