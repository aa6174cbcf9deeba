package io.godwit.replies;

import io.godwit.message.Event;
import java.util.List;

/**
 * Whether a message reached its carrier, as its trail tells.
 *
 * @param at when that was, milliseconds since 1970; 0 while it waits
 */
record Fate(Kind kind, long at) {
  static final Fate WAITING = new Fate(Kind.WAITING, 0);

  enum Kind { WAITING, SENT, UNSENT }

  /** The first event that decides it; one that ended unsent and was revived waits again. */
  static Fate of(List<Event> trail) {
    Fate fate = WAITING;
    for (Event event : trail) {
      if (mayBeAnswered(event)) return new Fate(Kind.SENT, event.at());
      if (event instanceof Event.Revived) fate = WAITING;
      else if (event.isFinal()) fate = new Fate(Kind.UNSENT, event.at());
    }
    return fate;
  }

  /** What is UNKNOWN may be on the handset: a lost answer takes nobody's reply away. */
  private static boolean mayBeAnswered(Event event) {
    return event instanceof Event.Sent || event instanceof Event.Delivered || event instanceof Event.Undeliverable || event instanceof Event.Unknown;
  }
}
