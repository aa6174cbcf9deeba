package io.godwit.link;

import io.godwit.message.DeliveryReport;
import io.godwit.message.DeliveryReport.Outcome;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Item;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.smpp.CarrierId;
import io.godwit.smpp.CarrierId.Candidate;
import io.godwit.smpp.CarrierId.IdForm;
import io.godwit.smpp.IdFormMemory;
import io.godwit.worker.Outlets;
import io.godwit.worker.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where receipts meet the messages that wait for them: many receipts a step, each await parcel changed once. A receipt that
 * meets nothing waits and tries again, since it may have come before its message was settled; one for a finished message is
 * late and changes nothing.
 */
final class Receipts implements Stage.Decider {
  private static final long FIRST_WAIT = 250;
  private static final long LONGEST_WAIT = 30_000;

  private final Context context;
  private final MessageQueue queue;
  private final Map<String, IdFormMemory> forms = new HashMap<>();
  private final java.util.function.Function<String, IdForm> configured;
  private final Finished finished = new Finished();
  private final OtherSets others;

  /** @param configured how a link's receipts name messages */
  Receipts(Context context, MessageQueue queue, java.util.function.Function<String, IdForm> configured, OtherSets others) {
    this.others = others;
    this.context = context;
    this.queue = queue;
    this.configured = configured;
  }

  @Override
  public Future<Step> decide(List<Parcel> parcels) {
    List<DeliveryReport> reports = parcels.stream().flatMap(parcel -> parcel.reports().stream()).toList();
    Set<Long> keys = new HashSet<>();
    for (DeliveryReport report : reports) keys.addAll(hashes(report));
    return queue.awaiting(context, keys).compose(awaiting -> {
      Round round = new Round(awaiting);
      parcels.forEach(round.step::finish);
      reports.forEach(round::settle);
      return others.take(round.strangers, this::hashes).map(answer -> {
        round.strangers.stream().filter(report -> !answer.taken().contains(report)).forEach(report -> round.unmatched(report, answer.all()));
        return round.close();
      });
    });
  }

  private List<Long> hashes(DeliveryReport report) {
    return candidates(report).stream().map(candidate -> CarrierId.hash(report.link(), candidate.key())).toList();
  }

  private List<Candidate> candidates(DeliveryReport report) {
    return CarrierId.candidates(report.carrierId(), forms.computeIfAbsent(report.link(), link -> new IdFormMemory(configured.apply(link))).current());
  }

  @Override
  public Step bury(Parcel parcel, Throwable why) {
    Step step = new Step().finish(parcel);
    parcel.reports().forEach(report -> step.deadLetter(report, parcel.queue(), String.valueOf(why), queue.now()));
    return step;
  }

  /** Where a message that waits is, and which of its segments a receipt is about. */
  private record Place(Parcel parcel, int position, int segment) { }

  /** One step in the making: the await parcels as they were read, and what changes in them. */
  private final class Round {
    final Step step = new Step();
    /** Receipts that met nothing in this set. */
    final List<DeliveryReport> strangers = new ArrayList<>();
    private final long now = queue.now();
    private final Outlets outlets = new Outlets(queue, step);
    private final Map<String, List<Place>> places = new HashMap<>();
    private final Map<Parcel, Map<Integer, Item>> changed = new LinkedHashMap<>();
    private final Map<Parcel, Set<Integer>> leaving = new LinkedHashMap<>();

    Round(List<Parcel> awaiting) {
      for (Parcel parcel : awaiting) for (int i = 0; i < parcel.size(); i++) enter(parcel, i);
    }

    private void enter(Parcel parcel, int position) {
      Message message = parcel.message(position);
      for (int s = 0; s < message.parts().size(); s++) {
        for (String id : message.parts().get(s).carrierIds()) {
          places.computeIfAbsent(parcel.queue() + "/" + CarrierId.key(id), k -> new ArrayList<>()).add(new Place(parcel, position, s));
        }
      }
    }

