package io.godwit.billing;

import java.util.Arrays;

/**
 * The rows of one price list, by leading digits of the recipient or by its network (MCC and MNC), and by the moment from which each holds; compiled
 * into plain arrays: a million rows take about 45 MB, a look-up some hundred nanoseconds. Immutable.
 */
final class Deck {
  /** Leading digits that a row may have: those of a number (ITU-T E.164). */
  static final int MOST_DIGITS = 15;
  static final long NONE = -1;
  /** A price above is a mistake: ten million units of a currency for a segment. What ten thousand messages of ten segments cost is far from where longs overflow. */
  static final long DEAREST = 10_000_000_000_000L;
  /** Prices of one key, each from another moment on: they are looked through one by one, and a look-up must not take long. */
  static final int MOST_MOMENTS = 1_000;
  static final Deck EMPTY = new Builder().build();

  private final long[] keys;
  private final int[] heads;
  private final long[] amounts;
  private final long[] from;
  /** The row of the same key that held before, or -1. */
  private final int[] earlier;
  /** Bit n: there is a prefix of n digits. So lengths that are not there are not looked for. */
  private final int lengths;

  private Deck(Builder rows, int most) {
    int slots = Integer.highestOneBit(Math.max(4, rows.size * 2)) * 2;
    keys = new long[slots];
    heads = new int[slots];
    amounts = Arrays.copyOf(rows.amounts, rows.size);
    from = Arrays.copyOf(rows.from, rows.size);
    earlier = new int[rows.size];
    int[] moments = new int[slots];
    int found = 0;
    for (int row = 0; row < rows.size; row++) {
      put(rows.keys[row], row);
      if (++moments[slot(rows.keys[row])] > most) throw new Unfit(rows.keys[row], row, "more than " + most + " prices for '" + text(rows.keys[row]) + "', each from another moment on");
      if (rows.keys[row] > 0) found |= 1 << digits(rows.keys[row]);
    }
    lengths = found;
  }

  /** Collects rows; not thread-safe. */
  static final class Builder {
    private long[] keys = new long[16];
    private long[] from = new long[16];
    private long[] amounts = new long[16];
    private int size;

    /**
     * @param key of {@link Deck#prefix} or {@link Deck#network}
     * @param since from when it holds, milliseconds since 1970; 0 = always
     * @param amount micro-units a segment
     */
    Builder add(long key, long since, long amount) {
      if (size == keys.length) {
        keys = Arrays.copyOf(keys, 2 * size);
        from = Arrays.copyOf(from, 2 * size);
        amounts = Arrays.copyOf(amounts, 2 * size);
      }
      keys[size] = key;
      from[size] = since;
      amounts[size++] = amount;
      return this;
    }

    int size() {
      return size;
    }

    /** Fails with {@link Twice} for two rows with the same key and moment, with {@link Unfit} for too many moments of a key. */
    Deck build() {
      return build(MOST_MOMENTS);
    }

    /** @param most moments of a key */
    Deck build(int most) {
      return new Deck(this, most);
    }
  }

  /** A row that no list may have beside the ones before it. */
  static class Unfit extends IllegalArgumentException {
    private final int row;
    private final boolean network;

    private Unfit(long key, int row, String what) {
      super(what);
      this.row = row;
      this.network = key < 0;
    }

    /** In the order in which they were added, from 0. */
    int row() {
      return row;
    }

    boolean isNetwork() {
      return network;
    }
  }

  /** Two rows say from the same moment on what the same costs. */
  static final class Twice extends Unfit {
    private final int first;

    private Twice(long key, int row, int first) {
      super(key, row, "a second price for '" + text(key) + "' from the same moment on");
      this.first = first;
    }

    int first() {
      return first;
    }
  }

  /** Leading digits as a key: the digits behind a one, so that zeros count. @throws IllegalArgumentException for anything but 0 to 15 digits */
  static long prefix(CharSequence digits) {
    int start = digits.length() > 0 && digits.charAt(0) == '+' ? 1 : 0;
    if (digits.length() - start > MOST_DIGITS) throw new IllegalArgumentException("'" + digits + "' has more than " + MOST_DIGITS + " digits");
    return prefix(digits, start, digits.length());
  }

