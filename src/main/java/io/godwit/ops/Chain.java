package io.godwit.ops;

import io.godwit.message.Event;
import io.godwit.queue.Inventory.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All that the stores say about one message. A message that was accepted on an archived day may have begun there: what is there is known only while it waits.
 */
final class Chain {
  private final List<Event> main = new ArrayList<>();
  private final List<Event> beside = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private final List<Event.Money> live = new ArrayList<>();
  private final boolean old;
  private boolean sorted = true;

  Chain() {
    this(false);
  }

  /** @param old whether the archive may hold some of its events */
  Chain(boolean old) {
    this.old = old;
  }

  /** Of an archived event. */
  void addCopy(Event event) {
    (event.n() > 0 ? main : beside).add(event);
    sorted = false;
  }

  void add(Event event) {
    if (event.money() != null) live.add(event.money());
    (event.n() > 0 ? main : beside).add(event);
    sorted = false;
  }

  void add(Place place) {
    places.add(place);
  }

  /** The events that change its status, in order. */
  List<Event> main() {
    if (!sorted) main.sort(Comparator.comparingInt(Event::n));
    sorted = true;
    return main;
  }

  /** Its side events. */
  List<Event> beside() {
    return beside;
  }

  /** Where it waits. */
  List<Place> places() {
    return places;
  }

  /** The event that says how it stands; null when there is none. */
  Event last() {
    return main.isEmpty() ? null : main().get(main.size() - 1);
  }

  boolean isFinal() {
    return last() != null && last().isFinal();
  }

  /** Whether events that nobody has read may be in the archive. */
  boolean isCut() {
    return old && places.isEmpty();
  }

  boolean isOld() {
    return old;
  }

  /** What its live events did to its legs, in no order. */
  List<Event.Money> live() {
    return live;
  }

  /** What became of its legs; null when it never had any. */
  Event.Money money() {
    Event.Money money = null;
    for (Event event : main()) if (event.money() != null) money = event.money();
    return money;
  }

  /** Its life in short, for people. */
  String types() {
    return main().stream().map(event -> event.n() + " " + event.type()).toList().toString();
  }
}
