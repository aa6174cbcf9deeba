package io.godwit.billing;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What a seller adds to what he pays himself.
 *
 * @param tenThousandths of his own price, at most ten times it
 * @param add micro-units a segment
 */
record Markup(long tenThousandths, long add) {
  private static final long MOST = 100_000;
  private static final long MOST_ADDED = 1_000_000_000;

  /** From {@code {percent?: 12.5, add?: 500}}; null for null. Fails with a clause that names the field. */
  static Markup from(JsonObject body) {
    if (body == null) return null;
    for (String name : body.fieldNames()) if (!name.equals("percent") && !name.equals("add")) throw new IllegalArgumentException("markup." + name + " is unknown; known are percent and add");
    return new Markup(percent(body.getValue("percent", 0)), add(body.getValue("add", 0)));
  }

  private static long percent(Object percent) {
    if (!(percent instanceof Number number)) throw new IllegalArgumentException("markup.percent must be a number");
    BigDecimal exact = new BigDecimal(number.toString()).movePointRight(2);
    if (exact.stripTrailingZeros().scale() > 0 || exact.signum() < 0 || exact.compareTo(BigDecimal.valueOf(MOST)) > 0) {
      throw new IllegalArgumentException("markup.percent must be in 0..1000, with at most two decimals");
    }
    return exact.longValue();
  }

  private static long add(Object add) {
    if (!(add instanceof Integer || add instanceof Long) || ((Number) add).longValue() < 0 || ((Number) add).longValue() > MOST_ADDED) {
      throw new IllegalArgumentException("markup.add must be a whole number of micro-units in 0.." + MOST_ADDED);
    }
    return ((Number) add).longValue();
  }

  /** Half a micro-unit is rounded up. */
  long on(long cost) {
    return BigDecimal.valueOf(cost).multiply(BigDecimal.valueOf(10_000 + tenThousandths)).movePointLeft(4).setScale(0, RoundingMode.HALF_UP).longValueExact() + add;
  }
}
