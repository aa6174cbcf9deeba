package io.godwit.intake;

import java.util.HashMap;
import java.util.Map;

/** How much is under way at once, of all and of each account: whoever asks for very much takes nothing from the others. Event loop only. */
public final class Places {
  private final int most;
  private final int mostOfAccount;
  private final Map<String, Integer> ofAccount = new HashMap<>();
  private int taken;

  public Places(int most, int mostOfAccount) {
    this.most = most;
    this.mostOfAccount = mostOfAccount;
  }

  /** Whether one is free for that account. */
  public boolean hasRoom(String account) {
    return taken < most && ofAccount.getOrDefault(account, 0) < mostOfAccount;
  }

  public void take(String account) {
    taken++;
    ofAccount.merge(account, 1, Integer::sum);
  }

  public void leave(String account) {
    taken--;
    ofAccount.computeIfPresent(account, (a, n) -> n == 1 ? null : n - 1);
  }

  boolean areAllFree() {
    return taken == 0;
  }
}
