package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Limits;
import org.junit.jupiter.api.Test;

class LookUpsTest {
  private final LookUps lookUps = new LookUps();

  /** @return how many it was allowed */
  private int take(String account) {
    int taken = 0;
    for (; lookUps.hasRoom(account); taken++) lookUps.begin(account);
    return taken;
  }

  @Test
  void whoAsksForAllAtOnceLeavesRoomForOthers() {
    assertEquals(Limits.LOOK_UPS_OF_ACCOUNT, take("greedy"));
    assertTrue(lookUps.hasRoom("modest"));
    lookUps.end("greedy");
    assertEquals(1, take("greedy"));
  }

  @Test
  void allTogetherTakeNoMoreThanTheStoreIsToBear() {
    int taken = 0;
    for (int i = 0; i < 10; i++) taken += take("account " + i);
    assertEquals(Limits.LOOK_UPS, taken);
    assertFalse(lookUps.hasRoom("another"));
    lookUps.end("account 0");
    assertTrue(lookUps.hasRoom("another"));
  }
}
