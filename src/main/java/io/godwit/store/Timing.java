package io.godwit.store;

import io.godwit.message.Limits;

/**
 * How often a process shows in a set that it lives there, and how often it looks after what lies there; milliseconds. All
 * processes of a cluster use the default; tests are in more of a hurry.
 *
 * @param beat between two heartbeats, and at least between two looks at the others'
 * @param trust how old the last acknowledged beat may be for its holder to act outside on what it holds
 * @param sweep between two searches for parcels that nobody living holds
 * @param poll between two searches for parcels that are due or ready
 */
public record Timing(long beat, long trust, long sweep, long poll) {
  public static final Timing DEFAULT = new Timing(Limits.BEAT, Limits.BEAT_TRUST, Limits.SWEEP, Limits.POLL);
}
