package io.godwit.message;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * Values by the leading digits of a number; the empty prefix matches every number. A '+' in front of prefix or number means
 * nothing. Immutable; a look-up costs one hash a digit, whatever the number of prefixes.
 */
public final class Prefixes<V> {
  private final Map<String, V> values;
  private final int longest;

  private Prefixes(Map<String, V> values) {
    this.values = Map.copyOf(values);
    this.longest = values.keySet().stream().mapToInt(String::length).max().orElse(-1);
  }

  /** Collects; of two values for one prefix {@code merge} makes one. */
  public static final class Builder<V> {
    private final Map<String, V> values = new HashMap<>();

    public Builder<V> add(String prefix, V value, BinaryOperator<V> merge) {
      values.merge(digits(prefix), value, merge);
      return this;
    }

    public Prefixes<V> build() {
      return new Prefixes<>(values);
    }
  }

  /** The value of the longest prefix of the number; null when none matches. */
  public V longest(String number) {
    String digits = digits(number);
    for (int length = Math.min(longest, digits.length()); length >= 0; length--) {
      V value = values.get(digits.substring(0, length));
      if (value != null) return value;
    }
    return null;
  }

  /** The values of all prefixes of the number, the longest prefix first. */
  public List<V> all(String number) {
    String digits = digits(number);
    List<V> found = new ArrayList<>(2);
    for (int length = Math.min(longest, digits.length()); length >= 0; length--) {
      V value = values.get(digits.substring(0, length));
      if (value != null) found.add(value);
    }
    return found;
  }

  private static String digits(String number) {
    return number.startsWith("+") ? number.substring(1) : number;
  }
}
