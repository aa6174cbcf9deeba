package io.godwit.reporting;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One's time as the projector of a set: the epoch under which one writes, and what is known to be applied. Not thread-safe. */
final class Tenure {
  final long epoch;
  final Mark mark;
  /** Ids of the pages at or above the mark that are applied, with their {@code ts}; the same as in table {@code applied_page}. */
  private final Map<String, Long> applied;

  Tenure(long epoch, long mark, Map<String, Long> applied) {
    this.epoch = epoch;
    this.mark = new Mark(mark);
    this.applied = new HashMap<>(applied);
  }

  Set<String> applied() {
    return applied.keySet();
  }

  /** After the transaction that applied the pages and stored the mark. */
  void committed(List<PageRef> pages, long storedMark) {
    pages.forEach(page -> applied.put(page.id(), page.ts()));
    applied.values().removeIf(ts -> ts < storedMark);
  }

  /** Another one has taken over: nothing of the transaction took effect. */
  static final class Fenced extends RuntimeException {
    Fenced(int set, long epoch) {
      super("epoch " + epoch + " of set " + set + " is over: another process projects it", null, false, false);
    }
  }
}
