package io.godwit.reporting;

import io.godwit.message.Carriage;
import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What some of a message's events say about its row, in any order. Columns that one kind of event gives form a group, with the
 * number of the event that gave them: a higher number wins here, and in the table when the row is merged with what is there. So
 * neither the order of pages nor where batches are cut matters. The whole agrees with {@link io.godwit.events.MessageState}.
 */
final class MessageRow {
  final String id;

  /** The message as it was taken over; null when no such event was met. */
  Message facts;
  String inReplyTo;
  int factsN;

  String sender;
  int senderN;

  String link;
  /** Null when nothing is known. */
  Carriage carriage;
  int linkN;

  String status;
  boolean isFinal;
  Failure error;
  long doneAt;
  int n;

  long sentAt;
  int sentN;

  Event.Money money;
  int moneyN;

  boolean redacted;

  MessageRow(String id) {
    this.id = id;
  }

  long acceptedAt() {
    return MessageId.millis(id);
  }

  /** Whether its events change anything: most side events do not. */
  boolean isWorthWriting() {
    return n > 0 || redacted;
  }

  void add(Event event) {
    if (event instanceof Event.Redacted) redacted = true;
    if (event.n() == 0) return;
    if (event.message() != null) takenOver(event);
    if (event instanceof Event.Routed routed) routed(routed);
    if (event instanceof Event.Sent) sent(event);
    if (event.money() != null) paid(event);
    stands(event);
  }

  private void takenOver(Event event) {
    if (event.n() <= factsN) return;
    factsN = event.n();
    facts = event.message();
    sender(event.n(), facts.from());
    if (!(event instanceof Event.Received received)) return;
    inReplyTo = received.inReplyTo();
    link(event.n(), facts.link(), null);
  }

  private void routed(Event.Routed event) {
    sender(event.n(), event.from());
    link(event.n(), event.link(), event.carriage());
  }

  private void sender(int by, String from) {
    if (by <= senderN) return;
    senderN = by;
    sender = from;
  }

  private void link(int by, String to, Carriage how) {
    if (by <= linkN) return;
    linkN = by;
    link = to;
    carriage = how;
  }

  private void sent(Event event) {
    if (event.n() <= sentN) return;
    sentN = event.n();
    sentAt = event.at();
  }

  private void paid(Event event) {
    if (event.n() <= moneyN) return;
    moneyN = event.n();
    money = event.money();
  }

  private void stands(Event event) {
    if (event.n() <= n) return;
    n = event.n();
    status = event.status().name();
    isFinal = event.isFinal();
    error = event.error();
    doneAt = isFinal ? event.at() : 0;
  }

  /** What the message's account pays, in micro-units; 0 once released, null when never priced. */
  Long price() {
    if (money == null) return null;
    if (money.action() == Event.Money.Action.RELEASED) return 0L;
    Set<String> sellers = money.legs().stream().map(Leg::seller).filter(s -> s != null).collect(Collectors.toSet());
    return money.legs().stream().filter(leg -> !sellers.contains(leg.account())).mapToLong(Leg::amount).sum();
  }

  String currency() {
    return money == null || money.legs().isEmpty() ? null : money.legs().get(0).currency();
  }

  /** What the operator gets for it, in micro-units; 0 once released, null when never priced. */
  Long income() {
    if (money == null) return null;
    return uppermost().map(leg -> money.action() == Event.Money.Action.RELEASED ? 0L : leg.amount()).orElse(null);
  }

  String incomeCurrency() {
    return money == null ? null : uppermost().map(Leg::currency).orElse(null);
  }

  /** The leg whose seller buys from nobody. */
  private Optional<Leg> uppermost() {
    Set<String> buyers = money.legs().stream().map(Leg::account).collect(Collectors.toSet());
    return money.legs().stream().filter(leg -> !buyers.contains(leg.seller())).findFirst();
  }
}
