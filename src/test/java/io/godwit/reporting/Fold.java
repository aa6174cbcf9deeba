package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Event;
import io.godwit.testing.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What the rows must be: the fold of each message's events in order, whatever way they came. */
final class Fold {
  /** In milliseconds since 1970: the year 2200. */
  private static final long FAR = 7_258_118_400_000L;

  private Fold() {
  }

  /** All events in any order, cut into pages of any size. */
  static List<List<Event>> shuffledPages(long seed, List<List<Event>> lives) {
    Random random = new Random(seed);
    List<Event> events = new ArrayList<>(lives.stream().flatMap(List::stream).toList());
    Collections.shuffle(events, random);
    List<List<Event>> pages = new ArrayList<>();
    for (int from = 0; from < events.size(); ) {
      int to = Math.min(events.size(), from + 1 + random.nextInt(40));
      pages.add(events.subList(from, to));
      from = to;
    }
    return pages;
  }

  static void assertRows(Stand stand, List<List<Event>> lives, String hint) {
    TreeMap<String, String> expected = new TreeMap<>();
    for (List<Event> life : lives) expected.put(life.get(0).id(), Rows.expected(life));
    assertEquals(String.join("\n", expected.values()), String.join("\n", rows(stand).values()), hint);
  }

  private static Map<String, String> rows(Stand stand) {
    try (Rows rows = Rows.open(stand.vertx, stand.uri)) {
      return new TreeMap<>(Await.await(rows.lines(0, 0, FAR)));
    }
  }
}
