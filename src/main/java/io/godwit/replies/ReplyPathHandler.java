package io.godwit.replies;

import io.godwit.accounts.Account;
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
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a message that wants a unique reply the number on which that reply will come back: it becomes the message's sender. A
 * message of an account without numbers keeps the sender that it has. While the handset's home does not answer, messages wait.
 */
public final class ReplyPathHandler implements MessageHandler {
  private static final Logger log = LoggerFactory.getLogger(ReplyPathHandler.class);
  private static final int ANSWER_WITHIN_SECONDS = 3;
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
    accounts = node.directory().view(Account.KIND, AccountTree::of);
    numbers = node.directory().view(Numbers.KIND, Numbers::of);
    paths = new ReplyPaths(node.sets());
    return paths.open();
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    Map<Message, List<String>> pools = new LinkedHashMap<>();
    for (Message message : batch) {
      List<String> pool = message.origin().replyable() ? numbers.get().pool(accounts.get().lineage(message.account())) : List.of();
      if (!pool.isEmpty()) pools.put(message, pool);
    }
    if (pools.isEmpty()) return Future.succeededFuture(batch.stream().map(Decision::next).toList());
    return paths.take(Vertx.currentContext(), pools).timeout(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)
      .map(taken -> batch.stream().map(message -> pools.containsKey(message) ? Decision.next(message.withFrom(taken.get(message.id()))) : Decision.next(message)).toList())
      .recover(failure -> Future.succeededFuture(wait(batch, pools, failure)));
  }

  private List<Decision> wait(List<Message> batch, Map<Message, List<String>> pools, Throwable failure) {
    log.warn("{} messages wait for a number to reply to: {}", pools.size(), failure.toString());
    return batch.stream().map(message -> pools.containsKey(message) ? Decision.later(node.now() + WAIT_MS) : Decision.next(message)).toList();
  }
}
