package io.godwit.intake;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.billing.Pricing;
import io.godwit.message.Leg;
import io.godwit.message.Limits;
import io.godwit.message.MessageId;
import io.godwit.node.Node;
import io.godwit.queue.MessageQueue;
import io.godwit.store.MongoSet;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one path in for messages, and back out. One object for each instance of a door, confined to the event loop that opened it; it commits by three slots
 * a set, so that few messages never wait behind many, and takes messages back by a fourth.
 */
public final class Intake {
  private static final Logger log = LoggerFactory.getLogger(Intake.class);
  private static final AtomicInteger OPENED = new AtomicInteger();
  private static final long EXPIRE_EVERY_MS = 250;

  private final Node node;
  private final long answerTimeout;
  private final Directory.View<AccountTree> accounts;
  private Future<Pricing> pricing;
  private final Quotas quotas;
  private final Map<Integer, Lines> sets = new HashMap<>();
  private final Map<Integer, Cancellation> cancellations = new HashMap<>();
  private final Counter accepted;
  private final Timer commits;
  private final Gauge waiting;
  private final long expiry;

  /**
   * The lines of one set.
   *
   * @param keyed for offers with something to write besides, which may fail for a duplicate and hold up those that go with them
   */
  private record Lines(Line few, Line many, Line keyed) {
    Line of(Offer offer) {
      if (offer.extra() != null) return keyed;
      return offer.size() > Limits.SHARED_MESSAGES ? many : few;
    }

    Stream<Line> all() {
      return Stream.of(few, many, keyed);
    }
  }

  private Intake(Node node, Context context, long answerTimeout) {
    int number = OPENED.incrementAndGet();
    this.node = node;
    this.answerTimeout = answerTimeout;
    this.accounts = AccountTree.view(node.directory());
    this.pricing = Pricing.open(node);
    this.quotas = new Quotas(context, node.sets().control());
    quotas.open().onFailure(e -> log.warn("the limits' collection is not prepared: {}", e.toString()));
    node.queues().each(queue -> open(context, queue));
    this.accepted = Counter.builder("godwit.intake.accepted").description("messages accepted").register(node.meters());
    this.commits = Timer.builder("godwit.intake.accept").description("from an offer to its commit").publishPercentiles(0.5, 0.99).register(node.meters());
    this.waiting = Gauge.builder("godwit.intake.waiting", this, Intake::waiting).description("messages that wait to be accepted")
      .tag("intake", Integer.toString(number)).register(node.meters());
    this.expiry = context.owner().setPeriodic(EXPIRE_EVERY_MS, t -> tick(System.nanoTime()));
  }

  private Future<Void> open(Context context, MessageQueue queue) {
    Packing packing = new Packing(queue, account -> Account.weight(accounts.get().get(account)));
    sets.put(queue.set(), new Lines(new Line(context, queue, packing, false), new Line(context, queue, packing, false), new Line(context, queue, packing, true)));
    cancellations.put(queue.set(), new Cancellation(context, node, queue));
    return Future.succeededFuture();
  }

  /** A commit that takes long speaks against its set. Then, and when the set is known not to answer, what waits behind it goes to another one. */
  private void tick(long now) {
    sets.forEach((number, of) -> {
      MongoSet set = node.sets().get(number);
      of.all().forEach(line -> line.expire(now));
      if (of.all().filter(line -> line.becomesLate(now)).count() > 0) set.doubt();
      if (set.isHealthy()) return;
      MongoSet other = pick();
      if (other != null && other != set && other.isHealthy()) Stream.of(of.few, of.many).forEach(line -> line.moveTo(offer -> sets.get(other.index()).of(offer)));
    });
  }

  /**
   * Opens the slots on the caller's context.
   *
   * @param answerTimeout milliseconds after which an offer is answered in any case
   */
  public static Intake open(Node node, long answerTimeout) {
    return new Intake(node, node.vertx().getOrCreateContext(), answerTimeout);
  }

  /** Looks at one submission; changes nothing. */
  public Screening.Result screen(Submission submission) {
    Account account = accounts.get().get(submission.account());
    return Screening.screen(submission.from() == null && account != null && account.sender() != null ? submission.withFrom(account.sender()) : submission, node.now());
  }

