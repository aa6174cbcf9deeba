package io.godwit.queue;

import io.godwit.message.Item;
import io.godwit.message.Limits;
import io.godwit.store.Mongo;
import org.bson.Document;
import org.bson.RawBsonDocument;

/**
 * A message, receipt or notice that no stage could settle, kept with the reason until an operator retries or drops it.
 *
 * @param item as it stood in its parcel: for a message, before its DEAD event
 * @param queue where it waited, and where a retry puts it
 * @param why at most {@link Limits#REASON_CHARS}
 * @param at when it was given up, milliseconds since 1970
 */
public record DeadLetter(Item item, String queue, String why, long at) {

  /** What a failure says, no longer than it is kept. */
  public static String reason(Throwable failure) {
    String text = String.valueOf(failure);
    if (text.length() <= Limits.REASON_CHARS) return text;
    int end = Character.isHighSurrogate(text.charAt(Limits.REASON_CHARS - 1)) ? Limits.REASON_CHARS - 1 : Limits.REASON_CHARS;
    return text.substring(0, end);
  }

  /** The message's or the receipt's. */
  public String id() {
    return item.id();
  }

  RawBsonDocument document() {
    return Mongo.encode(item.weight() + 256, writer -> {
      writer.writeString("_id", item.id());
      writer.writeString("queue", queue);
      writer.writeString("why", why);
      writer.writeDateTime("at", at);
      writer.writeName("item");
      item.write(writer);
    });
  }

  static DeadLetter read(Document d) {
    String queue = d.getString("queue");
    Document item = d.get("item", Document.class);
    return new DeadLetter(Parcel.item(queue, item), queue, d.getString("why"), d.getDate("at").getTime());
  }
}
