package io.godwit.accounts;

import java.math.BigDecimal;

/** Money as people write it: decimal units of a currency, as text. Inside it is a long in micro-units. */
public final class Amount {
  private static final int PLACES = 6;
  /** A billion units: far from where sums of longs would overflow. */
  public static final long MOST = 1_000_000_000_000_000L;

  private Amount() {
  }

  /** @throws IllegalArgumentException for what is no decimal number, has more than six places, or is out of bounds */
  public static long micros(String text) {
    if (!text.matches("-?[0-9]{1,10}(\\.[0-9]{1," + PLACES + "})?")) throw new IllegalArgumentException("'" + text + "' is no amount like 12.50");
    long micros = new BigDecimal(text).movePointRight(PLACES).longValueExact();
    if (Math.abs(micros) > MOST) throw new IllegalArgumentException("'" + text + "' is more than " + text(MOST));
    return micros;
  }

  /** Without superfluous zeros. */
  public static String text(long micros) {
    return micros == 0 ? "0" : BigDecimal.valueOf(micros, PLACES).stripTrailingZeros().toPlainString();
  }
}
