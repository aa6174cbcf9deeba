package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.replies.Numbers;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Future;
import java.util.List;

/**
 * Holds messages to the {@link SenderRules}: refuses as REJECTED, or gives a message another sender. To stand behind {@code replypath}: a number on which a reply is to
 * come back is left as it is. The event ACCEPTED says what sender the customer named, ROUTED which one the message has. Codes: sender-blocked, sender-not-allowed.
 */
public final class SenderHandler implements MessageHandler {
  private Directory.View<AccountTree> accounts;
  private Directory.View<SenderRules> rules;
  private Directory.View<Numbers> numbers;

  @Override
  public String name() {
    return "senders";
  }

  @Override
  public Future<Void> start(Surroundings surroundings) {
    Directory directory = surroundings.node().directory();
    accounts = AccountTree.view(directory);
    rules = directory.view(SenderRules.KIND, SenderRules::of);
    numbers = Numbers.view(directory);
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    SenderRules now = rules.get();
    if (now.isEmpty()) return Future.succeededFuture(batch.stream().map(Decision::next).toList());
    AccountTree tree = accounts.get();
    return Future.succeededFuture(batch.stream().map(message -> decide(now, message, tree.lineage(message.account()))).toList());
  }

  private Decision decide(SenderRules now, Message message, List<Account> lineage) {
    boolean bringsReplies = message.origin().replyable() && numbers.get().pool(lineage).contains(message.from());
    return bringsReplies ? Decision.next(message) : by(now, message, lineage);
  }

  /** What the rules make of the message and its sender. */
  static Decision by(SenderRules now, Message message, List<Account> lineage) {
    if (now.blocking(message, lineage) != null) return refuse("sender-blocked", message, "is blocked");
    SenderRule ruling = now.ruling(message, lineage);
    if (ruling == null || ruling.allows(message.from())) return Decision.next(message);
    return ruling.substitute() != null ? Decision.next(message.withFrom(ruling.substitute())) : refuse("sender-not-allowed", message, "is not allowed to " + message.to());
  }

  /** The customer reads it: how the operator calls his rules is not his to know. */
  private static Decision refuse(String code, Message message, String why) {
    return Decision.refuse(Status.REJECTED, code, (message.from().isEmpty() ? "a message without a sender " : "the sender '" + message.from() + "' ") + why);
  }
}
