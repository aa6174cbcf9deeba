package io.godwit.smppserver;

import io.godwit.message.Limits;
import java.util.HashMap;
import java.util.Map;

/** How many messages are being looked up for customers, of all and of each account: whoever asks for very many at once takes nothing from the others. Event loop only. */
final class LookUps {
  private final Map<String, Integer> ofAccount = new HashMap<>();
  private int all;

  /** Whether the store is to bear one more for that account. */
  boolean hasRoom(String account) {
    return all < Limits.LOOK_UPS && ofAccount.getOrDefault(account, 0) < Limits.LOOK_UPS_OF_ACCOUNT;
  }

  void begin(String account) {
    all++;
    ofAccount.merge(account, 1, Integer::sum);
  }

  void end(String account) {
    all--;
    ofAccount.computeIfPresent(account, (a, n) -> n == 1 ? null : n - 1);
  }
}
