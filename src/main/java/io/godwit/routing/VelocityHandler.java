package io.godwit.routing;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Alerts;
import io.godwit.accounts.Directory;
import io.godwit.accounts.Slices;
import io.godwit.accounts.Slices.Claim;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.node.Node;
import io.godwit.worker.MessageHandler;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds traffic to the {@link VelocityRule}s, over all nodes, by {@link Slices} of a tenth of a limit: refuses as REJECTED ({@code velocity-limit}) what goes beyond one, or only raises an
 * alarm: an alert of the account that is counted, or of the operator, once a window. A message counts once, and not when another handler refuses or postpones it; after a crash some may count
 * twice. While the control set does not answer each node lets through a slice after the other.
 */
public final class VelocityHandler implements MessageHandler {
  private static final Logger log = LoggerFactory.getLogger(VelocityHandler.class);
  /** Less than a door waits for what is accepted and routed at once. */
  private static final long ANSWER_WITHIN_MS = 250;
  private static final long DAY_MS = 86_400_000;
  /** Whoever pumps is not told how much he may; the log says it, and the alert to the operator alone. */
  private static final String REFUSED = "too many messages to this destination";

  private final long answerWithinMs;
  private Node node;
  private Context context;
  private Directory.View<AccountTree> accounts;
  private Directory.View<VelocityRules> rules;
  private Slices slices;
  private Counted counted;
  private Alerts alerts;
  /** The count that was last found full, by rule and account: one alarm for each. */
  private final Map<String, String> full = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
      return size() > 10_000;
    }
  };

  public VelocityHandler() {
    this(ANSWER_WITHIN_MS);
  }

  /** The same with another patience, for tests. */
  VelocityHandler(long answerWithinMs) {
    this.answerWithinMs = answerWithinMs;
  }

  /** One rule for one message. */
  private record Part(VelocityRule rule, Claim claim) { }

  @Override
  public String name() {
    return "velocity";
  }

  @Override
  public Future<Void> start(Surroundings surroundings) {
    node = surroundings.node();
    context = Vertx.currentContext();
    accounts = AccountTree.view(node.directory());
    rules = node.directory().view(VelocityRule.KIND, VelocityRules::of);
    slices = new Slices(context, node.sets().control(), answerWithinMs);
    counted = new Counted(slices);
    alerts = new Alerts(node.sets().control());
    return slices.open().compose(v -> alerts.open(context));
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    batch.forEach(counted::cancel);
    VelocityRules now = rules.get();
    if (now.isEmpty()) return Future.succeededFuture(batch.stream().map(Decision::next).toList());
    List<List<Part>> parts = batch.stream().map(message -> parts(now, message, node.now())).toList();
    return Future.join(draws(parts)).transform(drawn -> {
      List<Decision> decisions = new ArrayList<>(batch.size());
      for (int i = 0; i < batch.size(); i++) decisions.add(decide(batch.get(i), parts.get(i)));
      return Future.succeededFuture(decisions);
    });
  }

  private List<Part> parts(VelocityRules rules, Message message, long now) {
    return rules.of(message, accounts.get().lineage(message.account())).stream().map(rule -> new Part(rule,
      new Claim(rule.key(message, now), rule.limit(), rule.need(message), rule.slice(), false, rule.windowMs() + DAY_MS))).toList();
  }

  /** One for each count of which there is not enough here for all of the batch. */
  private List<Future<Boolean>> draws(List<List<Part>> parts) {
    Map<String, Claim> all = new LinkedHashMap<>();
    for (List<Part> of : parts) for (Part part : of) all.merge(part.claim.key(), part.claim, VelocityHandler::both);
    List<Future<Boolean>> draws = new ArrayList<>();
    for (Claim claim : all.values()) if (!slices.covers(claim) && !slices.isShut(least(claim))) draws.add(slices.draw(least(claim), used -> { }));
    return draws;
  }

  private static Claim both(Claim one, Claim other) {
    return new Claim(one.key(), one.limit(), one.need() + other.need(), one.slice(), false, one.lasts());
  }

  /** As much as the whole batch needs, but if there is only some that as well. */
  private Claim least(Claim claim) {
    return new Claim(claim.key(), claim.limit(), slices.left(claim.key()) + 1, Math.max(claim.slice(), claim.need()), false, claim.lasts());
  }

  private Decision decide(Message message, List<Part> parts) {
    for (Part part : parts) {
      if (part.rule.action() != VelocityRule.Action.REFUSE || slices.covers(part.claim)) continue;
      alarm(message, part);
      return Decision.refuse(Status.REJECTED, "velocity-limit", REFUSED);
    }
    List<Claim> taken = new ArrayList<>(parts.size());
    for (Part part : parts) {
      if (slices.spend(part.claim)) taken.add(part.claim);
      else alarm(message, part);
    }
    counted.add(message, taken);
    return Decision.next(message);
  }

  private void alarm(Message message, Part part) {
    String key = part.claim.key();
    String of = key.substring(0, key.lastIndexOf('/'));
    if (key.equals(full.put(of, key))) return;
    VelocityRule rule = part.rule;
    JsonObject details = new JsonObject().put("rule", rule.id()).put("prefix", rule.prefix()).put("limit", rule.limit()).put("unit", rule.unit().name()).put("windowSeconds", rule.windowMs() / 1_000)
      .put("action", rule.action().name()).put("account", message.account()).put("to", message.to());
    alerts.raise(context, key, alarmed(message, rule), Alerts.Kind.VELOCITY, details).onSuccess(isNew -> {
      if (!isNew) return;
      log.warn("velocity limit {} is reached: {}, by {} to {}", rule.id(), rule.text(), message.account(), message.to());
      Counter.builder("godwit.velocity.alarms").description("velocity limits that were reached, once a window").tag("rule", rule.id()).register(node.meters()).increment();
    }).onFailure(e -> {
      full.remove(of);
      log.warn("velocity limit {} is reached, and the alarm could not be stored: {}", rule.id(), e.toString());
    });
  }

  /** Whoever is counted; the operator, where all are. */
  private String alarmed(Message message, VelocityRule rule) {
    if (rule.each()) return message.account();
    if (rule.account() != null) return rule.account();
    List<Account> lineage = accounts.get().lineage(message.account());
    return lineage.isEmpty() ? message.account() : lineage.get(lineage.size() - 1).id();
  }

  @Override
  public void undone(Message message) {
    counted.cancel(message);
  }
}
