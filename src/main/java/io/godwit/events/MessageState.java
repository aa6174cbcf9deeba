package io.godwit.events;

import io.godwit.message.Carriage;
import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a message stands: the fold of its events.
 *
 * @param message as accepted or received, with the sender that the handset sees
 * @param isFinal whether nothing can follow
 * @param link the last link that it was routed to or came over; null before
 * @param money what became of its legs; null when nothing was reserved
 * @param error why it failed or waits; null when nothing is wrong
 * @param times when each kind of event last happened, milliseconds since 1970, in order
 * @param inReplyTo for an MO: the message that it answers; null when none
 * @param replies ids of the messages that answered it
 * @param carriage what is known about its way over that link; null when nothing is
 */
public record MessageState(Message message, Status status, boolean isFinal, int n, String link, Event.Money money, Failure error,
                           Map<String, Long> times, String inReplyTo, List<String> replies, Carriage carriage) {

  /** Null when there are no events, that is: no such message. */
  public static MessageState of(List<Event> events) {
    Fold fold = new Fold();
    events.forEach(fold::add);
    return fold.message == null ? null : new MessageState(fold.message, fold.status, fold.last, fold.n, fold.link, fold.money, fold.error,
      fold.times, fold.inReplyTo, fold.replies, fold.carriage);
  }

  /** What the account has paid or will pay, in micro-units; 0 when released or never priced. */
  public long price() {
    if (money == null || money.action() == Event.Money.Action.RELEASED) return 0;
    return money.legs().stream().filter(leg -> leg.account().equals(message.account())).mapToLong(Leg::amount).sum();
  }

  public String currency() {
    return money == null || money.legs().isEmpty() ? null : money.legs().get(0).currency();
  }

  /** The leg by which the operator is paid; null when nothing was reserved. */
  public Leg income() {
    return money == null || money.legs().isEmpty() ? null : money.legs().get(money.legs().size() - 1);
  }

  private static final class Fold {
    private Message message;
    private Status status;
    private boolean last;
    private int n;
    private String link;
    private Event.Money money;
    private Failure error;
    private final Map<String, Long> times = new LinkedHashMap<>();
    private String inReplyTo;
    private final List<String> replies = new ArrayList<>();
    private Carriage carriage;

    void add(Event event) {
      times.put(event.type().toLowerCase(java.util.Locale.ROOT), event.at());
      if (event instanceof Event.Replied replied) replies.add(replied.replyId());
      if (event.n() == 0) return;
      n = event.n();
      status = event.status();
      last = event.isFinal();
      error = null;
      details(event);
    }

    private void details(Event event) {
      if (event instanceof Event.Accepted e) message = e.message();
      else if (event instanceof Event.Scheduled e) message = e.message();
      else if (event instanceof Event.Received e) received(e);
      else if (event instanceof Event.Routed e) routed(e);
      else if (event instanceof Event.Retried e) error = e.error();
      else if (event instanceof Event.Sent e) pay(e.money());
      else if (event instanceof Event.Delivered e) pay(e.money());
      else if (event instanceof Event.Undeliverable e) fail(e.error(), e.money());
      else if (event instanceof Event.Failed e) fail(e.error(), e.money());
      else if (event instanceof Event.Refused e) fail(e.error(), e.money());
      else if (event instanceof Event.Expired e) fail(Failure.of("expired", e.why()), e.money());
      else if (event instanceof Event.Unknown e) fail(Failure.of("unknown", e.why()), e.money());
      else if (event instanceof Event.Dead e) fail(e.error(), e.money());
      else if (event instanceof Event.Cancelled e) pay(e.money());
    }

    private void received(Event.Received e) {
      message = e.message();
      link = e.message().link();
      inReplyTo = e.inReplyTo();
    }

    private void routed(Event.Routed e) {
      link = e.link();
      carriage = e.carriage();
      if (message != null) message = message.withFrom(e.from());
      pay(e.money());
    }

    private void fail(Failure why, Event.Money change) {
      error = why;
      pay(change);
    }

    private void pay(Event.Money change) {
      if (change != null) money = change;
    }
  }
}
