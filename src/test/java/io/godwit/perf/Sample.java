package io.godwit.perf;

import io.godwit.message.Encoding;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import java.util.ArrayList;
import java.util.List;

/** What benches fill the queue with: messages of 100 characters, as the intake makes them. */
final class Sample {
  private static final String TEXT = "Godwits fly for eleven days. ".repeat(4).substring(0, 100);
  private static final long VALID_MS = 48 * 3_600_000L;

  private Sample() {
  }

  static Message message(MessageQueue queue) {
    return Message.accepted(queue.newId(), Lane.BULK, "acme", "Godwit", "+447700900123", TEXT, Encoding.GSM7, 1, "GB", queue.now() + VALID_MS, Origin.NONE);
  }

  static List<Message> messages(MessageQueue queue, int count) {
    List<Message> messages = new ArrayList<>(count);
    for (int i = 0; i < count; i++) messages.add(message(queue));
    return messages;
  }

  static Parcel parcel(MessageQueue queue, List<Message> messages) {
    return Parcel.of(queue.newId(), Parcel.ROUTE, Lane.BULK, queue.now(), 0, messages);
  }
}
