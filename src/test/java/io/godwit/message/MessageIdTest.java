package io.godwit.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MessageIdTest {
  private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  @Test
  void all130BitsAreInTheText() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long millis = random.nextLong() & (1L << 48) - 1;
      int set = random.nextInt(1 << 12);
      int incarnation = random.nextInt(1 << 28);
      long counter = random.nextLong() & (1L << 42) - 1;
      String id = MessageId.encode(millis, set, incarnation, counter);
      BigInteger bits = BigInteger.valueOf(millis).shiftLeft(12).or(BigInteger.valueOf(set)).shiftLeft(28).or(BigInteger.valueOf(incarnation))
        .shiftLeft(42).or(BigInteger.valueOf(counter));
      assertEquals(bits, decode(id), "seed " + seed);
      assertEquals(millis, MessageId.millis(id), "seed " + seed);
      assertEquals(set, MessageId.set(id), "seed " + seed);
      assertTrue(MessageId.isValid(id));
    }
  }

  private static BigInteger decode(String id) {
    BigInteger bits = BigInteger.ZERO;
    for (char c : id.toCharArray()) bits = bits.shiftLeft(5).or(BigInteger.valueOf(DIGITS.indexOf(c)));
    return bits;
  }

  @Test
  void idsSortByTimeThenSetThenIncarnationThenCounter() {
    String[] ascending = {
      MessageId.lowest(5), MessageId.encode(5, 0, 0, 1), MessageId.encode(5, 0, 1, 0), MessageId.encode(5, 0, 1 << 22, 0), MessageId.encode(5, 0, 1 << 27, 0),
      MessageId.encode(5, 1, 0, 0), MessageId.lowest(6), MessageId.lowest(1_764_000_000_000L)};
    for (int i = 1; i < ascending.length; i++) assertTrue(ascending[i - 1].compareTo(ascending[i]) < 0, ascending[i - 1] + " < " + ascending[i]);
  }

  @Test
  void aGeneratorNeverGoesBackWhenTheClockDoes() {
    AtomicLong clock = new AtomicLong(1_000);
    MessageId.Generator ids = new MessageId.Generator(3, 7, clock::get);
    String before = ids.next();
    clock.set(10);
    String after = ids.next();
    assertTrue(before.compareTo(after) < 0);
    assertEquals(1_000, MessageId.millis(after));
  }

  @Test
  void twoLivesNeverMakeTheSameId() {
    MessageId.Generator one = new MessageId.Generator(0, 1, () -> 9);
    MessageId.Generator other = new MessageId.Generator(0, 1 + (1 << 22), () -> 9);
    assertNotEquals(one.next(), other.next());
  }

  @Test
  void onlyWhatHasTheFormOfAnIdIsValid() {
    String id = MessageId.lowest(1_764_000_000_000L);
    assertTrue(MessageId.isValid(id));
    for (String bad : new String[] {null, "", id.substring(1), id + "0", id.replace('0', 'U'), id.replace('0', 'l'), id.replace('0', '-'), id.replace('0', '０')}) {
      assertFalse(MessageId.isValid(bad), bad);
    }
  }

  @Test
  void numbersThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new MessageId.Generator(1 << 12, 1, () -> 0));
    assertThrows(IllegalArgumentException.class, () -> new MessageId.Generator(0, 1 << 28, () -> 0));
    assertThrows(IllegalArgumentException.class, () -> new MessageId.Generator(-1, 1, () -> 0));
  }
}
