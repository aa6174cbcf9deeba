package io.godwit.submission;

import io.godwit.http.Problem;
import io.godwit.intake.Refusal;

/** The intake's words in HTTP's. */
final class Refusals {
  private static final int COME_BACK_SECONDS = 2;

  private Refusals() {
  }

  static Problem problem(Refusal refusal) {
    return refusal.reason().isTemporary() ? Problem.unavailable(refusal.reason().code(), COME_BACK_SECONDS, refusal.detail())
      : Problem.invalid(refusal.reason().code(), refusal.field(), refusal.detail());
  }
}
