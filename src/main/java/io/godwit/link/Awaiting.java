package io.godwit.link;

import io.godwit.link.Meeting.Place;
import io.godwit.message.DeliveryReport;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.queue.Parcel;
import io.godwit.smpp.CarrierId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The await parcels that one link of this process has put into one set, and may change without reading them first. The queue is the truth: a
 * step on one that somebody else has changed meanwhile fails. What is overdue ends elsewhere, and is forgotten here; beyond that the oldest are forgotten
 * first. Confined to the link's context.
 */
final class Awaiting implements Meeting.Waiting {
  private final String queue;
  private final long most;
  private final LongSupplier clock;
  /** The oldest first. */
  private final Map<Parcel, Known> parcels = new LinkedHashMap<>();
  private final Map<String, Named> named = new HashMap<>();
  /** What carriers named messages whose settlement is not committed yet. */
  private final Set<String> unsettled = new HashSet<>();
  private Runnable onSettled = () -> { };
  private long weight;

  /**
   * What a parcel was counted with when it came, and what carriers named its messages.
   *
   * @param until when the validity of the last of its messages ends
   */
  private record Known(int weight, List<String> names, long until) { }

  /** The segments of the last message that a carrier named so. Positions shift when a parcel is rewritten; ids stay. */
  private record Named(Parcel parcel, String message, List<Integer> segments) {
    Named then(Named next) {
      if (parcel != next.parcel || !message.equals(next.message)) return next;
      return new Named(parcel, message, Stream.concat(segments.stream(), next.segments.stream()).toList());
    }
  }

  /**
   * @param shares among how many such memories the bytes are shared out
   * @param clock milliseconds since 1970
   */
  Awaiting(String link, int shares, LongSupplier clock) {
    this.clock = clock;
    this.queue = Parcel.await(link);
    this.most = Limits.AWAITING_BYTES / Math.max(1, shares);
  }

  /** @param what done when what was unsettled may be known now */
  void onSettled(Runnable what) {
    onSettled = what;
  }

  /** The carrier has accepted a message; that is not committed yet. */
  void expect(Submission submission) {
    submission.carrierIds().forEach(id -> unsettled.add(CarrierId.key(id)));
  }

  /** The commit has ended, with effect or without. */
  void expectNoMore(Submission submission) {
    submission.carrierIds().forEach(id -> unsettled.remove(CarrierId.key(id)));
    onSettled.run();
  }

  /** Whether a receipt is faster than the commit that says that its message was sent. */
  boolean expects(DeliveryReport report, Carriers carriers) {
    return !unsettled.isEmpty() && carriers.candidates(report).stream().anyMatch(candidate -> unsettled.contains(candidate.key()));
  }

  /** Remembers those of the parcels, just put, in which messages wait for this link's receipts. */
  void add(List<Parcel> put) {
    for (Parcel parcel : put) if (parcel.queue().equals(queue)) add(parcel);
    while (!parcels.isEmpty() && (weight > most || parcels.values().iterator().next().until < clock.getAsLong())) forget(parcels.keySet().iterator().next());
  }

  /** How many parcels it remembers. */
  int size() {
    return parcels.size();
  }

  private void add(Parcel parcel) {
    List<String> names = new ArrayList<>(parcel.size());
    long until = parcel.messages().stream().mapToLong(Message::validUntil).max().orElse(0);
    parcel.each(position -> {
      Message message = parcel.message(position);
      for (int s = 0; s < message.parts().size(); s++) {
        for (String id : message.parts().get(s).carrierIds()) {
          String name = CarrierId.key(id);
          names.add(name);
          named.merge(name, new Named(parcel, message.id(), List.of(s)), Named::then);
        }
      }
    });
    parcels.put(parcel, new Known(parcel.weight(), names, until));
    weight += parcel.weight();
  }

  /** Somebody else has changed it, or nothing waits in it any more. */
  void forget(Parcel parcel) {
    Known known = parcels.remove(parcel);
    if (known == null) return;
    weight -= known.weight;
    for (String name : known.names) named.computeIfPresent(name, (n, of) -> of.parcel == parcel ? null : of);
  }

  /** After a step that changed them. */
  void changed(Set<Parcel> touched) {
    touched.stream().filter(Parcel::isEmpty).forEach(this::forget);
  }

  void forget(Collection<Parcel> lost) {
    lost.forEach(this::forget);
  }

  /** Whether a message that a receipt is about waits here, or soon will. */
  boolean knows(DeliveryReport report, Carriers carriers) {
    return carriers.candidates(report).stream().anyMatch(candidate -> named.containsKey(candidate.key()) || unsettled.contains(candidate.key()));
  }

  @Override
  public List<Place> named(String link, String name) {
    Named of = named.get(name);
    int position = of == null ? -1 : of.parcel.position(of.message);
    return position < 0 ? List.of() : of.segments.stream().map(segment -> new Place(of.parcel, position, segment)).toList();
  }
}
