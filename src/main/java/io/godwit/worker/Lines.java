package io.godwit.worker;

import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Ranks;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Where in the lines of links those stand who are routed now: at the front of the line, for a link sends no faster than its carrier allows, and ranks follow
 * the clock; but behind what the same account has there already. Without the latter, whoever comes while a link is away would be sent before
 * those who have waited for it. Event loop only.
 */
final class Lines {
  /** A line that is looked at again begins at its front. */
  private static final int MOST = 1_000;

  private final MessageQueue queue;
  private final ToIntFunction<String> share;
  private final Map<Line, Ranks> ranks = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Line, Ranks> eldest) {
      return size() > MOST;
    }
  };

  private record Line(String link, Lane lane) { }

  /** What of one parcel has the same rank. */
  private record Group(Parcel parcel, String link, String account) { }

  /** @param share an account's weight, at least 1 */
  Lines(MessageQueue queue, ToIntFunction<String> share) {
    this.queue = queue;
    this.share = share;
  }

  /** The places of what one step routes. */
  final class Places {
    private final Map<Group, Integer> counts = new HashMap<>();
    private final Map<Group, Long> given = new HashMap<>();

    void count(Parcel parcel, Message message) {
      counts.merge(group(parcel, message), 1, Integer::sum);
    }

    /** After all were counted. */
    long rank(Parcel parcel, Message message, long now) {
      return given.computeIfAbsent(group(parcel, message), of -> next(of, counts.get(of), now));
    }

    private Group group(Parcel parcel, Message message) {
      return new Group(parcel, message.link(), message.account());
    }
  }

  /** A rank that runs ahead of the clock stays as far ahead of the front. */
  private long next(Group of, int messages, long now) {
    long front = Math.max(of.parcel.rank(), now) - queue.lag(Parcel.link(of.link), of.parcel.lane());
    return ranks.computeIfAbsent(new Line(of.link, of.parcel.lane()), line -> new Ranks()).next(of.account, messages, share.applyAsInt(of.account), front);
  }
}
