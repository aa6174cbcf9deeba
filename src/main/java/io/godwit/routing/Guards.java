package io.godwit.routing;

import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.accounts.Slices;
import io.godwit.message.Message;
import io.godwit.store.MongoSet;
import io.godwit.worker.MessageHandler.Decision;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** What operators forbid: block lists, sender rules and velocity limits, as whoever changes them sees them. Thread-safe. */
public final class Guards {
  private final Directory.View<AccountTree> accounts;
  private final Directory.View<BlockList> blocks;
  private final Directory.View<SenderRules> senders;
  private final Directory.View<VelocityRules> velocity;

  private Guards(Directory directory) {
    accounts = AccountTree.view(directory);
    blocks = directory.view(BlockList.KIND, BlockList::of);
    senders = directory.view(SenderRules.KIND, SenderRules::of);
    velocity = directory.view(VelocityRule.KIND, VelocityRules::of);
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

  /**
   * The velocity limits that a message of this moment counts for, and what nodes have drawn of them in the present window; it is not counted. A node may have some left of what it has drawn.
   *
   * @return {@code [{rule, limit, unit, windowSeconds, action, used}]}
   */
  public Future<JsonArray> limits(Context context, MongoSet control, Message message, long now) {
    List<VelocityRule> rules = velocity.get().of(message, accounts.get().lineage(message.account()));
    if (rules.isEmpty()) return Future.succeededFuture(new JsonArray());
    return Slices.used(context, control, rules.stream().map(rule -> rule.key(message, now)).toList())
      .map(used -> new JsonArray(rules.stream().map(rule -> limit(rule, used.getOrDefault(rule.key(message, now), 0L))).toList()));
  }

  private static JsonObject limit(VelocityRule rule, long used) {
    return new JsonObject().put("rule", rule.id()).put("limit", rule.limit()).put("unit", rule.unit().name()).put("windowSeconds", rule.windowMs() / 1_000).put("action", rule.action().name())
      .put("used", used);
  }
}
