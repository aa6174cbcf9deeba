package io.godwit.quality;

import io.godwit.message.Event;
import io.godwit.queue.Endings;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What one process has seen end, by link and country, in buckets of time. Thread-safe. */
final class Tally implements Endings {
  /** Pairs of link and country in a bucket; what comes beyond is not counted. */
  private static final int MOST = 5_000;

  /** By the beginning of the bucket, milliseconds since 1970. */
  private final TreeMap<Long, Map<Pair, Count>> buckets = new TreeMap<>();
  private final Set<Long> changed = new HashSet<>();

  /** @param country "" when no country has the number */
  record Pair(String link, String country) { }

  @Override
  public synchronized void ended(List<Ending> endings) {
    for (Ending ending : endings) {
      String link = ending.message().link();
      Event last = ending.last();
      if (link != null && tells(last)) count(last.at(), new Pair(link, ending.message().country()), new Count(last instanceof Event.Delivered ? 1 : 0, 1));
    }
  }

  /** Whether it says something about the link. */
  private static boolean tells(Event last) {
    return last instanceof Event.Delivered || last instanceof Event.Undeliverable || last instanceof Event.Failed || last instanceof Event.Unknown;
  }

  private void count(long at, Pair pair, Count one) {
    long bucket = at - at % Qualities.BUCKET_MS;
    Map<Pair, Count> counts = buckets.computeIfAbsent(bucket, b -> new HashMap<>());
    if (counts.size() >= MOST && !counts.containsKey(pair)) return;
    counts.merge(pair, one, Count::plus);
    changed.add(bucket);
  }

  /** The buckets in which something was counted since they were last taken, whole. */
  synchronized Map<Long, Map<Pair, Count>> take() {
    Map<Long, Map<Pair, Count>> taken = new HashMap<>();
    changed.forEach(bucket -> taken.put(bucket, Map.copyOf(buckets.get(bucket))));
    changed.clear();
    return taken;
  }

  /** They could not be written, and are to be taken again. */
  synchronized void again(Collection<Long> taken) {
    for (long bucket : taken) if (buckets.containsKey(bucket)) changed.add(bucket);
  }

  synchronized void forget(long before) {
    buckets.headMap(before).clear();
    changed.removeIf(bucket -> bucket < before);
  }
}
