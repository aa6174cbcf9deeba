package io.godwit.billing;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.godwit.worker.MessageHandler.Decision;
import io.godwit.worker.MessageHandler.Surroundings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** A gateway in miniature, with slots that route, reroute, and settle or cancel in each set, which dies at a write that is named beforehand. */
final class MortalProcess implements AutoCloseable {
  /** The writes between which it may die. */
  private static final List<String> WRITES = List.of("findAndModify balances", "findAndModify allotments", "update balances", "update allotments", "commitTransaction", "insert");

  final Ledger ledger;
  private final TestNode home;
  private final Gate gate = new Gate();
  private final TestNode node;
  private final List<Bench> benches = new ArrayList<>();
  private Gate.Stop death;

  /** What it has in one set. */
  private record Bench(Context context, Slot routing, BillingHandler handler, Repricing rerouting, Slot settling) { }

  MortalProcess(TestNode home) {
    this.home = home;
    node = home.another(gate);
    ledger = new Ledger(node.sets, new Pricing(node.directory));
    for (MongoSet set : node.sets.all()) {
      Context context = node.vertx.getOrCreateContext();
      BillingHandler handler = new BillingHandler();
      Slot routing = Await.on(context, () -> {
        Slot slot = node.node.queue(set.index()).openSlot("routing");
        return handler.start(new Surroundings(node.node, set.index(), slot, new JsonObject())).map(slot);
      });
      Repricing rerouting = Await.on(context, () -> Repricing.open(node.node, set.index(), node.node.queue(set.index()).openSlot("rerouting")));
      benches.add(new Bench(context, routing, handler, rerouting, Await.on(context, () -> ReleasingSlot.open(node.node, node.node.queue(set.index()), "settling"))));
    }
  }

  /** It dies before or after one of its next writes. */
  void willDie(Random random) {
    String[] write = WRITES.get(random.nextInt(WRITES.size())).split(" ");
    String on = write.length == 1 ? null : write[1];
    death = random.nextBoolean() ? gate.before(write[0], on) : gate.after(write[0], on);
  }

  boolean isDying() {
    return death != null && death.isReached();
  }

  /** Does all of it at the same time, until it is done or the process has come to the write at which it dies. */
  void attempt(List<Supplier<Future<Void>>> actions) {
    List<Future<Void>> done = new ArrayList<>();
    for (int i = 0; i < actions.size(); i++) done.add(Await.start(benches.get(i).context, actions.get(i)));
    Future<?> ended = Future.join(done);
    Await.until("it is done, or the process dies", 60, () -> ended.isComplete() || isDying());
  }

  Future<Void> route(int set, List<Message> batch, Map<String, Message> open) {
    Bench bench = benches.get(set);
    if (batch.isEmpty()) return Future.succeededFuture();
    return bench.handler.handle(batch).compose(decisions -> {
      Step step = new Step();
      for (int i = 0; i < batch.size(); i++) decided(batch.get(i), decisions.get(i), step);
      return step.isEmpty() ? Future.succeededFuture() : bench.routing.commit(step).onSuccess(v -> stand(step, batch, open)).onFailure(e -> batch.forEach(bench.handler::undone));
    });
  }

  private void decided(Message m, Decision decision, Step step) {
    if (decision instanceof Decision.Refuse no) step.event(new Event.Refused(m.id(), m.n() + 1, home.clock.get(), no.reason(), no.error(), null));
    if (!(decision instanceof Decision.Next next)) return;
    step.event(new Event.Routed(m.id(), m.n() + 1, home.clock.get(), "sim", m.from(), Event.Money.reserved(next.message().legs()), null));
    next.message().legs().forEach(leg -> step.money(leg.account(), -leg.amount()));
  }

  /** Waits until it knows the list as it is now, unless it dies before. */
  void learn(String rate) {
    Await.until("the process knows the prices", () -> isDying() || home.directory.entry("rate", rate).equals(node.directory.entry("rate", rate)));
  }

  /** Over another link, at the prices of this moment; what has no price now, or no credit for what it costs more, stays where it is. */
  Future<Void> reroute(int set, List<Message> batch, Map<String, Message> open) {
    Bench bench = benches.get(set);
    if (batch.isEmpty()) return Future.succeededFuture();
    return bench.rerouting.price(batch).compose(legs -> {
      Step step = new Step();
      for (int i = 0; i < batch.size(); i++) if (legs.get(i) != null) reroute(batch.get(i), legs.get(i), step);
      return step.isEmpty() ? Future.succeededFuture() : bench.rerouting.commit(step).onSuccess(v -> stand(step, batch, open));
    });
  }

