package io.godwit.routing;

import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.message.Message;
import io.godwit.worker.MessageHandler.Decision;
import java.util.Map;

/** What operators forbid: block lists, sender rules and velocity limits, as whoever changes them sees them. Thread-safe. */
public final class Guards {
  private final Directory.View<AccountTree> accounts;
  private final Directory.View<BlockList> blocks;
  private final Directory.View<SenderRules> senders;

  private Guards(Directory directory) {
    accounts = AccountTree.view(directory);
    blocks = directory.view(BlockList.KIND, BlockList::of);
    senders = directory.view(SenderRules.KIND, SenderRules::of);
    directory.view(VelocityRule.KIND, VelocityRules::of);
  }

  /** From now on such entries are judged in this process before they are written, whether it has a worker or not. */
  public static Guards of(Directory directory) {
    return directory.once(Guards.class, () -> new Guards(directory));
  }

  /** The kinds of entries, and how they are called in paths. */
  public static Map<String, String> kinds() {
    return Map.of(BlockList.KIND, "blocks", SenderRules.KIND, "sender-rules", VelocityRule.KIND, "velocity");
  }

  /** What the handlers {@code blocks} and {@code senders} make of a message by now: it is refused, or goes on, perhaps from another sender. */
  public Decision decide(Message message) {
    AccountTree tree = accounts.get();
    Decision decision = BlockHandler.decide(tree, blocks.get(), message);
    return decision instanceof Decision.Next ? SenderHandler.by(senders.get(), message, tree.lineage(message.account())) : decision;
  }
}
