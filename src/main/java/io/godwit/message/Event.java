package io.godwit.message;

import java.util.List;
import org.bson.BsonWriter;
import org.bson.Document;

/**
 * An immutable fact about one message; the language of the audit trail. {@code n} counts the main chain of a message from
 * 1 without gaps; side events (n = 0) stand beside it and change no status. {@code at} is milliseconds since 1970 by the
 * clock of the process that found the fact.
 */
public sealed interface Event {
  String id();

  int n();

  long at();

  /** The status that users see after it; null for side events. */
  Status status();

  /** The message as Godwit took it over; null for every later event. */
  default Message message() {
    return null;
  }

  /** What it did to the message's legs; null when nothing. */
  default Money money() {
    return null;
  }

  /** Why the message waits or ended otherwise than delivered; null when nothing is wrong. */
  default Failure error() {
    return null;
  }

  /** Whether nothing can follow it in the main chain. */
  default boolean isFinal() {
    return status() != null && status().isFinal();
  }

  /** Writes what is particular to this kind of event into the open document. */
  void details(Fields fields);

  default String type() {
    return StoredEvent.NAMES.get(getClass());
  }

  default void write(BsonWriter writer) {
    Fields fields = Fields.open(writer).put("id", id()).put("n", n()).put("type", type()).date("at", at());
    details(fields);
    fields.close();
  }

  /** What a message's legs are after an event: reserved when routed, then billed or released, once. */
  record Money(Action action, List<Leg> legs) {
    public enum Action { RESERVED, BILLED, RELEASED }

    public static Money reserved(List<Leg> legs) {
      return legs.isEmpty() ? null : new Money(Action.RESERVED, legs);
    }

    public static Money billed(List<Leg> legs) {
      return legs.isEmpty() ? null : new Money(Action.BILLED, legs);
    }

    public static Money released(List<Leg> legs) {
      return legs.isEmpty() ? null : new Money(Action.RELEASED, legs);
    }

    static void write(Fields fields, Money money) {
      if (money == null) return;
      fields.put("money", money.action.name());
      Leg.write(fields.writer(), "legs", money.legs);
    }
  }

  /** Taken over by Godwit and to be sent at once. */
  record Accepted(Message message, long at) implements Event {
    public String id() { return message.id(); }
    public int n() { return message.n(); }
    public Status status() { return Status.SUBMITTED; }
    public void details(Fields fields) { StoredEvent.facts(fields, message); }
  }

  /** Taken over by Godwit and to be sent at its time ({@code o.scheduledAt}). */
  record Scheduled(Message message, long at) implements Event {
    public String id() { return message.id(); }
    public int n() { return message.n(); }
    public Status status() { return Status.SCHEDULED; }
    public void details(Fields fields) { StoredEvent.facts(fields, message); }
  }

  /** Came from a handset. {@code inReplyTo}: the message that it answers, null when none was found; {@code candidates}: others that it may answer. */
  record Received(Message message, long at, String inReplyTo, List<String> candidates) implements Event {
    public String id() { return message.id(); }
    public int n() { return message.n(); }
    public Status status() { return Status.RECEIVED; }
    public void details(Fields fields) {
      StoredEvent.facts(fields, message);
      fields.put("link", message.link()).opt("inReplyTo", inReplyTo).opt("candidates", candidates);
    }
  }

  /**
   * A link was chosen for it and its price reserved: {@code instead} of the one that did not try it, and of what was reserved for that, if not null;
   * {@code carriage}: null when nothing is known.
   */
  record Routed(String id, int n, long at, String link, String from, Money money, String instead, Carriage carriage) implements Event {
    /** Of what nothing is known about the carriage. */
    public Routed(String id, int n, long at, String link, String from, Money money, String instead) {
      this(id, n, at, link, from, money, instead, null);
    }

    public Status status() { return Status.ROUTED; }
    public void details(Fields fields) {
      fields.put("link", link).put("from", from).opt("instead", instead);
      Carriage.write(fields, carriage);
      Money.write(fields, money);
    }
  }

  /** Waits to be tried again at {@code due}; {@code resent}: the earlier try may have gone out. */
  record Retried(String id, int n, long at, String link, Failure error, boolean resent, long due) implements Event {
    public Status status() { return Status.ROUTED; }
    public void details(Fields fields) {
      fields.opt("link", link).opt("resent", resent).date("due", due);
      StoredEvent.error(fields, error);
    }
  }

  /**
   * Every segment was taken by the carrier. {@code last}: no receipt will come. {@code segments} and {@code carriage} are what the carrier's invoice is compared with: 0
   * and null in events of earlier releases.
   */
  record Sent(String id, int n, long at, String link, List<String> carrierIds, boolean last, Money money, int segments, Carriage carriage) implements Event {
    /** Of what nothing is known about the carriage. */
    public Sent(String id, int n, long at, String link, List<String> carrierIds, boolean last, Money money) {
      this(id, n, at, link, carrierIds, last, money, 0, null);
    }

    public Status status() { return Status.SENT; }
    public boolean isFinal() { return last; }
    public void details(Fields fields) {
      fields.put("link", link).opt("carrierIds", carrierIds).opt("final", last).opt("segs", segments);
      Carriage.write(fields, carriage);
      Money.write(fields, money);
    }
  }

  /** The carrier reported every segment as delivered. {@code doneAt}: when, by the carrier's clock; -1 when not said. */
  record Delivered(String id, int n, long at, long doneAt, Money money) implements Event {
    public Status status() { return Status.DELIVERED; }
    public void details(Fields fields) {
      fields.optDate("doneAt", doneAt);
      Money.write(fields, money);
    }
  }