  private void reroute(Message m, List<Leg> legs, Step step) {
    Event.Money money = legs.isEmpty() ? Event.Money.released(m.legs()) : Event.Money.reserved(legs);
    step.event(new Event.Routed(m.id(), m.n() + 1, home.clock.get(), m.link().equals("sim") ? "spare" : "sim", m.from(), money, m.link()));
    release(m, step);
    legs.forEach(leg -> step.money(leg.account(), -leg.amount()));
  }

  /** Before they were sent, and routed or not, their customers take them back, or their time is over. */
  Future<Void> cancel(int set, List<Message> batch, Random random, Map<String, Message> open) {
    Step step = new Step();
    for (Message m : batch) {
      Event.Money money = Event.Money.released(m.legs());
      step.event(random.nextBoolean() ? new Event.Cancelled(m.id(), m.n() + 1, home.clock.get(), money) : new Event.Expired(m.id(), m.n() + 1, home.clock.get(), "its validity ended", money));
      release(m, step);
    }
    return step.isEmpty() ? Future.succeededFuture() : benches.get(set).settling.commit(step).onSuccess(v -> stand(step, batch, open));
  }

  /** What carriers say, at random: sent, delivered, failed; billed or released as the account says. */
  Future<Void> settle(int set, List<Message> batch, AccountTree tree, Random random, Map<String, Message> open) {
    Step step = new Step();
    for (Message m : batch) settle(m, tree.get(m.account()), random.nextInt(3), step);
    return step.isEmpty() ? Future.succeededFuture() : benches.get(set).settling.commit(step).onSuccess(v -> stand(step, batch, open));
  }

  private void settle(Message m, Account account, int outcome, Step step) {
    long now = home.clock.get();
    boolean first = account.isBilledWhenSent();
    if (outcome == 0) {
      step.event(new Event.Failed(m.id(), m.n() + 1, now, m.link(), Failure.of("refused", "by the carrier"), Event.Money.released(m.legs())));
      release(m, step);
      return;
    }
    step.event(new Event.Sent(m.id(), m.n() + 1, now, m.link(), List.of("c" + m.id()), false, first ? Event.Money.billed(m.legs()) : null));
    if (outcome == 1) {
      step.event(new Event.Delivered(m.id(), m.n() + 2, now, -1, first ? null : Event.Money.billed(m.legs())));
    } else {
      step.event(new Event.Undeliverable(m.id(), m.n() + 2, now, Failure.of("rejected", "by the network"), -1, first ? null : account.refundOnFailure() ? Event.Money.released(m.legs()) : Event.Money.billed(m.legs())));
      if (!first && account.refundOnFailure()) release(m, step);
    }
  }

  private static void release(Message m, Step step) {
    m.legs().forEach(leg -> step.money(leg.account(), leg.amount()));
  }

  private static void stand(Step step, List<Message> batch, Map<String, Message> open) {
    for (Message m : batch) {
      List<Event> events = step.events().stream().filter(e -> e.id().equals(m.id())).toList();
      if (events.isEmpty()) continue;
      if (events.get(events.size() - 1).isFinal()) open.remove(m.id());
      else open.put(m.id(), routed(m, (Event.Routed) events.get(0)));
    }
  }

  private static Message routed(Message m, Event.Routed by) {
    return m.withRoute(by.link(), by.money() == null ? List.of() : by.money().legs()).next();
  }

  /** A message as these events leave it: accepted, or routed, perhaps again and again. */
  static Message standing(List<Event> events) {
    Message m = events.get(0).message();
    for (Event event : events.subList(1, events.size())) m = routed(m, (Event.Routed) event);
    return m;
  }

  /** Nothing of it passes any more; and others know it. */
  void die() {
    gate.cut();
    for (MongoSet set : node.sets.all()) {
      home.await(() -> Mongo.first(home.vertx.getOrCreateContext(), home.sets.get(set.index()).db().getCollection("incarnations")
        .updateOne(Filters.eq("_id", set.incarnation().number()), Updates.set("alive", false))));
    }
  }

  /** What is left of it ends by itself: nobody waits for the dead. */
  @Override
  public void close() {
    gate.close();
    node.directory.close();
    node.begin(node.sets::close).eventually(node.vertx::close);
  }
}
