package io.godwit.link;

import io.godwit.message.DeliveryReport;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.node.Node;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.godwit.worker.Outlets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Where receipts find their messages that were stored in another set than they: a receipt is put there, and only then leaves here. Who dies in
 * between leaves it in both; then the second is late and changes nothing. Confined to the context of its stage.
 */
final class OtherSets {
  /** A set that takes longer is asked again with the receipts' next try: the receipts of this one must not wait for it. */
  private static final long ANSWER_WITHIN_MS = 2_000;

  private final Context context;
  private final Node node;
  private final MessageQueue home;
  private final Map<MessageQueue, Slot> slots = new HashMap<>();

  /** @param home the set whose receipts look elsewhere */
  OtherSets(Context context, Node node, MessageQueue home) {
    this.context = context;
    this.node = node;
    this.home = home;
  }

  /**
   * What the other sets said.
   *
   * @param taken receipts that are in another set now
   * @param all whether each set has said what it knows; else a receipt's message may be where nobody could look
   */
  record Answer(Set<DeliveryReport> taken, boolean all) { }

  Future<Answer> take(List<DeliveryReport> reports, Function<DeliveryReport, List<Long>> keys) {
    Future<Answer> answer = Future.succeededFuture(new Answer(new HashSet<>(), true));
    if (reports.isEmpty()) return answer;
    for (MongoSet set : node.sets().all()) if (set.index() != home.set()) answer = answer.compose(so -> add(so, set, reports, keys));
    return answer;
  }

  private Future<Answer> add(Answer soFar, MongoSet set, List<DeliveryReport> reports, Function<DeliveryReport, List<Long>> keys) {
    List<DeliveryReport> left = reports.stream().filter(report -> !soFar.taken.contains(report)).toList();
    MessageQueue queue = node.queue(set.index());
    if (left.isEmpty()) return Future.succeededFuture(soFar);
    if (queue == null || !set.isHealthy()) return Future.succeededFuture(new Answer(soFar.taken, false));
    Slot slot = slots.computeIfAbsent(queue, other -> other.openSlot("receipts-of-" + home.set()));
    if (slot.isBusy()) return Future.succeededFuture(new Answer(soFar.taken, false));
    return Deadline.within(ANSWER_WITHIN_MS, take(queue, slot, left, keys)).transform(done -> {
      if (done.succeeded()) soFar.taken.addAll(done.result());
      return Future.succeededFuture(new Answer(soFar.taken, soFar.all && done.succeeded()));
    });
  }

  private Future<List<DeliveryReport>> take(MessageQueue queue, Slot slot, List<DeliveryReport> reports, Function<DeliveryReport, List<Long>> keys) {
    Set<Long> wanted = new HashSet<>();
    for (DeliveryReport report : reports) wanted.addAll(keys.apply(report));
    return queue.awaiting(context, wanted).compose(awaiting -> {
      Set<Long> there = known(awaiting);
      List<DeliveryReport> moving = new ArrayList<>();
      for (DeliveryReport report : reports) if (keys.apply(report).stream().anyMatch(there::contains)) moving.add(report);
      if (moving.isEmpty()) return Future.succeededFuture(moving);
      Step step = new Step();
      Outlets outlets = new Outlets(queue, step);
      for (DeliveryReport report : moving) outlets.put(Parcel.RECEIPTS, Lane.ALERT, 0, queue.now(), report);
      outlets.close();
      return slot.commit(step).map(moving);
    });
  }

  private static Set<Long> known(Collection<Parcel> parcels) {
    Set<Long> keys = new HashSet<>();
    for (Parcel parcel : parcels) {
      for (Message message : parcel.messages()) for (Segment part : message.parts()) keys.addAll(part.keys());
    }
    return keys;
  }

  Future<Void> close() {
    return Future.join(slots.values().stream().map(Slot::close).toList()).mapEmpty();
  }
}
