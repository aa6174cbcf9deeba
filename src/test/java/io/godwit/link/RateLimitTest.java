package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** FIELD trap 12: limits count segments. */
class RateLimitTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void aRequestThatMakesManySegmentsTakesAsMuchOfTheRate() {
    RateLimit rate = new RateLimit(10, 0);
    assertTrue(rate.take(5, 0));
    assertEquals(500, rate.waitMillis());
    assertFalse(rate.take(1, SECOND * 4 / 10));
    assertTrue(rate.take(1, SECOND * 51 / 100));
  }

  @Test
  void inTheLongRunNoMoreSegmentsGoOutThanTheRateSays() {
    RateLimit rate = new RateLimit(100, 0);
    int segments = 0;
    for (long now = 0; now < 60 * SECOND; now += SECOND / 1_000) if (rate.take(7, now)) segments += 7;
    assertTrue(segments > 5_980 && segments < 6_030, segments + " segments in a minute at 100 a second");
  }

  @Test
  void theSameRateGoesOnAndAnotherBeginsAnew() {
    RateLimit rate = new RateLimit(10, 0);
    assertTrue(rate.take(1, 0));
    assertSame(rate, rate.at(10, 0));
    assertFalse(rate.at(10, 0).take(1, 0));
    assertTrue(rate.at(20, 0).take(1, 0));
  }
}
