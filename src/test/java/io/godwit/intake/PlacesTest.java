package io.godwit.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PlacesTest {
  private final Places places = new Places(100, 25);

  /** @return how many it was allowed */
  private int take(String account) {
    int taken = 0;
    for (; places.hasRoom(account); taken++) places.take(account);
    return taken;
  }

  @Test
  void whoAsksForAllAtOnceLeavesRoomForOthers() {
    assertEquals(25, take("greedy"));
    assertTrue(places.hasRoom("modest"));
    places.leave("greedy");
    assertEquals(1, take("greedy"));
  }

  @Test
  void allTogetherTakeNoMoreThanThereAre() {
    int taken = 0;
    for (int i = 0; i < 10; i++) taken += take("account " + i);
    assertEquals(100, taken);
    assertFalse(places.hasRoom("another"));
    places.leave("account 0");
    assertTrue(places.hasRoom("another"));
  }

  @Test
  void allAreFreeWhenTheLastHasLeft() {
    places.take("one");
    places.take("another");
    places.leave("one");
    assertFalse(places.areAllFree());
    places.leave("another");
    assertTrue(places.areAllFree());
  }
}
