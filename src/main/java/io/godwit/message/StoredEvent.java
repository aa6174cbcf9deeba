package io.godwit.message;

import java.util.List;
import java.util.Locale;
import org.bson.Document;

/** How events are called, and read back from their documents in pages; each kind is written by {@link Event#details}, and what several have by this. */
final class StoredEvent {
  /** How each kind is called in the stored stream. */
  static final ClassValue<String> NAMES = new ClassValue<>() {
    @Override
    protected String computeValue(Class<?> kind) {
      return kind == Event.LateReceipt.class ? "LATE_RECEIPT" : kind.getSimpleName().toUpperCase(Locale.ROOT);
    }
  };

  private StoredEvent() {
  }

  static Event read(Document d) {
    String id = d.getString("id");
    int n = d.getInteger("n");
    long at = d.getDate("at").getTime();
    Event.Money money = money(d);
    Failure error = Failure.read(d, "error");
    return switch (d.getString("type")) {
      case "ACCEPTED" -> new Event.Accepted(Message.read(d), at);
      case "SCHEDULED" -> new Event.Scheduled(Message.read(d), at);
      case "RECEIVED" -> new Event.Received(Message.read(d.append("dir", "MO")), at, d.getString("inReplyTo"), d.getList("candidates", String.class, List.of()));
      case "ROUTED" -> new Event.Routed(id, n, at, d.getString("link"), d.getString("from"), money, d.getString("instead"), Carriage.read(d));
      case "RETRIED" -> new Event.Retried(id, n, at, d.getString("link"), error, d.getBoolean("resent", false), Message.millis(d, "due"));
      case "SENT" -> new Event.Sent(id, n, at, d.getString("link"), d.getList("carrierIds", String.class, List.of()), d.getBoolean("final", false), money, d.getInteger("segs", 0),
        Carriage.read(d));
      case "DELIVERED" -> new Event.Delivered(id, n, at, doneAt(d), money);
      case "UNDELIVERABLE" -> new Event.Undeliverable(id, n, at, error, doneAt(d), money);
      case "FAILED" -> new Event.Failed(id, n, at, d.getString("link"), error, money);
      case "REFUSED" -> new Event.Refused(id, n, at, Status.valueOf(d.getString("reason")), error, money);
      case "EXPIRED" -> new Event.Expired(id, n, at, d.getString("why"), money);
      case "CANCELLED" -> new Event.Cancelled(id, n, at, money);
      case "DEAD" -> new Event.Dead(id, n, at, d.getString("why"), money);
      case "REVIVED" -> new Event.Revived(id, n, at, Status.valueOf(d.getString("stands")), d.getString("by"));
      case "UNKNOWN" -> new Event.Unknown(id, n, at, d.getString("why"), money);
      case "REPLIED" -> new Event.Replied(id, at, d.getString("replyId"), StoredText.read(d, "text"));
      case "NOTIFIED" -> new Event.Notified(id, at, d.getInteger("of"), d.getInteger("tries"));
      case "LATE_RECEIPT" -> new Event.LateReceipt(id, at, d.getString("carrierId"), d.getString("outcome"), d.getString("word"));
      case "UNRECOGNISED" -> new Event.Unrecognised(id, at, d.getString("carrierId"), d.getString("word"));
      case "TAKEN" -> new Event.Taken(id, at, d.getString("link"), d.getList("carrierIds", String.class, List.of()), d.getBoolean("late", false));
      case "DROPPED" -> new Event.Dropped(id, at, d.getString("by"), d.getString("why"));
      case "REDACTED" -> new Event.Redacted(id, at, d.getString("by"));
      default -> throw new IllegalArgumentException("unknown event type " + d.getString("type") + " of message " + id);
    };
  }

  private static Event.Money money(Document d) {
    String action = d.getString("money");
    return action == null ? null : new Event.Money(Event.Money.Action.valueOf(action), Leg.read(d, "legs"));
  }

  /** What the first event of a message says of it. */
  static void facts(Fields fields, Message m) {
    fields.put("account", m.account()).put("from", m.from()).put("to", m.to()).text("text", m.text() == null ? "" : m.text())
      .put("enc", m.encoding().name()).put("segs", m.segments()).opt("country", m.country()).put("lane", m.lane().number())
      .date("exp", m.validUntil());
    m.origin().write(fields.writer(), "o");
  }

  static void error(Fields fields, Failure error) {
    if (error != null) error.write(fields.writer(), "error");
  }

  private static long doneAt(Document d) {
    long at = Message.millis(d, "doneAt");
    return at == 0 ? -1 : at;
  }
}
