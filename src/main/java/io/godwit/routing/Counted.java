package io.godwit.routing;

import io.godwit.accounts.Slices;
import io.godwit.message.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was lately counted and may not have been committed. A message that is shown again with the same event number was not: its commit would have raised the number. The oldest
 * are forgotten: a slot has few messages in flight.
 */
final class Counted {
  private static final int MOST = 4_096;

  private final Slices slices;
  private final Map<String, Count> latest = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
      return size() > MOST;
    }
  };

  private record Count(int n, List<Slices.Claim> claims) { }

  Counted(Slices slices) {
    this.slices = slices;
  }

  void add(Message message, List<Slices.Claim> claims) {
    if (!claims.isEmpty()) latest.put(message.id(), new Count(message.n(), claims));
  }

  /** Gives back what was counted for the message as it is shown now; does nothing when that was committed, or nothing was. */
  void cancel(Message message) {
    Count count = latest.remove(message.id());
    if (count != null && count.n == message.n()) count.claims.forEach(slices::giveBack);
  }
}
