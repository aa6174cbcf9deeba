package io.godwit.message;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Values by the leading digits of a number; the empty prefix matches every number. A '+' in front of prefix or number means nothing, and from the
 * first character on that is no digit a number has no more digits. Immutable; a look-up costs one probe a digit, whatever the number of
 * prefixes; a million of them take 20 to 40 MB and their values.
 */
public final class Prefixes<V> {
  /** Leading digits that a prefix may have: those of a number (ITU-T E.164). */
  public static final int MOST_DIGITS = 15;
  private static final int FEWEST_SLOTS = 16;

  private final long[] keys;
  private final Object[] values;
  /** Bit n: there is a prefix of n digits. So lengths that are not there are not looked for. */
  private final int lengths;

  private Prefixes(Builder<V> of) {
    this.keys = of.keys;
    this.values = of.values;
    this.lengths = of.lengths;
  }

  /** Collects; of two values for one prefix {@code merge} makes one. Of no use after {@link #build}. */
  public static final class Builder<V> {
    private long[] keys = new long[FEWEST_SLOTS];
    private Object[] values = new Object[FEWEST_SLOTS];
    private int size;
    private int lengths;

    /** @throws IllegalArgumentException for anything but 0 to {@value #MOST_DIGITS} digits */
    @SuppressWarnings("unchecked")
    public Builder<V> add(String prefix, V value, BinaryOperator<V> merge) {
      int start = start(prefix);
      int digits = prefix.length() - start;
      if (digits > MOST_DIGITS || digits(prefix, start, MOST_DIGITS) < digits) throw new IllegalArgumentException("'" + prefix + "' is no prefix: up to " + MOST_DIGITS + " digits");
      if (3L * size >= 2L * keys.length) grow();
      int slot = slot(keys, Prefixes.key(prefix, start, digits));
      if (keys[slot] == 0) size++;
      keys[slot] = Prefixes.key(prefix, start, digits);
      values[slot] = values[slot] == null ? value : merge.apply((V) values[slot], value);
      lengths |= 1 << digits;
      return this;
    }

    private void grow() {
      long[] more = new long[2 * keys.length];
      Object[] theirs = new Object[2 * keys.length];
      for (int i = 0; i < keys.length; i++) if (keys[i] != 0) {
        int slot = slot(more, keys[i]);
        more[slot] = keys[i];
        theirs[slot] = values[i];
      }
      keys = more;
      values = theirs;
    }

    /** How many prefixes there are by now. */
    public int size() {
      return size;
    }

    public Prefixes<V> build() {
      return new Prefixes<>(this);
    }
  }

  private static int start(String number) {
    return number.startsWith("+") ? 1 : 0;
  }

  private static int digits(String number, int start, int most) {
    int digits = 0;
    while (digits < most && start + digits < number.length() && number.charAt(start + digits) >= '0' && number.charAt(start + digits) <= '9') digits++;
    return digits;
  }

  /** The digits behind a one, so that zeros count. */
  private static long key(String number, int start, int digits) {
    long key = 1;
    for (int i = start; i < start + digits; i++) key = 10 * key + number.charAt(i) - '0';
    return key;
  }

  private static int slot(long[] keys, long key) {
    int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 32) & keys.length - 1;
    while (keys[slot] != 0 && keys[slot] != key) slot = slot + 1 & keys.length - 1;
    return slot;
  }

  /** Sees values of prefixes. */
  public interface Visitor<V> {
    /** @param digits of the prefix */
    void see(int digits, V value);
  }

  /** Shows the values of all prefixes of the number, the longest prefix first. */
  public void each(String number, Visitor<V> visitor) {
    int start = start(number);
    int digits = digits(number, start, mostDigits());
    long key = key(number, start, digits);
    for (; digits >= 0; digits--, key /= 10) {
      V value = at(digits, key);
      if (value != null) visitor.see(digits, value);
    }
  }

  /** The value of the longest prefix of the number; null when none matches. */
  public V longest(String number) {
    int start = start(number);
    int digits = digits(number, start, mostDigits());
    long key = key(number, start, digits);
    for (; digits >= 0; digits--, key /= 10) {
      V value = at(digits, key);
      if (value != null) return value;
    }
    return null;
  }

  /** The values of all prefixes of the number, the longest prefix first. */
  public List<V> all(String number) {
    List<V> found = new ArrayList<>(2);
    each(number, (digits, value) -> found.add(value));
    return found;
  }

  private int mostDigits() {
    return 31 - Integer.numberOfLeadingZeros(lengths);
  }

  /** Null when there is none. */
  @SuppressWarnings("unchecked")
  private V at(int digits, long key) {
    return (lengths >> digits & 1) == 0 ? null : (V) values[slot(keys, key)];
  }
}
