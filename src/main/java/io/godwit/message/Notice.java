package io.godwit.message;

import java.util.List;
import org.bson.BsonWriter;
import org.bson.Document;

/**
 * What a customer is to be told: how one of his messages ended, or that one came for him. It waits in a queue of its account, put there by
 * the very step that makes the event, until the customer has answered for it.
 *
 * @param message as it stood, without legs and carriers' ids; of one that he sent, the beginning of the text only
 * @param status of the event that it tells of
 * @param at when that happened, milliseconds since 1970
 * @param doneAt when the carrier says that it happened; -1 when not said
 * @param error why it ended otherwise than delivered; null when nothing is wrong
 * @param tries how often the customer was told in vain
 * @param validUntil after that it is not worth telling, milliseconds since 1970
 */
public record Notice(Message message, Status status, long at, long doneAt, Failure error, int tries, long validUntil) implements Item {

  /** Null when its sender does not want to be told of this last event of it. */
  public static Notice ofEnd(Message message, Event last) {
    SmppOrigin smpp = message.origin().smpp();
    if (smpp == null || !smpp.wantsReceipt(last.status() == Status.DELIVERED || last.status() == Status.SENT)) return null;
    return new Notice(message.sent(List.of()).withRoute(message.link(), List.of()), last.status(), last.at(), doneAt(last), last.error(), 0,
      last.at() + Limits.NOTICE_VALIDITY);
  }

  /** Of a message that came for its account. */
  public static Notice ofReceived(Message message, long at) {
    return new Notice(message, Status.RECEIVED, at, -1, null, 0, at + Limits.NOTICE_VALIDITY);
  }

  private static long doneAt(Event last) {
    if (last instanceof Event.Delivered delivered) return delivered.doneAt();
    return last instanceof Event.Undeliverable undeliverable ? undeliverable.doneAt() : -1;
  }

  /** The copy that is tried once more. */
  public Notice again() {
    return new Notice(message, status, at, doneAt, error, tries + 1, validUntil);
  }

  /** Whether it tells of a message from a handset. */
  public boolean isReceived() {
    return status == Status.RECEIVED;
  }

  /** The message's. */
  @Override
  public String id() {
    return message.id();
  }

  @Override
  public int weight() {
    return message.weight() + 150;
  }

  @Override
  public void write(BsonWriter writer) {
    Fields fields = Fields.open(writer).put("id", id()).put("status", status.name()).date("at", at).optDate("doneAt", doneAt).opt("tries", tries)
      .date("exp", validUntil);
    if (error != null) error.write(writer, "error");
    writer.writeName("of");
    message.write(writer);
    Item.writeHere(writer);
    fields.close();
  }

  public static Notice read(Document d) {
    long done = Message.millis(d, "doneAt");
    return new Notice(Message.read(d.get("of", Document.class)), Status.valueOf(d.getString("status")), Message.millis(d, "at"), done == 0 ? -1 : done,
      Failure.read(d, "error"), d.getInteger("tries", 0), Message.millis(d, "exp"));
  }
}
