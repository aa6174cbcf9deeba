package io.godwit.queue;

import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.testing.Await;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;

/** One process's hands on a queue: every call waits for its outcome. */
final class QueueBench {
  static final String QUEUE = "route";

  final MessageQueue queue;
  final Context context;
  final Slot slot;

  QueueBench(MessageQueue queue, Context context, String slotName) {
    this.queue = queue;
    this.context = context;
    this.slot = Await.on(context, () -> Future.succeededFuture(queue.openSlot(slotName)));
  }

  Message message(String text) {
    return message(text, Origin.NONE);
  }

  Message ofBatch(String batch) {
    return message("one of many", new Origin(null, null, List.of(), null, batch, 0, false));
  }

  private Message message(String text, Origin origin) {
    return Message.accepted(queue.newId(), Lane.BULK, "acme", "Godwit", "+447700900123", text, Encoding.GSM7, 1, "GB", queue.now() + 60_000, origin);
  }

  Parcel parcel(Lane lane, long rank, long at, String... texts) {
    return Parcel.of(queue.newId(), QUEUE, lane, rank, at, Arrays.stream(texts).map(this::message).toList());
  }

  Parcel parcel(String... texts) {
    return parcel(Lane.BULK, 1, 0, texts);
  }

  /** A step that puts the parcel and says so of each message. */
  Step accepting(Parcel parcel) {
    Step step = new Step().put(parcel);
    parcel.messages().forEach(m -> step.event(new Event.Accepted(m, queue.now())));
    return step;
  }

  void commit(Step step) {
    Await.on(context, () -> slot.commit(step));
  }

  /** What the step failed with. */
  RuntimeException failureOf(Step step) {
    try {
      commit(step);
    } catch (RuntimeException e) {
      return e;
    }
    throw new AssertionError("the step was expected to fail");
  }

  Parcel put(Parcel parcel) {
    commit(new Step().put(parcel));
    return parcel;
  }

  List<Parcel> claim(int most, int tryable) {
    return Await.on(context, () -> queue.claim(QUEUE, most, tryable));
  }

  List<Parcel> claimExpired(int most) {
    return Await.on(context, () -> queue.claimExpired(most));
  }

  /** At once, or when a mongod has stalled: what a claim could not have in a quarter of a second it passes over for two. */
  Parcel claimOne() {
    return claimWithin(5);
  }

  /** Claims again and again until something is there. */
  Parcel claimSoon() {
    return claimWithin(60);
  }

  private Parcel claimWithin(long seconds) {
    Parcel[] got = new Parcel[1];
    Await.until("there is a parcel to claim", seconds, () -> {
      List<Parcel> claimed = claim(1, 0);
      if (!claimed.isEmpty()) got[0] = claimed.get(0);
      return got[0] != null;
    });
    return got[0];
  }

  boolean isEmpty() {
    return Await.await(queue.depths(context)).isEmpty();
  }

  /** Again when a disk has stalled, and so nobody knows whether it is given back. */
  void giveBack(Parcel parcel, boolean submitted) {
    Await.until("it is given back", () -> Await.on(context, () -> queue.giveBack(List.of(parcel), submitted).map(true).otherwise(false)));
  }

  static List<String> texts(Parcel parcel) {
    return parcel.messages().stream().map(Message::text).toList();
  }
}
