package io.godwit.queue;

import io.godwit.message.Lane;
import java.util.List;

/**
 * In which lanes of a stage's queue parcels may be stored that nobody has claimed: they come before what is new in their lane and in those behind
 * it. So an alert is handed over in memory however much bulk is stored. Thread-safe.
 */
public final class Backlog {
  private final boolean[] lanes = new boolean[Lane.values().length];

  /** Nothing is known yet. */
  public Backlog() {
    for (Lane lane : Lane.values()) suspect(lane);
  }

  /** Something was stored there, or may have been. */
  public synchronized void suspect(Lane lane) {
    lanes[lane.number()] = true;
  }

  /** Whether something stored may come before a new parcel of this lane. */
  public synchronized boolean isBefore(Lane lane) {
    for (int i = 0; i <= lane.number(); i++) if (lanes[i]) return true;
    return false;
  }

  /** A claim in these lanes begins: what is said to be stored from now on, it may miss. */
  public synchronized void claiming(Lane last) {
    for (int i = 0; i <= last.number(); i++) lanes[i] = false;
  }

  /** The claim has found as many as it was to: where it stopped, and behind that, there may be more. */
  public synchronized void claimed(Lane last, List<Parcel> found, int most) {
    if (found.size() < most) return;
    for (int i = found.get(found.size() - 1).lane().number(); i <= last.number(); i++) lanes[i] = true;
  }
}
