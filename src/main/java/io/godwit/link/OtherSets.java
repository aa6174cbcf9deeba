package io.godwit.link;

import io.godwit.message.DeliveryReport;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.worker.Outlets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Where receipts find their messages that were stored in another set than they: a receipt is put there, and only then leaves here. Who dies in
 * between leaves it in both; then the second is late and changes nothing. Confined to the context of its stage.
 */
final class OtherSets {
  private final Context context;
  private final Map<MessageQueue, Slot> sets = new LinkedHashMap<>();

  OtherSets(Context context) {
    this.context = context;
  }

  /** @param slot for nobody but us */
  void add(MessageQueue queue, Slot slot) {
    sets.put(queue, slot);
  }

  /** @return those that are in another set now; a set that does not answer takes none */
  Future<Set<DeliveryReport>> take(List<DeliveryReport> reports, Function<DeliveryReport, List<Long>> keys) {
    Set<DeliveryReport> taken = new HashSet<>();
    if (reports.isEmpty()) return Future.succeededFuture(taken);
    Future<Void> done = Future.succeededFuture();
    for (var set : sets.entrySet()) {
      done = done.compose(v -> take(set.getKey(), set.getValue(), reports.stream().filter(r -> !taken.contains(r)).toList(), keys).onSuccess(taken::addAll))
        .<Void>mapEmpty().recover(e -> Future.succeededFuture());
    }
    return done.map(taken);
  }

  private Future<List<DeliveryReport>> take(MessageQueue queue, Slot slot, List<DeliveryReport> reports, Function<DeliveryReport, List<Long>> keys) {
    if (!queue.isTrusted() || slot.isBusy() || reports.isEmpty()) return Future.succeededFuture(List.of());
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
    return Future.join(sets.values().stream().map(Slot::close).toList()).mapEmpty();
  }
}