  private static long prefix(CharSequence digits, int start, int end) {
    long key = 1;
    for (int i = start; i < end; i++) key = 10 * key + digit(digits, i);
    return key;
  }

  /** A network as a key. @param mccMnc five or six digits (ITU-T E.212) */
  static long network(CharSequence mccMnc) {
    if (mccMnc.length() < 5 || mccMnc.length() > 6) throw new IllegalArgumentException("'" + mccMnc + "' is no MCC and MNC: five or six digits");
    return -prefix(mccMnc);
  }

  private static int digit(CharSequence digits, int i) {
    char c = digits.charAt(i);
    if (c < '0' || c > '9') throw new IllegalArgumentException("'" + digits + "' are not digits");
    return c - '0';
  }

  private static int digits(long key) {
    int digits = 0;
    for (long left = key; left >= 10; left /= 10) digits++;
    return digits;
  }

  private void put(long key, int row) {
    int slot = slot(key);
    int later = -1;
    int next = keys[slot] == key ? heads[slot] : -1;
    while (next >= 0 && from[next] > from[row]) {
      later = next;
      next = earlier[next];
    }
    if (next >= 0 && from[next] == from[row]) throw new Twice(key, row, next);
    earlier[row] = next;
    if (later >= 0) {
      earlier[later] = row;
      return;
    }
    keys[slot] = key;
    heads[slot] = row;
  }

  static String text(long key) {
    return Long.toString(Math.abs(key)).substring(1);
  }

  private int slot(long key) {
    long hash = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 40) & keys.length - 1;
    while (keys[slot] != 0 && keys[slot] != key) slot = slot + 1 & keys.length - 1;
    return slot;
  }

  int rows() {
    return amounts.length;
  }

  /** The highest of its prices, micro-units; 0 when it has none. */
  long dearest() {
    return Arrays.stream(amounts).max().orElse(0);
  }

  /**
   * What a segment costs: by its network if the list names that, else by the longest prefix of the number that has a price by then.
   *
   * @param network MCC and MNC; null when unknown
   * @return micro-units; {@link #NONE} when the list has no price for it
   */
  long price(String number, String network, long now) {
    long amount = network == null ? NONE : at(network(network), now);
    if (amount != NONE) return amount;
    int start = number.startsWith("+") ? 1 : 0;
    int length = Math.min(31 - Integer.numberOfLeadingZeros(lengths), number.length() - start);
    if (length < 0) return NONE;
    long key = prefix(number, start, start + length);
    for (; length >= 0; length--, key /= 10) {
      if ((lengths >> length & 1) == 0) continue;
      amount = at(key, now);
      if (amount != NONE) return amount;
    }
    return NONE;
  }

  private long at(long key, long now) {
    int slot = slot(key);
    if (keys[slot] != key) return NONE;
    int row = heads[slot];
    while (row >= 0 && from[row] > now) row = earlier[row];
    return row < 0 ? NONE : amounts[row];
  }

  boolean names(long key, long since) {
    int slot = slot(key);
    int row = keys[slot] == key ? heads[slot] : -1;
    while (row >= 0 && from[row] != since) row = earlier[row];
    return row >= 0;
  }

  /** These rows, and those of the other list that they do not name. */
  Deck over(Deck other) {
    Builder both = new Builder();
    other.each((key, since, amount) -> {
      if (!names(key, since)) both.add(key, since, amount);
    });
    each(both::add);
    return both.build();
  }

  /** Visits the rows in the order in which they were added. */
  interface Visitor {
    void row(long key, long since, long amount);
  }

  void each(Visitor visitor) {
    long[] of = new long[amounts.length];
    for (int slot = 0; slot < keys.length; slot++) {
      if (keys[slot] != 0) for (int row = heads[slot]; row >= 0; row = earlier[row]) of[row] = keys[slot];
    }
    for (int row = 0; row < of.length; row++) visitor.row(of[row], from[row], amounts[row]);
  }
}
