package io.godwit.worker;

import io.godwit.message.Item;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parcels on which a decider has failed: halved until the message that it fails on stands alone, and then buried. Confined to the stage's context. */
final class Suspects {
  /** So often a message that stands alone is shown before it is given up. */
  private static final int SHOWINGS = 3;

  private static final Logger log = LoggerFactory.getLogger(Suspects.class);

  private final MessageQueue queue;
  private final Stage.Decider decider;
  private final Deque<Parcel> parcels = new ArrayDeque<>();
  private final Map<String, Integer> failures = new HashMap<>();

  Suspects(MessageQueue queue, Stage.Decider decider) {
    this.queue = queue;
    this.decider = decider;
  }

  void addAll(Collection<Parcel> suspected) {
    parcels.addAll(suspected);
  }

  boolean isEmpty() {
    return parcels.isEmpty();
  }

  Parcel poll() {
    return parcels.poll();
  }

  List<Parcel> takeAll() {
    List<Parcel> all = new ArrayList<>(parcels);
    parcels.clear();
    failures.clear();
    return all;
  }

  void keepOnly(Predicate<Parcel> ours) {
    parcels.removeIf(ours.negate());
    failures.keySet().retainAll(parcels.stream().map(Parcel::id).toList());
  }

  /** What follows for a parcel that was shown alone; null when it is shown once more. */
  Step judge(Parcel parcel, Throwable failure) {
    if (parcel.left() == 1 && failures.merge(parcel.id(), 1, Integer::sum) < SHOWINGS) {
      parcels.add(parcel);
      return null;
    }
    failures.remove(parcel.id());
    return parcel.left() > 1 ? halved(parcel) : buried(parcel, failure);
  }

  private Step buried(Parcel parcel, Throwable failure) {
    log.error("{}: {} is given up after {} failures alone", parcel, parcel.items().get(0).id(), SHOWINGS, failure);
    return decider.bury(parcel, failure);
  }

  private Step halved(Parcel parcel) {
    List<Item> items = parcel.items();
    Step step = new Step().finish(parcel);
    int half = items.size() / 2;
    for (List<Item> part : List.of(items.subList(0, half), items.subList(half, items.size()))) {
      step.put(Parcel.of(queue.newId(), parcel.queue(), parcel.lane(), parcel.rank(), 0, part));
    }
    return step;
  }
}
