package io.godwit.smpp;

import java.util.EnumSet;
import java.util.Set;

/** Whether a session reads from its peer: it does while there is no reason not to. Event loop only. */
final class Reading {
  enum Obstacle {
    /** The owner cannot take more. */
    OWNER,
    /** Too many requests of the peer wait for our answers. */
    UNANSWERED,
    /** The peer does not take our answers. */
    WRITES
  }

  private final PduChannel channel;
  private final SessionClock clock;
  private final Set<Obstacle> obstacles = EnumSet.noneOf(Obstacle.class);

  Reading(PduChannel channel, SessionClock clock) {
    this.channel = channel;
    this.clock = clock;
  }

  void stop(Obstacle why) {
    if (obstacles.isEmpty()) {
      channel.pause();
    }
    obstacles.add(why);
  }

  void goOn(Obstacle why) {
    if (obstacles.remove(why) && obstacles.isEmpty()) {
      clock.resumed();
      channel.resume();
    }
  }

  boolean stoppedBy(Obstacle why) {
    return obstacles.contains(why);
  }

  /** Is reading stopped for a reason of ours, so that silence says nothing about the peer? */
  boolean stoppedByUs() {
    return stoppedBy(Obstacle.OWNER) || stoppedBy(Obstacle.UNANSWERED);
  }
}
