package io.godwit.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RanksTest {
  static final long NOW = 1_000_000;
  final Ranks ranks = new Ranks();

  @Test
  void firstParcelComesNow() {
    assertEquals(NOW, ranks.next("a", 500, 1, NOW));
  }

  @Test
  void everyFurtherParcelComesLaterByItsMessages() {
    ranks.next("a", 500, 1, NOW);
    assertEquals(NOW + 500, ranks.next("a", 500, 1, NOW));
    assertEquals(NOW + 510, ranks.next("a", 10, 1, NOW));
    assertEquals(510, ranks.ahead("a", NOW));
  }

  @Test
  void anotherAccountIsNotDelayed() {
    for (int i = 0; i < 100; i++) ranks.next("a", 500, 1, NOW);
    assertEquals(NOW, ranks.next("b", 10, 1, NOW));
  }

  @Test
  void largerShareFallsBehindMoreSlowly() {
    ranks.next("a", 500, 5, NOW);
    assertEquals(NOW + 100, ranks.next("a", 500, 5, NOW));
  }

  @Test
  void whatTheClockHasPassedIsForgotten() {
    ranks.next("a", 500, 1, NOW);
    ranks.next("a", 500, 1, NOW);
    assertEquals(NOW + 10_000, ranks.next("a", 500, 1, NOW + 10_000));
    for (int i = 0; i < 20_000; i++) ranks.next("other-" + i, 1, 1, NOW + 20_000);
    assertEquals(0, ranks.ahead("a", NOW));
  }
}
