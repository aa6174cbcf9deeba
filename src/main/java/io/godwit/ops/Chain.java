package io.godwit.ops;

import io.godwit.message.Event;
import io.godwit.ops.Finding.Kind;
import io.godwit.queue.Inventory.Place;
import io.godwit.queue.Parcel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/** All that the stores say about one message, and what must hold between it. */
final class Chain {
  private final List<Event> main = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();

  void add(Event event) {
    if (event.n() > 0) main.add(event);
  }

  void add(Place place) {
    places.add(place);
  }

  /** The event that says how it stands; null when there is none. */
  Event last() {
    return main.isEmpty() ? null : main.get(main.size() - 1);
  }

  /** Once all was added. */
  void check(BiConsumer<Kind, String> findings) {
    main.sort(Comparator.comparingInt(Event::n));
    checkNumbers(findings);
    checkPlaces(findings);
    checkMoney(findings);
  }

  private void checkNumbers(BiConsumer<Kind, String> findings) {
    int n = 0;
    for (Event event : main) {
      if (event.n() == n) findings.accept(Kind.REPEATED, "event " + n + ": " + types());
      else if (event.n() != n + 1) findings.accept(Kind.GAP, "event " + (n + 1) + " is missing: " + types());
      n = event.n();
    }
    for (Event event : main) if (event.isFinal() && event.n() < n) findings.accept(Kind.AFTER_THE_END, "event " + event.n() + " was the last: " + types());
  }

  private void checkPlaces(BiConsumer<Kind, String> findings) {
    if (places.size() > 1) findings.accept(Kind.IN_TWO_PLACES, places.toString());
    if (main.isEmpty()) {
      // a message from a handset has its first event when it has been understood
      if (places.stream().noneMatch(place -> place.queue().equals(Parcel.INBOUND))) findings.accept(Kind.FROM_NOWHERE, places.toString());
    } else if (last().isFinal()) {
      if (!places.isEmpty()) findings.accept(Kind.STILL_WAITING, types() + " " + places);
    } else if (places.isEmpty()) {
      findings.accept(Kind.LOST, types());
    } else if (places.get(0).n() != last().n()) {
      findings.accept(Kind.OUT_OF_STEP, types() + " " + places);
    }
  }

  private void checkMoney(BiConsumer<Kind, String> findings) {
    boolean reserved = false;
    for (Event event : main) {
      Event.Money money = event.money();
      if (money == null) continue;
      boolean reserves = money.action() == Event.Money.Action.RESERVED;
      if (reserves == reserved) findings.accept(Kind.MONEY_TWICE, "event " + event.n() + " says " + money.action() + ": " + types());
      reserved = reserves;
    }
    if (reserved && last().isFinal()) findings.accept(Kind.MONEY_LEFT, types());
  }

  private String types() {
    return main.stream().map(event -> event.n() + " " + event.type()).toList().toString();
  }
}
