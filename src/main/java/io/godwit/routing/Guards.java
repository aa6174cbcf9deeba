package io.godwit.routing;

import io.godwit.accounts.Directory;
import java.util.Map;

/** What operators forbid: block lists, sender rules and velocity limits, as whoever changes them sees them. */
public final class Guards {
  private Guards() {
  }

  /**
   * From now on such entries are judged in this process before they are written, whether it has a worker or not.
   *
   * @return the kinds, and how they are called in paths
   */
  public static Map<String, String> read(Directory directory) {
    directory.view(BlockList.KIND, BlockList::of);
    directory.view(SenderRules.KIND, SenderRules::of);
    directory.view(VelocityRule.KIND, VelocityRules::of);
    return Map.of(BlockList.KIND, "blocks", SenderRules.KIND, "sender-rules", VelocityRule.KIND, "velocity");
  }
}
