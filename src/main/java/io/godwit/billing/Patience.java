package io.godwit.billing;

import io.godwit.message.Message;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Since when messages wait for credit that other slots hold. In memory: after a restart they wait anew. The oldest are forgotten and wait anew, too. Who lives returns what
 * he does not need within seconds; what a dead process held is home when it was found dead, buried and swept, which takes some twenty.
 */
final class Patience {
  private static final long LONGEST_MS = 60_000;
  static final long FIRST_PAUSE_MS = 300;
  private static final long LAST_PAUSE_MS = 2_000;
  private static final int MOST = 10_000;

  private final Map<String, Long> since = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
      return size() > MOST;
    }
  };

  /** Whether the message has waited long enough; the first call begins its time. {@code now}: milliseconds since 1970. */
  boolean isOver(Message message, long now) {
    return now - since.computeIfAbsent(message.id(), id -> now) >= LONGEST_MS;
  }

  /** Until another try: longer for who has waited for long. The same for all that began to wait at one moment, so that they stay in one parcel. */
  long pause(Message message, long now) {
    return Math.max(FIRST_PAUSE_MS, Math.min(LAST_PAUSE_MS, (now - since.getOrDefault(message.id(), now)) / 4));
  }

  void end(Message message) {
    since.remove(message.id());
  }
}
