package io.godwit.billing;

import io.godwit.accounts.Form;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Set;

/**
 * What a seller adds to what he pays himself.
 *
 * @param tenThousandths of his own price, at most ten times it
 * @param add micro-units a segment
 */
record Markup(long tenThousandths, long add) {
  private static final long MOST = 100_000;
  private static final Set<String> FIELDS = Set.of("percent", "add");

  /** From {@code {percent?: 12.5, add?: 500}}; what is wrong in it the form tells. */
  static Markup read(Form form) {
    form.only(FIELDS);
    return new Markup(percent(form), form.whole("add", 0, 0, Deck.DEAREST));
  }

  private static long percent(Form form) {
    Object percent = form.json().getValue("percent");
    if (percent == null) return 0;
    if (!(percent instanceof Number)) return form.invalid("percent", "must be a number", 0L);
    BigDecimal exact = new BigDecimal(percent.toString()).movePointRight(2);
    if (exact.stripTrailingZeros().scale() <= 0 && exact.signum() >= 0 && exact.compareTo(BigDecimal.valueOf(MOST)) <= 0) return exact.longValue();
    return form.invalid("percent", "must be in 0..1000, with at most two decimals", 0L);
  }

  /** Half a micro-unit is rounded up. */
  long on(long cost) {
    return BigDecimal.valueOf(cost).multiply(BigDecimal.valueOf(10_000 + tenThousandths)).movePointLeft(4).setScale(0, RoundingMode.HALF_UP).longValueExact() + add;
  }
}
