package io.godwit.ops;

import io.godwit.message.Event;
import io.godwit.ops.Finding.Kind;
import io.godwit.queue.Inventory.Place;
import io.godwit.queue.Parcel;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Each message is final or in exactly one parcel, its events are numbered from 1 without gap, and its price was billed or released once. Of
 * a message whose first events are in the archive, and that waits no more, what follows is checked.
 */
final class ChainCheck implements Check {
  private final Consumer<Finding> findings;
  private long archivedBefore;

  ChainCheck(Consumer<Finding> findings) {
    this.findings = findings;
  }

  @Override
  public Future<Void> look(Slice slice) {
    archivedBefore = slice.archivedBefore();
    slice.chains().forEach(this::check);
    return Future.succeededFuture();
  }

  void check(String id, Chain chain) {
    numbers(id, chain);
    places(id, chain);
    money(id, chain);
  }

  private void found(String id, Kind kind, String detail) {
    findings.accept(new Finding(id, kind, detail));
  }

  private void numbers(String id, Chain chain) {
    int n = 0;
    for (Event event : chain.main()) {
      if (event.n() == n) found(id, Kind.REPEATED, "event " + n + ": " + chain.types());
      else if (event.n() != n + 1 && !chain.isCut()) found(id, Kind.GAP, "event " + (n + 1) + " is missing: " + chain.types());
      n = event.n();
    }
    ends(id, chain);
  }

  /** Nothing follows a final event, but that a dead one is revived; and nothing else is revived. */
  private void ends(String id, Chain chain) {
    Event before = null;
    for (Event event : chain.main()) {
      boolean revived = event instanceof Event.Revived;
      if (before != null && before.n() < event.n() && (before.isFinal() || revived) && !(revived && before instanceof Event.Dead)) {
        found(id, Kind.AFTER_THE_END, "event " + event.n() + " cannot follow: " + chain.types());
      }
      before = event;
    }
  }

  private void places(String id, Chain chain) {
    List<Place> places = chain.places();
    if (places.size() > 1) found(id, Kind.IN_TWO_PLACES, places.toString());
    if (chain.isCut() && (chain.last() == null || !chain.isFinal() && Slice.mayBeArchived(chain.last().at(), archivedBefore))) return;
    if (chain.last() == null) {
      // a message from a handset has its first event when it has been understood
      if (places.stream().noneMatch(place -> place.queue().equals(Parcel.INBOUND))) found(id, Kind.FROM_NOWHERE, places.isEmpty() ? "side events only" : places.toString());
    } else if (chain.isFinal()) {
      if (!places.isEmpty()) found(id, Kind.STILL_WAITING, chain.types() + " " + places);
    } else if (places.isEmpty()) {
      found(id, Kind.LOST, chain.types());
    } else if (places.get(0).n() != chain.last().n()) {
      found(id, Kind.OUT_OF_STEP, chain.types() + " " + places);
    }
  }

  private void money(String id, Chain chain) {
    boolean reserved = false;
    Event before = null;
    boolean known = !chain.isCut();
    for (Event event : chain.main()) {
      Event.Money money = event.money();
      Event last = before;
      before = event;
      if (money == null) continue;
      boolean reserves = money.action() == Event.Money.Action.RESERVED;
      boolean instead = event instanceof Event.Routed routed && routed.instead() != null && isUnsent(last);
      if (reserves == reserved && known && !instead) found(id, Kind.MONEY_TWICE, "event " + event.n() + " says " + money.action() + " of " + payers(money) + ": " + chain.types());
      reserved = reserves;
      known = true;
    }
    if (reserved && chain.isFinal()) found(id, Kind.MONEY_LEFT, payers(chain.money()) + ": " + chain.types());
  }

  private static String payers(Event.Money money) {
    return money.legs().stream().map(leg -> leg.account() + " " + leg.amount() + " micro-" + leg.currency()).collect(Collectors.joining(", "));
  }

  /** Whether a message that has this behind it may go over another link: nothing of it was submitted, or all of that refused. */
  private static boolean isUnsent(Event last) {
    return last instanceof Event.Routed || last instanceof Event.Retried retried && !retried.resent();
  }
}
