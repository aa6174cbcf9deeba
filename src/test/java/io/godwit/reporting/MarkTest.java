package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MarkTest {
  private static final long SECOND = 1_000_000_000L;

  @Test void theMarkStaysFifteenSecondsBehindTheHighestTimestamp() {
    Mark mark = new Mark(0);
    for (int second = 0; second <= 100; second++) look(mark, second, 1_000 + second);
    assertTrue(seconds(mark) <= 1_085, "mark at " + seconds(mark));
    assertTrue(seconds(mark) >= 1_083, "mark at " + seconds(mark));
  }

  @Test void theMarkWaitsFifteenSecondsOfOurClockWhenMongodsJumpsAhead() {
    Mark mark = new Mark(ts(1_000));
    look(mark, 0, 1_000);
    look(mark, 1, 5_000);
    look(mark, 15, 5_001);
    assertEquals(1_000, seconds(mark), "a page from before the jump may still commit");
    look(mark, 17, 5_002);
    assertEquals(4_987, seconds(mark));
  }

  @Test void aReaderThatStoodStillLooksOnceMoreFromTheOldMark() {
    Mark mark = new Mark(ts(1_000));
    look(mark, 0, 2_000);
    mark.lookFrom(2 * SECOND);
    mark.advance(2 * SECOND, 60 * SECOND, ts(2_500));
    assertEquals(1_000, seconds(mark), "the look began before what it had seen was fifteen seconds old");
    look(mark, 61, 2_500);
    assertTrue(seconds(mark) > 1_000);
  }

  @Test void theMarkNeverGoesBack() {
    Mark mark = new Mark(ts(1_000));
    look(mark, 0, 10);
    look(mark, 100, 20);
    assertEquals(1_000, seconds(mark));
  }

  @Test void onlyALookFromTheMarkMovesIt() {
    Mark mark = new Mark(ts(1_000));
    look(mark, 0, 2_000);
    long soon = SECOND + SECOND / 2;
    assertEquals(ts(1_998), mark.lookFrom(soon), "half a second later only the most recent pages are listed");
    mark.advance(soon, soon + 20 * SECOND, ts(2_010));
    assertEquals(1_000, seconds(mark));
    assertEquals(ts(1_000), mark.lookFrom(soon + 30 * SECOND));
  }

  private static void look(Mark mark, long second, long seen) {
    mark.lookFrom((1 + second) * SECOND);
    mark.advance((1 + second) * SECOND, (1 + second) * SECOND, ts(seen));
  }

  private static long ts(long second) {
    return second << 32;
  }

  private static long seconds(Mark mark) {
    return mark.value() >>> 32;
  }
}