  /** The carrier took it and could not deliver it. */
  record Undeliverable(String id, int n, long at, Failure error, long doneAt, Money money) implements Event {
    public Status status() { return Status.TELCO_ERROR; }
    public void details(Fields fields) {
      fields.optDate("doneAt", doneAt);
      StoredEvent.error(fields, error);
      Money.write(fields, money);
    }
  }

  /** The carrier or the link refused it for good. */
  record Failed(String id, int n, long at, String link, Failure error, Money money) implements Event {
    public Status status() { return Status.TELCO_ERROR; }
    public void details(Fields fields) {
      fields.opt("link", link);
      StoredEvent.error(fields, error);
      Money.write(fields, money);
    }
  }

  /** Godwit itself refused it: {@code reason} is one of the statuses from USER_BLOCKED to REJECTED. */
  record Refused(String id, int n, long at, Status reason, Failure error, Money money) implements Event {
    public Status status() { return reason; }
    public void details(Fields fields) {
      fields.put("reason", reason.name());
      StoredEvent.error(fields, error);
      Money.write(fields, money);
    }
  }

  /** Its time was over, and it was surely not sent as a whole; what a carrier took of a long one is {@link Taken}. What may have been sent, or has no receipt in its time, is {@link Unknown}. */
  record Expired(String id, int n, long at, String why, Money money) implements Event {
    public Status status() { return Status.EXPIRED; }
    public Failure error() { return Failure.of("expired", why); }
    public void details(Fields fields) {
      fields.opt("why", why);
      Money.write(fields, money);
    }
  }

  /** Taken back by the customer before it was sent. */
  record Cancelled(String id, int n, long at, Money money) implements Event {
    public Status status() { return Status.CANCELLED; }
    public void details(Fields fields) { Money.write(fields, money); }
  }

  /** A handler failed on it again and again: it is a dead letter. */
  record Dead(String id, int n, long at, String why, Money money) implements Event {
    public Status status() { return Status.DEAD; }
    public Failure error() { return Failure.of(Failure.DEAD, why); }
    public void details(Fields fields) {
      fields.opt("why", why);
      Money.write(fields, money);
    }
  }

  /**
   * An operator took it from the dead letters and put it back into the queue in which it died. It is the same message, under the id that its customer knows:
   * a new one beside it would be counted twice in its batch and in reports, while the old id said DEAD for ever. So DEAD ends a message unless an
   * operator revives it: this is the one event that may follow a final one, and only DEAD. Nothing is reserved by it; a message that had not been
   * sent is priced anew.
   *
   * @param stands its status from now on: SUBMITTED, or SENT where it only waits for receipts
   * @param by the operator's account
   */
  record Revived(String id, int n, long at, Status stands, String by) implements Event {
    public Status status() { return stands; }
    public void details(Fields fields) { fields.put("stands", stands.name()).put("by", by); }
  }

  /** Nobody will say what became of it: no receipt came in its time, or an answer was lost twice. */
  record Unknown(String id, int n, long at, String why, Money money) implements Event {
    public Status status() { return Status.UNKNOWN; }
    public Failure error() { return Failure.of("unknown", why); }
    public void details(Fields fields) {
      fields.opt("why", why);
      Money.write(fields, money);
    }
  }

  /** Side event: a handset answered it. */
  record Replied(String id, long at, String replyId, String text) implements Event {
    public int n() { return 0; }
    public Status status() { return null; }
    public void details(Fields fields) {
      fields.put("replyId", replyId);
      if (text != null && !text.isEmpty()) fields.text("text", text);
    }
  }

  /** Side event: the customer's webhook was told of the given event number. */
  record Notified(String id, long at, int of, int tries) implements Event {
    public int n() { return 0; }
    public Status status() { return null; }
    public void details(Fields fields) { fields.put("of", of).put("tries", tries); }
  }

  /** Side event: a receipt came after the message was final; it changes nothing. {@code word}: its state, where we do not know it; else null. */
  record LateReceipt(String id, long at, String carrierId, String outcome, String word) implements Event {
    public int n() { return 0; }
    public Status status() { return null; }
    public void details(Fields fields) { fields.put("carrierId", carrierId).put("outcome", outcome).opt("word", word); }
  }

  /** Side event: a receipt came whose state is no word that we know; it changes nothing. Of one that comes again and again the first in each process. */
  record Unrecognised(String id, long at, String carrierId, String word) implements Event {
    public int n() { return 0; }
    public Status status() { return null; }
    public void details(Fields fields) { fields.put("carrierId", carrierId).put("word", word); }
  }

  /**
   * Side event: the carrier has taken segments of it, so named, that no SENT tells of; it changes nothing. The message ended without the others, or, {@code late}, nobody
   * waited for the answer any more.
   */
  record Taken(String id, long at, String link, List<String> carrierIds, boolean late) implements Event {
    public int n() { return 0; }
    public Status status() { return null; }
    public void details(Fields fields) { fields.put("link", link).opt("carrierIds", carrierIds).opt("late", late); }
  }

  /** Side event: its texts were blanked. */
  record Redacted(String id, long at, String by) implements Event {
    public int n() { return 0; }
    public Status status() { return null; }
    public void details(Fields fields) { fields.put("by", by); }
  }

  /** Side event: an operator threw its dead letter away, for the reason given; it stays DEAD. */
  record Dropped(String id, long at, String by, String why) implements Event {
    public int n() { return 0; }
    public Status status() { return null; }
    public void details(Fields fields) { fields.put("by", by).put("why", why); }
  }

  /** Reads an event back from its document in a page. */
  static Event read(Document d) {
    return StoredEvent.read(d);
  }
}
