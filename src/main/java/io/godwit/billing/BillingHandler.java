package io.godwit.billing;

import io.godwit.message.Carriage;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.node.Node;
import io.godwit.store.Deadline;
import io.godwit.worker.MessageHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prices each message and reserves its legs, all or none, from the slot's purse. Refuses as REJECTED ({@code no-price}) what a
 * seller has no price for, and as NO_CREDIT ({@code no-credit}) what the credit does not reach for; while another slot may
 * still return some, or a store does not answer, the message waits. To be the last of the handlers: its price is
 * that of the message as the others leave it.
 */
public final class BillingHandler implements MessageHandler {
  private static final Logger log = LoggerFactory.getLogger(BillingHandler.class);
  /** Until another try while no credit can be fetched. */
  private static final long OUTAGE_MS = 2_000;
  /** What is drawn, or known, later than that helps a later try: those that have credit must not wait for a store. */
  private static final long DRAW_WITHIN_MS = 2_000;

  private Node node;
  private int set;
  private Pricing pricing;
  private Credit credit;
  private Purse purse;
  private Reservations reservations;
  private long warned;
  private final Patience patience = new Patience();

  @Override
  public String name() {
    return "billing";
  }

  @Override
  public Future<Void> start(Surroundings surroundings) {
    node = surroundings.node();
    set = surroundings.set();
    credit = new Credit(node.sets());
    return node.sets().control().ensureCollection(Balances.COLLECTION).compose(v -> Pricing.open(node)).onSuccess(opened -> pricing = opened)
      .compose(v -> Purse.open(node, set, surroundings.slot()))
      .onSuccess(opened -> {
        purse = opened;
        reservations = new Reservations(opened);
      }).mapEmpty();
  }

  @Override
  public Future<List<Decision>> handle(List<Message> batch) {
    batch.forEach(reservations::cancel);
    purse.settled();
    List<Pricing.Quote> quotes = batch.stream().map(pricing::quote).toList();
    return purse.ready().compose(v -> Deadline.within(DRAW_WITHIN_MS, purse.recount()).otherwiseEmpty())
      .compose(v -> Deadline.within(DRAW_WITHIN_MS, Future.join(Demand.of(quotes).draws(purse))).transform(drawn -> decide(batch, quotes, drawn.succeeded() ? null : drawn.cause())))
      .recover(failure -> Future.succeededFuture(wait(batch, failure)));
  }

  /** Reserves in the batch's order; {@code trouble} is why money could not be fetched, null when nothing was wrong. */
  private Future<List<Decision>> decide(List<Message> batch, List<Pricing.Quote> quotes, Throwable trouble) {
    List<Decision> decisions = new ArrayList<>(batch.size());
    List<Integer> shorts = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Decision decision = reserve(batch.get(i), quotes.get(i));
      if (decision == null) shorts.add(i);
      decisions.add(decision);
    }
    if (shorts.isEmpty()) return Future.succeededFuture(decisions);
    if (trouble != null) warn(shorts.size(), trouble);
    Purse.Moment asked = purse.moment();
    Future<Map<String, Credit.Reach>> reach = trouble == null ? Deadline.within(DRAW_WITHIN_MS, reach(shorts.stream().map(quotes::get).toList())) : Future.failedFuture(trouble);
    return reach.transform(known -> {
      long now = node.now();
      for (int i : shorts) decisions.set(i, known.succeeded() ? judge(batch.get(i), quotes.get(i).legs(), known.result(), asked, now) : excuse(batch.get(i), now));
      return Future.succeededFuture(decisions);
    });
  }

  /** Null when the purse has not enough. */
  private Decision reserve(Message message, Pricing.Quote quote) {
    if (!quote.isComplete()) return Decision.refuse(Status.REJECTED, "no-price", "there is no price for messages to " + message.to()); // whose is missing is told to those who ask for a route
    if (!purse.reserve(quote.legs())) return null;
    reservations.add(message, quote.legs());
    patience.end(message);
    Carriage carriage = message.carriage() == null ? Carriage.over(pricing.network(message.to())) : message.carriage();
    return Decision.next(message.withRoute(message.link(), quote.legs()).withCarriage(carriage));
  }

  /** What each of the accounts that are short could still get. */
  private Future<Map<String, Credit.Reach>> reach(List<Pricing.Quote> quotes) {
    Map<String, Future<Credit.Reach>> asked = new HashMap<>();
    for (Pricing.Quote quote : quotes) for (Leg leg : quote.legs()) {
      if (purse.available(leg.account()) < leg.amount()) {
        asked.computeIfAbsent(leg.account(), a -> credit.reachable(Vertx.currentContext(), a, pricing.floor(a), set, purse.allotment()));
      }
    }
    return Future.all(List.copyOf(asked.values())).map(all -> {
      Map<String, Credit.Reach> reach = new HashMap<>();
      asked.forEach((account, answer) -> reach.put(account, answer.result()));
      return reach;
    });
  }

  /** Refuses where the credit cannot reach with all that is held, or that has not come back in the time that they have for it; never what the free balance covers. */
  private Decision judge(Message message, List<Leg> legs, Map<String, Credit.Reach> reach, Purse.Moment asked, long now) {
    for (Leg leg : legs) {
      long missing = leg.amount() - purse.available(leg.account());
      Credit.Reach reachable = reach.get(leg.account());
      if (reachable == null || missing <= Math.max(0, reachable.free()) || reachable.covers(missing, purse.unknown(leg.account(), reachable.own(), asked)) && !patience.isOver(message, now)) continue;
      patience.end(message);
      return Decision.refuse(Status.NO_CREDIT, "no-credit", lacking(message, leg));
    }
    return Decision.later(now + patience.pause(message, now));
  }

  /** The sender reads it: what those above him pay is not his to know. */
  private static String lacking(Message message, Leg leg) {
    return leg.account().equals(message.account()) ? "account " + leg.account() + " lacks credit for " + leg.amount() + " micro-units of " + leg.currency() : "an account above it lacks credit";
  }

  private List<Decision> wait(List<Message> batch, Throwable failure) {
    warn(batch.size(), failure);
    long now = node.now();
    return batch.stream().map(message -> excuse(message, now)).toList();
  }

  /** Nothing is known about its credit: the time in which others could return some does not run. */
  private Decision excuse(Message message, long now) {
    patience.end(message);
    return Decision.later(now + (node.sets().control().isHealthy() ? Patience.FIRST_PAUSE_MS : OUTAGE_MS));
  }

  /** Once a second at most: an outage lasts for many batches. */
  private void warn(int messages, Throwable why) {
    long now = node.now();
    if (now - warned < 1_000) return;
    warned = now;
    log.warn("{} messages wait for credit that cannot be asked for: {}", messages, why.toString());
  }

  @Override
  public void undone(Message message) {
    reservations.cancel(message);
  }

  @Override
  public Future<Void> stop() {
    return purse == null ? Future.succeededFuture() : purse.close();
  }
}
