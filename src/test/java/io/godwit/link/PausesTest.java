package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PausesTest {
  private final Pauses pauses = Pauses.DEFAULT;

  @Test
  void pausesAreDoubledUpToTheLongest() {
    assertEquals(List.of(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L), LongStream.iterate(500, pauses::after).limit(8).boxed().toList());
  }

  @Test
  void aBindThatHasLivedForAWhileBeginsWithTheFirstPauseAgain() {
    assertEquals(8_000, pauses.afterLoss(8_000, 29_999));
    assertEquals(500, pauses.afterLoss(8_000, 30_000));
  }

  @Test
  void aPauseIsSpreadFromHalfOfItToHalfAsMuchAgain() {
    long[] drawn = LongStream.range(0, 2_000).map(i -> Pauses.jittered(1_000)).sorted().toArray();
    assertTrue(drawn[0] >= 500 && drawn[1_999] < 1_500, drawn[0] + " to " + drawn[1_999]);
    assertTrue(drawn[0] < 600 && drawn[1_999] > 1_400, "not spread: " + drawn[0] + " to " + drawn[1_999]);
  }
}
