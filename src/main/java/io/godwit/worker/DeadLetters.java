package io.godwit.worker;

import io.godwit.message.Item;
import io.godwit.store.Mongo;
import io.godwit.store.UnitOfWork;
import java.util.function.Consumer;

/** Keeps a message or receipt that no stage could settle, with the reason, for operators to look at. */
public final class DeadLetters {
  public static final String COLLECTION = "dead_letters";

  private DeadLetters() {
  }

  /** The write that keeps it, for the unit of work that takes the message out of its parcel. */
  public static Consumer<UnitOfWork> keep(Item item, String queue, String why, long now) {
    return work -> work.insert(COLLECTION, Mongo.encode(1024, writer -> {
      writer.writeString("_id", item.id());
      writer.writeString("queue", queue);
      writer.writeString("why", why);
      writer.writeDateTime("at", now);
      writer.writeName("item");
      item.write(writer);
    }));
  }
}
