package io.godwit.message;

import org.bson.BsonWriter;
import org.bson.Document;

/**
 * A carrier's receipt for one segment, as it waits to be matched with its message. It is made durable before it is
 * understood: whether there is such a message is found out later.
 *
 * @param id an id of its own, in the set that took it
 * @param link the link over which it came: carriers' ids are not unique across carriers
 * @param carrierId the carrier's message id, as received
 * @param outcome what it says about the segment
 * @param error what went wrong; null unless the outcome is FAILED
 * @param doneAt when the carrier says that it happened, milliseconds since 1970; -1 when not said
 * @param tries how often it has met no message so far
 * @param word the state that it gives, where that is no word that we know; else null
 */
public record DeliveryReport(String id, String link, String carrierId, Outcome outcome, Failure error, long doneAt, int tries, String word) implements Item {
  /** What a receipt says: on its way, or one of the two ends. */
  public enum Outcome { PENDING, DELIVERED, FAILED }

  /** A receipt is kept for this long when its message cannot be found, in milliseconds. */
  public static final long PATIENCE = 5 * 60_000L;

  /** One that says what it means. */
  public DeliveryReport(String id, String link, String carrierId, Outcome outcome, Failure error, long doneAt, int tries) {
    this(id, link, carrierId, outcome, error, doneAt, tries, null);
  }

  public DeliveryReport again() {
    return new DeliveryReport(id, link, carrierId, outcome, error, doneAt, tries + 1, word);
  }

  @Override
  public long validUntil() {
    return MessageId.millis(id) + PATIENCE;
  }

  @Override
  public int weight() {
    return 200;
  }

  @Override
  public void write(BsonWriter writer) {
    Fields fields = Fields.open(writer).put("id", id).put("link", link).put("carrierId", carrierId).put("outcome", outcome.name())
      .optDate("doneAt", doneAt).opt("tries", tries).opt("word", word);
    if (error != null) error.write(writer, "error");
    fields.close();
  }

  public static DeliveryReport read(Document d) {
    long doneAt = Message.millis(d, "doneAt");
    return new DeliveryReport(d.getString("id"), d.getString("link"), d.getString("carrierId"), Outcome.valueOf(d.getString("outcome")),
      Failure.read(d, "error"), doneAt == 0 ? -1 : doneAt, d.getInteger("tries", 0), d.getString("word"));
  }
}
