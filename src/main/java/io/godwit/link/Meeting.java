package io.godwit.link;

import io.godwit.message.DeliveryReport;
import io.godwit.message.DeliveryReport.Outcome;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Item;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.smpp.CarrierId;
import io.godwit.smpp.CarrierId.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Receipts meet the messages that wait for them, as part of one step: each await parcel is changed once, however many meet in it. */
final class Meeting {
  private final Step step;
  private final Carriers carriers;
  private final Waiting waiting;
  private final long now;
  private final Map<Parcel, Map<Integer, Item>> changed = new LinkedHashMap<>();
  private final Map<Parcel, Set<Integer>> leaving = new LinkedHashMap<>();
  private final List<Runnable> heard = new ArrayList<>();
  private final Set<Carriers.Word> words = new HashSet<>();

  /** Where a message that waits is, and which of its segments a receipt is about. */
  record Place(Parcel parcel, int position, int segment) { }

  /** Which messages wait for receipts. */
  interface Waiting {
    /** Those of a link that a carrier named so; a carrier may use an id again. Empty when none is known. */
    List<Place> named(String link, String key);
  }

  Meeting(Step step, Carriers carriers, Waiting waiting, long now) {
    this.step = step;
    this.carriers = carriers;
    this.waiting = waiting;
    this.now = now;
  }

  /** @return false if no message that waits was named so: then nothing has changed */
  boolean settle(DeliveryReport report) {
    for (Candidate candidate : carriers.candidates(report)) {
      List<Place> found = waiting.named(report.link(), candidate.key());
      if (found.isEmpty()) continue;
      carriers.matched(report, candidate);
      apply(report, open(found));
      return true;
    }
    return false;
  }

  /**
   * Carriers use their ids again after a while: what still waits comes before what has left. Some name all segments of a message alike: then each receipt is about one
   * that had none yet.
   */
  private Place open(List<Place> found) {
    Place first = found.stream().filter(place -> !hasLeft(place)).findFirst().orElse(found.get(0));
    return found.stream().filter(place -> place.parcel == first.parcel && place.position == first.position && isSent(place)).findFirst().orElse(first);
  }

  private boolean isSent(Place place) {
    return message(place).parts().get(place.segment).state() == Segment.State.SENT;
  }

  /** As it stands in this step. */
  private Message message(Place place) {
    return (Message) changed.getOrDefault(place.parcel, Map.of()).getOrDefault(place.position, place.parcel.message(place.position));
  }

  private boolean hasLeft(Place place) {
    return place.parcel.isGone(place.position) || leaving.getOrDefault(place.parcel, Set.of()).contains(place.position);
  }

  private void apply(DeliveryReport report, Place place) {
    Message message = message(place);
    if (hasLeft(place)) {
      late(message.id(), report);
      return;
    }
    if (report.outcome() == Outcome.PENDING) {
      if (report.word() != null) unrecognised(message.id(), report);
      return;
    }
    Message told = told(message, place.segment, report.outcome());
    if (report.outcome() == Outcome.FAILED) undeliverable(place, told.next(), report);
    else if (told.parts().stream().allMatch(part -> part.state() == Segment.State.DELIVERED)) delivered(place, told.next(), report);
    else changed.computeIfAbsent(place.parcel, p -> new HashMap<>()).put(place.position, told);
  }

  /** Once: a carrier may say the same every few seconds. */
  private void unrecognised(String id, DeliveryReport report) {
    Carriers.Word word = Carriers.Word.of(id, report);
    if (!carriers.isNews(word, report) || !words.add(word)) return;
    step.event(new Event.Unrecognised(id, now, report.carrierId(), report.word()));
    heard.add(() -> carriers.heard(word, report));
  }

  private static Message told(Message message, int segment, Outcome outcome) {
    List<Segment> parts = new ArrayList<>(message.parts());
    parts.set(segment, parts.get(segment).with(outcome == Outcome.DELIVERED ? Segment.State.DELIVERED : Segment.State.FAILED));
    return message.withParts(parts);
  }

  private void delivered(Place place, Message m, DeliveryReport report) {
    step.end(m, new Event.Delivered(m.id(), m.n(), now, report.doneAt(), Money.billed(m.legs())));
    leave(place, report, m);
  }

  private void undeliverable(Place place, Message m, DeliveryReport report) {
    step.end(m, new Event.Undeliverable(m.id(), m.n(), now, report.error(), report.doneAt(), Money.released(m.legs())));
    for (Leg leg : m.legs()) step.money(leg.account(), leg.amount());
    leave(place, report, m);
  }

  private void leave(Place place, DeliveryReport report, Message m) {
    leaving.computeIfAbsent(place.parcel, p -> new HashSet<>()).add(place.position);
    changed.getOrDefault(place.parcel, new HashMap<>()).remove(place.position);
    for (Segment part : m.parts()) for (String id : part.carrierIds()) heard.add(() -> carriers.finished(CarrierId.key(id), m.id(), report));
  }

  /** Remembers the names of the messages that have ended: what comes for them from now on is late; and the words that were told. */
  void remember() {
    heard.forEach(Runnable::run);
  }

  static Event late(String id, long now, DeliveryReport report) {
    return new Event.LateReceipt(id, now, report.carrierId(), report.outcome().name(), report.word());
  }

  /** A receipt for a message that has ended: a side event. */
  void late(String id, DeliveryReport report) {
    step.event(late(id, now, report));
  }

  /** Writes into the step what became of the parcels, once all receipts were settled. */
  void close() {
    Set<Parcel> touched = new HashSet<>(leaving.keySet());
    changed.forEach((parcel, items) -> {
      if (!items.isEmpty()) touched.add(parcel);
    });
    for (Parcel parcel : touched) step.amend(parcel, leaving.getOrDefault(parcel, Set.of()), changed.getOrDefault(parcel, Map.of()));
  }

  /** The parcels that the step changes. */
  Set<Parcel> touched() {
    Set<Parcel> touched = new HashSet<>(leaving.keySet());
    touched.addAll(changed.keySet());
    return touched;
  }
}
