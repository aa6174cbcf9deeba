package io.godwit.queue;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who comes next within a lane: an account's rank runs ahead of the clock by one millisecond a message and share, so that a
 * large campaign falls in behind everybody's few. Event loop only.
 */
public final class Ranks {
  private static final int MOST = 10_000;

  private final Map<String, Long> last = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * The rank of the account's next parcel.
   *
   * @param now the lane's head, milliseconds since 1970
   * @param share the account's weight, at least 1
   */
  public long next(String account, int messages, int share, long now) {
    long before = last.getOrDefault(account, 0L);
    long rank = Math.max(now, before + (messages + share - 1) / share);
    last.put(account, rank);
    if (last.size() > MOST) forget(now);
    return rank;
  }

  /** How far ahead of the clock the account is, in milliseconds: what it handed in beyond its share lately. */
  public long ahead(String account, long now) {
    return Math.max(0, last.getOrDefault(account, 0L) - now);
  }

  /** Ranks that the clock has passed mean nothing any more; were all still ahead, the longest unused one would go. */
  private void forget(long now) {
    last.values().removeIf(rank -> rank <= now);
    if (last.size() > MOST) last.remove(last.keySet().iterator().next());
  }
}
