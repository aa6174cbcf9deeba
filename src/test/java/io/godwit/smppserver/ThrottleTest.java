package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private static final long SECOND = 1_000_000_000L;

  private static long taken(Throttle throttle, int messages, int segments, long now) {
    return IntStream.range(0, messages).filter(i -> throttle.take(segments, now)).count();
  }

  @Test
  void aSecondsWorthGoesThroughAtOnceAndThenTheRate() {
    Throttle throttle = new Throttle(10, 0);
    assertEquals(10, taken(throttle, 100, 1, 0));
    assertEquals(5, taken(throttle, 100, 1, SECOND / 2));
    assertEquals(10, taken(throttle, 100, 1, 60 * SECOND), "no more is saved up");
  }

  @Test
  void segmentsAreCounted() {
    Throttle throttle = new Throttle(10, 0);
    assertEquals(4, taken(throttle, 100, 3, 0), "the last one is owed");
    assertFalse(throttle.take(1, SECOND / 5), "2 came, 2 were owed");
    assertTrue(throttle.take(1, SECOND / 2));
  }

  @Test
  void aLongMessageIsNotShutOutByALowRate() {
    Throttle throttle = new Throttle(1, 0);
    assertTrue(throttle.take(8, 0));
    assertFalse(throttle.take(1, 7 * SECOND));
    assertTrue(throttle.take(1, 9 * SECOND));
  }

  @Test
  void withoutARateEverythingGoesThroughUntilThereIsOne() {
    Throttle throttle = new Throttle(0, 0);
    assertEquals(1_000, taken(throttle, 1_000, 1, 0));
    throttle.become(10, 0);
    assertEquals(10, taken(throttle, 100, 1, 0));
    throttle.become(5, SECOND);
    assertEquals(5, taken(throttle, 100, 1, SECOND), "half of the rate went to another node");
  }
}
