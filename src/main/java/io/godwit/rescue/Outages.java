package io.godwit.rescue;

import io.godwit.link.LinkConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Since when links do not send, by this process's monotonic clock: an outage that it did not see counts from when it looked first. */
final class Outages {
  private final LongSupplier nanos;
  private final Map<String, Long> since = new HashMap<>();

  Outages(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Those of the links that have not been sending for their {@code failoverAfter}, at any look since. */
  List<LinkConfig> lasting(Collection<LinkConfig> links, Set<String> sending) {
    long now = nanos.getAsLong();
    since.keySet().retainAll(links.stream().map(LinkConfig::id).filter(id -> !sending.contains(id)).toList());
    links.stream().map(LinkConfig::id).filter(id -> !sending.contains(id)).forEach(id -> since.putIfAbsent(id, now));
    return links.stream().filter(link -> link.failoverAfter() > 0 && since.containsKey(link.id()))
      .filter(link -> now - since.get(link.id()) >= TimeUnit.MILLISECONDS.toNanos(link.failoverAfter())).toList();
  }

  /** Nobody knows how links stand: what was seen before says nothing any more. */
  void forget() {
    since.clear();
  }
}