    void settle(DeliveryReport report) {
      for (Candidate candidate : candidates(report)) {
        List<Place> found = places.get(Parcel.await(report.link()) + "/" + candidate.key());
        if (found == null) continue;
        forms.get(report.link()).matched(candidate.form());
        apply(report, open(found));
        return;
      }
      strangers.add(report);
    }

    /** Carriers use their ids again after a while: what still waits comes before what has left. */
    private Place open(List<Place> found) {
      return found.stream().filter(place -> !hasLeft(place)).findFirst().orElse(found.get(0));
    }

    private boolean hasLeft(Place place) {
      return place.parcel.isGone(place.position) || leaving.getOrDefault(place.parcel, Set.of()).contains(place.position);
    }

    private void apply(DeliveryReport report, Place place) {
      Message message = (Message) changed.getOrDefault(place.parcel, Map.of()).getOrDefault(place.position, place.parcel.message(place.position));
      if (hasLeft(place)) {
        late(message.id(), report);
        return;
      }
      if (report.outcome() == Outcome.PENDING) return;
      Message told = told(message, place.segment, report.outcome());
      if (report.outcome() == Outcome.FAILED) undeliverable(place, told.next(), report);
      else if (told.parts().stream().allMatch(part -> part.state() == Segment.State.DELIVERED)) delivered(place, told.next(), report);
      else changed.computeIfAbsent(place.parcel, p -> new HashMap<>()).put(place.position, told);
    }

    private static Message told(Message message, int segment, Outcome outcome) {
      List<Segment> parts = new ArrayList<>(message.parts());
      parts.set(segment, parts.get(segment).with(outcome == Outcome.DELIVERED ? Segment.State.DELIVERED : Segment.State.FAILED));
      return message.withParts(parts);
    }

    private void delivered(Place place, Message m, DeliveryReport report) {
      step.event(new Event.Delivered(m.id(), m.n(), now, report.doneAt(), Money.billed(m.legs())));
      leave(place, report, m);
    }

    private void undeliverable(Place place, Message m, DeliveryReport report) {
      step.event(new Event.Undeliverable(m.id(), m.n(), now, report.error(), report.doneAt(), Money.released(m.legs())));
      for (Leg leg : m.legs()) step.money(leg.account(), leg.amount());
      leave(place, report, m);
    }

    private void leave(Place place, DeliveryReport report, Message m) {
      leaving.computeIfAbsent(place.parcel, p -> new HashSet<>()).add(place.position);
      changed.getOrDefault(place.parcel, new HashMap<>()).remove(place.position);
      for (Segment part : m.parts()) for (String id : part.carrierIds()) finished.add(report.link(), CarrierId.key(id), m.id());
    }

    /** @param everywhere whether each set was asked: while one is down, its receipts wait for it */
    void unmatched(DeliveryReport report, boolean everywhere) {
      for (Candidate candidate : candidates(report)) {
        String id = finished.find(report.link(), candidate.key());
        if (id != null) {
          late(id, report);
          return;
        }
      }
      if (everywhere && report.validUntil() <= now) {
        step.deadLetter(report, Parcel.RECEIPTS, "no message was found for it", now);
        return;
      }
      if (everywhere && report.tries() > 3) forms.get(report.link()).doubt();
      long wait = Math.min(LONGEST_WAIT, FIRST_WAIT << Math.min(report.tries(), 10));
      outlets.put(Parcel.RECEIPTS, Lane.ALERT, now + wait, now, report.again());
    }

    private void late(String id, DeliveryReport report) {
      step.event(new Event.LateReceipt(id, now, report.carrierId(), report.outcome().name()));
    }

    Step close() {
      Set<Parcel> touched = new HashSet<>(leaving.keySet());
      changed.forEach((parcel, items) -> {
        if (!items.isEmpty()) touched.add(parcel);
      });
      for (Parcel parcel : touched) step.amend(parcel, leaving.getOrDefault(parcel, Set.of()), changed.getOrDefault(parcel, Map.of()));
      outlets.close();
      return step;
    }
  }
}
