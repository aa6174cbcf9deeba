package io.godwit.message;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Ids that say when, in which set and by whom a message was accepted: 26 characters of Crockford's base 32, which are
 * 48 bits of milliseconds, 12 of set, 28 of incarnation and 42 of counter. They sort by time, so that indexes on them
 * grow at one end.
 */
public final class MessageId {
  public static final int LENGTH = 26;
  private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
  private static final long COUNTER_MASK = (1L << 42) - 1;

  /** What a character stands for, -1 for none. */
  private static final byte[] VALUES = new byte['Z' + 1];

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (byte i = 0; i < DIGITS.length; i++) VALUES[DIGITS[i]] = i;
  }

  private MessageId() {
  }

  /** Makes the ids of one incarnation in one set. Thread-safe; never goes back, even when the clock does. */
  public static final class Generator {
    private final int set;
    private final int incarnation;
    private final LongSupplier clock;
    private long lastMillis;
    private long counter;

    public Generator(int set, int incarnation, LongSupplier clock) {
      if (set < 0 || set >= 1 << 12) throw new IllegalArgumentException("set " + set + " is not in 0..4095");
      if (incarnation < 0 || incarnation >= 1 << 28) throw new IllegalArgumentException("incarnation " + incarnation + " needs more than 28 bits");
      this.set = set;
      this.incarnation = incarnation;
      this.clock = clock;
    }

    public synchronized String next() {
      lastMillis = Math.max(lastMillis, clock.getAsLong());
      return encode(lastMillis, set, incarnation, counter++);
    }
  }

  static String encode(long millis, int set, int incarnation, long counter) {
    // 130 bits: 60 of millis and set, the incarnation's upper 10, and 60 of its lower 18 and the counter
    long upper = (millis & 0xFFFF_FFFF_FFFFL) << 12 | set;
    long lower = (long) (incarnation & 0x3_FFFF) << 42 | counter & COUNTER_MASK;
    char[] c = new char[LENGTH];
    for (int i = 0; i < 12; i++) c[i] = DIGITS[(int) (upper >>> (55 - 5 * i)) & 31];
    c[12] = DIGITS[incarnation >>> 23 & 31];
    c[13] = DIGITS[incarnation >>> 18 & 31];
    for (int i = 0; i < 12; i++) c[14 + i] = DIGITS[(int) (lower >>> (55 - 5 * i)) & 31];
    return new String(c);
  }

  /** Whether the text has the form of an id; says nothing about whether such a message exists. */
  public static boolean isValid(String id) {
    if (id == null || id.length() != LENGTH) return false;
    for (int i = 0; i < LENGTH; i++) if (digit(id.charAt(i)) < 0) return false;
    return true;
  }

  /** When the message was accepted, in milliseconds since 1970 by the clock of the accepting process. */
  public static long millis(String id) {
    return upper(id) >>> 12;
  }

  /** The number of the replica set in which the message lives. */
  public static int set(String id) {
    return (int) (upper(id) & 0xFFF);
  }

  /** The smallest id of a millisecond: the bound for searches by time. */
  public static String lowest(long millis) {
    return encode(millis, 0, 0, 0);
  }

  private static long upper(String id) {
    long upper = 0;
    for (int i = 0; i < 12; i++) upper = upper << 5 | digit(id.charAt(i));
    return upper;
  }

  private static int digit(char c) {
    return c < VALUES.length ? VALUES[c] : -1;
  }
}
