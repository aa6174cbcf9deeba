package io.godwit.queue;

import io.godwit.message.Item;
import io.godwit.store.Mongo;
import org.bson.RawBsonDocument;

/**
 * A message or receipt that no stage could settle, kept with the reason for operators to look at.
 *
 * @param queue where it waited
 * @param at when it was given up, milliseconds since 1970
 */
public record DeadLetter(Item item, String queue, String why, long at) {
  static final String COLLECTION = "dead_letters";

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
}
