package io.godwit.events;

import io.godwit.message.Event;
import io.godwit.message.Limits;
import io.godwit.store.MongoSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The events of pages that this process wrote a moment ago, as they were: whoever projects in the same process need not read and decode them
 * again. Only a memory: a page is here whether or not its unit of work committed, and the stream alone says which pages there are. Nothing is
 * kept unless somebody has asked within the last seconds. Thread-safe.
 */
public final class RecentPages {
  private static final long KEPT_NS = TimeUnit.SECONDS.toNanos(10);

  private final Map<String, Page> pages = new LinkedHashMap<>();
  private int events;
  private boolean asked;
  private long askedAt;

  private record Page(List<Event> events, long at) { }

  /** The one of that set in this process. */
  public static RecentPages of(MongoSet set) {
    return set.shared(RecentPages.class, RecentPages::new);
  }

  RecentPages() {
  }

  /** When it is full, earlier pages stay: they are asked for first. */
  synchronized void add(String id, List<Event> written, long nanoTime) {
    if (!asked || nanoTime - askedAt > KEPT_NS) {
      pages.clear();
      events = 0;
      return;
    }
    forget(nanoTime - KEPT_NS);
    if (events + written.size() > Limits.RECENT_EVENTS) return;
    if (pages.put(id, new Page(List.copyOf(written), nanoTime)) == null) events += written.size();
  }

  /** What never committed, or was not asked for in time. */
  private void forget(long before) {
    for (Iterator<Page> oldest = pages.values().iterator(); oldest.hasNext();) {
      Page page = oldest.next();
      if (page.at - before > 0) return;
      events -= page.events.size();
      oldest.remove();
    }
  }

  /** Null when it has to be read; it is forgotten here. */
  public synchronized List<Event> take(String id, long nanoTime) {
    asked = true;
    askedAt = nanoTime;
    Page page = pages.remove(id);
    if (page == null) return null;
    events -= page.events.size();
    return page.events;
  }
}
