package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a link that its carrier throttles pauses, and when it rests. */
class ThrottlingTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private final Throttling throttling = new Throttling(60_000);
  private final long start = System.nanoTime();

  @Test
  void eachRefusalIsFollowedByItsPause() {
    throttling.refused(1_000, start);
    assertEquals(SECOND / 2, throttling.pauseLeft(start + SECOND / 2));
    assertTrue(throttling.pauseLeft(start + SECOND) <= 0);
  }

  @Test
  void aLinkOfWhichNothingWasAcceptedForItsPatienceRestsAndThenTriesAgain() {
    for (int second = 0; second < 60; second++) {
      throttling.refused(1_000, start + second * SECOND);
      assertFalse(throttling.changes(start + second * SECOND));
    }
    assertTrue(throttling.isBlocked());
    assertTrue(throttling.changes(start + 60 * SECOND));
    assertTrue(throttling.isResting());
    assertFalse(throttling.changes(start + 120 * SECOND), "it rests longer than the rescue waits");
    assertTrue(throttling.changes(start + 130 * SECOND));
    assertFalse(throttling.isBlocked());
    throttling.refused(1_000, start + 131 * SECOND);
    assertFalse(throttling.changes(start + 190 * SECOND), "the patience begins anew");
    assertTrue(throttling.changes(start + 191 * SECOND));
  }

  @Test
  void oneAcceptedMessageEndsIt() {
    throttling.refused(1_000, start);
    throttling.accepted();
    assertFalse(throttling.isBlocked());
    throttling.refused(1_000, start + 59 * SECOND);
    assertFalse(throttling.changes(start + 60 * SECOND));
  }

  @Test
  void aLinkThatIsNeverToBeLeftNeverRests() {
    Throttling patient = new Throttling(0);
    patient.refused(1_000, start);
    assertFalse(patient.changes(start + 1_000_000 * SECOND));
  }

  @Test
  void afterARefusalOrALostAnswerItComesBackGradually() {
    assertFalse(throttling.isCareful());
    throttling.refused(1_000, start);
    for (int expected = 1; expected <= 1 << 14; expected++) {
      assertTrue(throttling.isCareful());
      assertEquals(expected, throttling.atATime());
      throttling.accepted();
    }
    assertFalse(throttling.isCareful());
    throttling.unanswered();
    assertEquals(1, throttling.atATime());
    for (int accepted = 1; accepted <= 8; accepted++) {
      throttling.accepted();
      assertEquals(accepted + 1, throttling.atATime());
    }
    throttling.refused(0, start);
    assertEquals(1, throttling.atATime());
  }
}
