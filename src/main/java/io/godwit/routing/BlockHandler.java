package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Future;
import java.util.List;

/**
 * Refuses, as USER_BLOCKED, what comes from an account that is blocked or below a blocked one, and what goes to a number on
 * a block list. Codes: account-unknown, account-blocked, account-closed, number-blocked.
 */
public final class BlockHandler implements MessageHandler {
  private Directory.View<AccountTree> accounts;
  private Directory.View<BlockList> blocks;

  @Override
  public String name() {
    return "blocks";
  }

  @Override
  public Future<Void> start(Surroundings surroundings) {
    accounts = AccountTree.view(surroundings.node().directory());
    blocks = surroundings.node().directory().view(BlockList.KIND, BlockList::of);
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    AccountTree tree = accounts.get();
    BlockList list = blocks.get();
    return Future.succeededFuture(batch.stream().map(message -> decide(tree, list, message)).toList());
  }

  static Decision decide(AccountTree tree, BlockList list, Message message) {
    List<Account> lineage = tree.lineage(message.account());
    if (lineage.isEmpty()) return Decision.refuse(Status.USER_BLOCKED, "account-unknown", "there is no account " + message.account());
    Account account = tree.inactive(message.account());
    if (account != null) return Decision.refuse(Status.USER_BLOCKED, "account-" + account.status().name().toLowerCase(java.util.Locale.ROOT), who(message, account) + " may not send");
    if (list.blocks(message.to(), lineage)) return Decision.refuse(Status.USER_BLOCKED, "number-blocked", "messages to " + message.to() + " are blocked");
    return Decision.next(message);
  }

  /** The sender reads it: who is above him is not his to know. */
  private static String who(Message message, Account inactive) {
    return inactive.id().equals(message.account()) ? "account " + inactive.id() : "an account above it";
  }
}