  /** Makes the drafts durable in one unit of work of one healthy set. Fails only for a fault that nobody expected. */
  public Future<Outcome> accept(Offer offer) {
    MongoSet set = offer.set() < 0 ? pick() : node.sets().get(offer.set());
    if (set == null || !set.isTrusted() || !sets.containsKey(set.index())) return refused(Refusal.storeUnavailable());
    if (waiting() + offer.size() > Limits.INTAKE_MESSAGES || Line.weight() > 0 && Line.weight() + offer.weight() > Limits.INTAKE_BYTES) return refused(Refusal.overloaded());
    List<Account> limited = accounts.get().lineage(offer.account()).stream().filter(account -> account.limits().areAny()).toList();
    if (limited.isEmpty()) return line(set, offer);
    if (!pricing().succeeded() && limited.stream().anyMatch(account -> account.limits().spendPerDay() > 0)) return refused(Refusal.storeUnavailable());
    int segments = offer.drafts().stream().mapToInt(draft -> draft.text().segments()).sum();
    return quotas.take(offer.account(), limited, segments, spend(limited, offer), node.now()).compose(refusal -> refusal == null ? line(set, offer) : refused(refusal));
  }

  /** A set for what may go to any: one that answers, and whose lines are open. Null when there is none. */
  private MongoSet pick() {
    MongoSet picked = node.sets().pick();
    if (picked == null || sets.containsKey(picked.index())) return picked;
    return node.sets().all().stream().filter(set -> set.isTrusted() && sets.containsKey(set.index())).findFirst().orElse(null);
  }

  /** By the prices of this moment, for each account in the chain; nothing where one is missing. */
  private Map<String, Long> spend(List<Account> limited, Offer offer) {
    if (limited.stream().allMatch(account -> account.limits().spendPerDay() == 0)) return Map.of();
    Map<String, Long> spend = new HashMap<>();
    for (Draft draft : offer.drafts()) {
      for (Leg leg : pricing.result().quote(draft.account(), draft.to().e164(), draft.text().segments()).legs()) spend.merge(leg.account(), leg.amount(), Long::sum);
    }
    return spend;
  }

  /** Opened anew when that failed before: the control set may not have answered. */
  private Future<Pricing> pricing() {
    if (pricing.failed()) pricing = Pricing.open(node);
    return pricing;
  }

  private Future<Outcome> line(MongoSet set, Offer offer) {
    Timer.Sample began = Timer.start(node.meters());
    return sets.get(set.index()).of(offer).accept(offer, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(answerTimeout)).onSuccess(outcome -> {
      began.stop(commits);
      if (outcome instanceof Outcome.Accepted) accepted.increment(offer.size());
    });
  }

  /** Whether one more message, or batch, of that set may wait to be taken back for that account. */
  public boolean mayCancel(String account, String id) {
    return cancellations.get(MessageId.set(id)).hasRoom(account);
  }

  /**
   * Takes a message back, with what was reserved for it, if it surely was not submitted to a carrier.
   *
   * @param account who asks for it
   * @param id of a message in a set that is joined
   * @return false = nothing was changed: it is in no parcel any more, or may have been submitted
   */
  public Future<Boolean> cancel(String account, String id) {
    return cancellations.get(MessageId.set(id)).cancel(account, id);
  }

  /**
   * The same for all messages of a batch that surely were not submitted yet.
   *
   * @return how many were cancelled by this call
   */
  public Future<Integer> cancelBatch(String account, String batch) {
    return cancellations.get(MessageId.set(batch)).cancelBatch(account, batch);
  }

  private static Future<Outcome> refused(Refusal refusal) {
    return Future.succeededFuture(new Outcome.Refused(refusal));
  }

  private List<Line> lines() {
    return sets.values().stream().flatMap(Lines::all).toList();
  }

  private int waiting() {
    int messages = 0;
    for (Lines of : sets.values()) messages += of.few.messages() + of.many.messages() + of.keyed.messages();
    return messages;
  }

  /** Lets commits in flight finish, and what waits; nothing may be offered any more. */
  public Future<Void> close() {
    return Future.join(lines().stream().map(Line::drain).toList()).compose(drained -> {
      node.vertx().cancelTimer(expiry);
      node.meters().remove(waiting);
      lines().forEach(Line::close);
      return Future.join(cancellations.values().stream().map(Cancellation::close).toList()).mapEmpty();
    });
  }
}
