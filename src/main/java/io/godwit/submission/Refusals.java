package io.godwit.submission;

import io.godwit.http.Problem;
import io.godwit.intake.Refusal;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** The intake's words in HTTP's. */
final class Refusals {
  private static final int COME_BACK_SECONDS = 2;

  private Refusals() {
  }

  static Problem problem(Refusal refusal) {
    if (refusal.reason().isLimit()) return new Problem(429, refusal.reason().code(), refusal.detail(), null, comeBack(refusal.reason()), null);
    return refusal.reason().isTemporary() ? Problem.unavailable(refusal.reason().code(), COME_BACK_SECONDS, refusal.detail())
      : Problem.invalid(refusal.reason().code(), refusal.field(), refusal.detail());
  }

  /** Days of limits end at midnight UTC. */
  private static int comeBack(Refusal.Reason limit) {
    return limit == Refusal.Reason.RATE_LIMIT ? 1 : (int) Duration.between(LocalTime.now(ZoneOffset.UTC), LocalTime.MAX).toSeconds() + 1;
  }
}
