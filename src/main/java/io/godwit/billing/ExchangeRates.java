package io.godwit.billing;

import io.godwit.accounts.Form;
import io.godwit.message.Conversion;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final int TIME_CHARS = 64;
  private static final Set<String> FIELDS = Set.of("rates");
  private static final Set<String> RATE_FIELDS = Set.of("rate", "from");

  private final Map<String, TreeMap<Long, Long>> pairs = new HashMap<>();

  private ExchangeRates() {
  }

  /** Fails with {@link Form.Invalid}. */
  static ExchangeRates of(Map<String, JsonObject> entries) {
    ExchangeRates rates = new ExchangeRates();
    List<Form.Wrong> wrongs = new ArrayList<>();
    entries.forEach((pair, body) -> {
      Form form = Form.entry(KIND, pair, body).only(FIELDS);
      rates.pairs.put(pair, pair(form));
      wrongs.addAll(form.wrongs());
      if (!PAIR.matcher(pair).matches()) wrongs.add(new Form.Wrong("/" + KIND + "/" + Form.escaped(pair), "invalid-field", "is no pair of currencies (ISO 4217) like EUR-USD"));
    });
    Form.check(wrongs);
    return rates;
  }

  private static TreeMap<Long, Long> pair(Form form) {
    if (!form.has("rates")) form.wrong("missing-field", "rates", "is missing");
    TreeMap<Long, Long> since = new TreeMap<>();
    for (Form rate : form.objects("rates", MOST_RATES)) {
      rate.only(RATE_FIELDS);
      if (!rate.has("rate")) rate.wrong("missing-field", "rate", "is missing");
      Long from = from(rate);
      long micros = rate.whole("rate", 1, 1, MOST);
      if (from != null && since.put(from, micros) != null) rate.wrong("invalid-field", "from", "is the moment of another rate, too");
    }
    return since;
  }

  /** Null when it is wrong. */
  private static Long from(Form rate) {
    if (!rate.has("from")) return 0L;
    String from = rate.text("from", TIME_CHARS);
    try {
      return from == null ? null : (Long) OffsetDateTime.parse(from).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return rate.invalid("from", "must be a time like 2026-12-01T00:00:00Z", null);
    }
  }

  /** Null when no rate of the pair holds at that time. */
  Conversion between(String from, String to, long now) {
    TreeMap<Long, Long> pair = pairs.get(from + "-" + to);
    Map.Entry<Long, Long> rate = pair == null ? null : pair.floorEntry(now);
    return rate == null ? null : new Conversion(from, to, rate.getValue());
  }
}
