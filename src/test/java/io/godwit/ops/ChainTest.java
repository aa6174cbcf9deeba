package io.godwit.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Leg;
import io.godwit.message.Status;
import io.godwit.ops.Finding.Kind;
import io.godwit.queue.Inventory.Place;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an audit finds in one message's events and places; the events' own contents play no part. */
class ChainTest {
  private static final List<Leg> LEGS = List.of(new Leg("demo", "operator", 35_000, "EUR"));

  @Test
  void aDeliveredMessageThatWasPaidOnceIsClean() {
    assertFinds(List.of(first(), routed(2), sent(3, Money.billed(LEGS)), delivered(4, null)));
  }

  @Test
  void aMessageThatWaitsInOneParcelIsClean() {
    assertFinds(List.of(first(), routed(2)), place("link.sim", 2));
  }

  @Test
  void aMessageOfAHandsetThatNobodyHasReadYetIsClean() {
    assertFinds(List.of(), place("inbound", 1));
  }

  @Test
  void eventsInAnyOrderAreClean() {
    assertFinds(List.of(delivered(4, Money.billed(LEGS)), routed(2), sent(3, null), first()));
  }

  @Test
  void aMessageThatIsNeitherFinalNorInAParcelIsLost() {
    assertFinds(List.of(first(), routed(2)), Kind.LOST);
  }

  @Test
  void aDeadMessageThatWasRevivedAndDeliveredIsClean() {
    assertFinds(List.of(first(), routed(2), dead(3), revived(4), routed(5), sent(6, Money.billed(LEGS)), delivered(7, null)));
  }

  @Test
  void nothingButADeadMessageIsRevived() {
    assertFinds(List.of(first(), delivered(2, null), revived(3)), List.of(place("route", 3)), Kind.AFTER_THE_END);
    assertFinds(List.of(first(), revived(2)), List.of(place("route", 2)), Kind.AFTER_THE_END);
    assertFinds(List.of(first(), dead(2), delivered(3, null)), Kind.AFTER_THE_END);
  }

  @Test
  void aMessageInTwoParcelsIsFound() {
    assertFinds(List.of(first(), routed(2)), List.of(place("link.sim", 2), place("link.sim", 2)), Kind.IN_TWO_PLACES);
  }

  @Test
  void aFinalMessageThatStillWaitsIsFound() {
    assertFinds(List.of(first(), delivered(2, null)), List.of(place("await.sim", 1)), Kind.STILL_WAITING);
  }

  @Test
  void aParcelThatMissedAnEventIsFound() {
    assertFinds(List.of(first(), routed(2)), List.of(place("route", 1)), Kind.OUT_OF_STEP);
  }

  @Test
  void aMessageWithoutEventsIsFound() {
    assertFinds(List.of(), List.of(place("route", 1)), Kind.FROM_NOWHERE);
  }

  @Test
  void twoEventsWithOneNumberAreFound() {
    assertFinds(List.of(first(), delivered(2, null), delivered(2, null)), Kind.REPEATED);
  }

  @Test
  void aMissingNumberIsFound() {
    assertFinds(List.of(first(), delivered(3, null)), Kind.GAP);
  }

  @Test
  void whatHappensAfterTheEndIsFound() {
    assertFinds(List.of(first(), delivered(2, null), delivered(3, null)), Kind.AFTER_THE_END);
  }

  @Test
  void aPriceThatIsPaidTwiceIsFound() {
    assertFinds(List.of(first(), routed(2), sent(3, Money.billed(LEGS)), delivered(4, Money.billed(LEGS))), Kind.MONEY_TWICE);
  }

  @Test
  void aPriceThatWasNeverReservedIsFound() {
    assertFinds(List.of(first(), sent(2, null), delivered(3, Money.released(LEGS))), Kind.MONEY_TWICE);
  }

  @Test
  void aMessageThatNoLinkTriedMayBePricedAnewForAnother() {
    assertFinds(List.of(first(), routed(2), instead(3), instead(4), sent(5, Money.billed(LEGS)), delivered(6, null)));
  }

  @Test
  void aMessageThatALinkTriedMustNotGoOverAnother() {
    assertFinds(List.of(first(), routed(2), new Event.Retried("m", 3, 0, "sim", null, true, 0), instead(4), sent(5, Money.billed(LEGS)), delivered(6, null)), Kind.MONEY_TWICE);
  }

  @Test
  void aMessageThatTheCarrierHasRefusedMayBePricedAnewForAnother() {
    assertFinds(List.of(first(), routed(2), new Event.Retried("m", 3, 0, "sim", null, false, 0), instead(4), sent(5, Money.billed(LEGS)), delivered(6, null)));
  }

  private static Event instead(int n) {
    return new Event.Routed("m", n, 0, "other", "Godwit", Money.reserved(LEGS), "sim");
  }

  @Test
  void aReservationThatOutlivesItsMessageIsFound() {
    assertFinds(List.of(first(), routed(2), sent(3, null), delivered(4, null)), Kind.MONEY_LEFT);
  }

  private static void assertFinds(List<Event> events, Kind... kinds) {
    assertFinds(events, List.of(), kinds);
  }

  private static void assertFinds(List<Event> events, Place place) {
    assertFinds(events, List.of(place));
  }

  private static void assertFinds(List<Event> events, List<Place> places, Kind... kinds) {
    Chain chain = new Chain();
    events.forEach(chain::add);
    places.forEach(chain::add);
    List<Kind> found = new ArrayList<>();
    new ChainCheck(finding -> found.add(finding.kind())).check("m", chain);
    assertEquals(List.of(kinds), found);
  }

  /** Any event without money does for the first: the audit looks at numbers and money only. */
  private static Event first() {
    return new Event.Retried("m", 1, 0, "sim", null, false, 0);
  }

  private static Event routed(int n) {
    return new Event.Routed("m", n, 0, "sim", "Godwit", Money.reserved(LEGS), null);
  }

  private static Event sent(int n, Money money) {
    return new Event.Sent("m", n, 0, "sim", List.of(), false, money);
  }

  private static Event dead(int n) {
    return new Event.Dead("m", n, 0, "a bug", n > 2 ? Money.released(LEGS) : null);
  }

  private static Event revived(int n) {
    return new Event.Revived("m", n, 0, Status.SUBMITTED, "operator");
  }

  private static Event delivered(int n, Money money) {
    return new Event.Delivered("m", n, 0, -1, money);
  }

  private static Place place(String queue, int n) {
    return new Place("m", n, queue, "p");
  }
}
