package io.godwit.link;

import io.godwit.events.Sendings;
import io.godwit.message.DeliveryReport;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.MessageId;
import io.godwit.node.Node;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.smpp.CarrierId;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.godwit.worker.Outlets;
import io.godwit.worker.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Receipts for which no message waited in all their time. Most came twice, the second time to a process that had never heard of the message:
 * {@link Carriers} remembers what this one has finished, but no restart. They are looked for in the events of all sets, and are late where they are found;
 * the rest becomes dead letters.
 *
 * <p>Nobody waits for them, so that this may be slow, but it must not cost what others need: one search at a time, for all that are here, bounded in
 * time, and nine times as long a rest. What comes too fast for that is buried unsought. Confined to the context of its stage.
 */
final class Strangers implements Stage.Decider {
  private static final long SEARCH_MS = 20_000;
  private static final int REST = 9;
  /** Longer than that after it came nobody looks for it. */
  private static final long WORTH_MS = 15 * 60_000L;
  private static final long SET_DOWN_MS = 30_000;

  /** A set that takes longer is told with the receipts' next try. */
  private static final long ANSWER_WITHIN_MS = 2_000;

  private final Context context;
  private final Node node;
  private final MessageQueue home;
  private final Carriers carriers;
  private final Map<MessageQueue, Slot> slots = new HashMap<>();
  private final LongSupplier ticker;
  private long rested;

  /** @param ticker nanoseconds of a monotonic clock */
  Strangers(Context context, Node node, MessageQueue home, Carriers carriers, LongSupplier ticker) {
    this.ticker = ticker;
    this.rested = ticker.getAsLong();
    this.context = context;
    this.node = node;
    this.home = home;
    this.carriers = carriers;
  }

  /** One look through the events of one set after the other. */
  private final class Search {
    final Map<String, Set<DeliveryReport>> wanted = new HashMap<>();
    final Map<DeliveryReport, String> found = new HashMap<>();
    final int sought;
    boolean everywhere = true;

    Search(List<DeliveryReport> reports) {
      for (DeliveryReport report : reports) {
        carriers.candidates(report).forEach(candidate -> wanted.computeIfAbsent(report.link() + "/" + candidate.key(), k -> new HashSet<>()).add(report));
      }
      sought = (int) reports.stream().filter(report -> !carriers.candidates(report).isEmpty()).count();
    }

    /** @return whether some are still to be found */
    boolean see(Sendings.Sending sending) {
      for (String id : sending.carrierIds()) {
        for (DeliveryReport report : wanted.getOrDefault(sending.link() + "/" + CarrierId.key(id), Set.of())) found.putIfAbsent(report, sending.message());
      }
      return found.size() < sought;
    }

    Future<Void> in(MongoSet set, long millis) {
      if (found.size() == sought) return Future.succeededFuture();
      if (!set.isHealthy() || node.queue(set.index()) == null) {
        everywhere = false;
        return Future.succeededFuture();
      }
      return Sendings.backwards(context, set, millis, this::see);
    }
  }

  @Override
  public Future<Step> decide(List<Parcel> parcels) {
    List<DeliveryReport> reports = parcels.stream().flatMap(parcel -> parcel.reports().stream()).toList();
    Step step = new Step();
    parcels.forEach(step::finish);
    long began = ticker.getAsLong();
    if (rested - began > 0) return Future.succeededFuture(postponed(step, reports, TimeUnit.NANOSECONDS.toMillis(rested - began) + 1));
    Search search = new Search(reports);
    List<MongoSet> sets = node.sets().all();
    Future<Void> looked = Future.succeededFuture();
    for (MongoSet set : sets) looked = looked.compose(v -> search.in(set, SEARCH_MS / sets.size()));
    return looked.andThen(done -> rest(began)).compose(v -> told(step, reports, search));
  }

  private void rest(long began) {
    long now = ticker.getAsLong();
    rested = now + REST * (now - began);
  }

  private Step postponed(Step step, List<DeliveryReport> reports, long millis) {
    Outlets outlets = new Outlets(home, step);
    for (DeliveryReport report : reports) {
      if (MessageId.millis(report.id()) + WORTH_MS > home.now()) wait(outlets, report, millis);
      else bury(step, report, "no message was found for it, and it was not looked for among those that have ended");
    }
    outlets.close();
    return step;
  }

  private void wait(Outlets outlets, DeliveryReport report, long millis) {
    outlets.put(Parcel.STRANGERS, Lane.BULK, home.now() + millis, home.now(), report);
  }

  private void bury(Step step, DeliveryReport report, String why) {
    step.deadLetter(report, Parcel.RECEIPTS, why, home.now());
  }

  /** The trails in other sets are told first: who dies in between tells them once more. What such a set does not take is looked for again. */
  private Future<Step> told(Step step, List<DeliveryReport> reports, Search search) {
    Map<Integer, List<DeliveryReport>> elsewhere = new HashMap<>();
    Outlets outlets = new Outlets(home, step);
    for (DeliveryReport report : reports) {
      String message = search.found.get(report);
      if (message != null && MessageId.set(message) == home.set()) step.event(late(message, report));
      else if (message != null) elsewhere.computeIfAbsent(MessageId.set(message), set -> new ArrayList<>()).add(report);
      else if (search.everywhere) bury(step, report, "no message was found for it");
      else wait(outlets, report, SET_DOWN_MS);
    }
    Future<Void> told = Future.succeededFuture();
    for (var there : elsewhere.entrySet()) {
      told = told.compose(v -> tell(there.getKey(), there.getValue(), search)).recover(failure -> {
        there.getValue().forEach(report -> wait(outlets, report, SET_DOWN_MS));
        return Future.succeededFuture();
      });
    }
    return told.map(v -> {
      outlets.close();
      return step;
    });
  }

  private Future<Void> tell(int set, List<DeliveryReport> reports, Search search) {
    Slot slot = slots.computeIfAbsent(node.queue(set), queue -> queue.openSlot("strangers-of-" + home.set()));
    Step step = new Step();
    reports.forEach(report -> step.event(late(search.found.get(report), report)));
    return Deadline.within(ANSWER_WITHIN_MS, slot.commit(step));
  }

  private Event late(String message, DeliveryReport report) {
    return Meeting.late(message, home.now(), report);
  }

  @Override
  public Step bury(Parcel parcel, Throwable why) {
    Step step = new Step().finish(parcel);
    parcel.reports().forEach(report -> bury(step, report, DeadLetter.reason(why)));
    return step;
  }

  Future<Void> close() {
    return Future.join(slots.values().stream().map(Slot::close).toList()).mapEmpty();
  }
}
