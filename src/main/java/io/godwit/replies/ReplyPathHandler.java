package io.godwit.replies;

import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.message.Message;
import io.godwit.node.Node;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives a message that wants a unique reply the number on which that reply will come back: it becomes the message's sender. A
 * message of an account without numbers keeps the sender that it has. While the handset's home does not answer, messages wait.
 */
public final class ReplyPathHandler implements MessageHandler {
  private static final long WAIT_MS = 2_000;

  private Node node;
  private ReplyPaths paths;
  private Directory.View<AccountTree> accounts;
  private Directory.View<Numbers> numbers;

  @Override
  public String name() {
    return "replypath";
  }

  @Override
  public Future<Void> start(Surroundings surroundings) {
    node = surroundings.node();
    accounts = AccountTree.view(node.directory());
    numbers = Numbers.view(node.directory());
    paths = new ReplyPaths(node.sets());
    return paths.open(node.sets().get(surroundings.set()));
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    Map<Message, List<String>> pools = new LinkedHashMap<>();
    for (Message message : batch) {
      List<String> pool = message.origin().replyable() ? numbers.get().pool(accounts.get().lineage(message.account())) : List.of();
      if (!pool.isEmpty()) pools.put(message, pool);
    }
    if (pools.isEmpty()) return Future.succeededFuture(batch.stream().map(Decision::next).toList());
    return paths.take(Vertx.currentContext(), pools).map(taken -> batch.stream().map(message -> decide(message, pools, taken)).toList());
  }

  private Decision decide(Message message, Map<Message, List<String>> pools, Map<String, String> taken) {
    if (!pools.containsKey(message)) return Decision.next(message);
    String number = taken.get(message.id());
    return number == null ? Decision.later(node.now() + WAIT_MS) : Decision.next(message.withFrom(number));
  }
}
