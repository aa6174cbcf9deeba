package io.godwit.queue;

import io.godwit.message.Event;
import io.godwit.message.Message;
import java.util.List;

/**
 * Somebody in this process who wants to know how messages end: told once of each, after the commit that ended it, by the process that committed it. Who dies
 * in between tells nobody: for figures, not for what must be exact.
 */
public interface Endings {
  /** The last event of a message. */
  record Ending(Message message, Event last) { }

  /** Called on the event loop of the slot that committed; must not wait. */
  void ended(List<Ending> endings);
}
