package io.godwit.link;

import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.worker.Stage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Ends the messages whose receipts did not come in their time: UNKNOWN, and billed as sent. */
final class Overdue implements Stage.Decider {
  private final MessageQueue queue;
  private final LongSupplier grace;

  /** @param grace how long after its validity a message's receipt is waited for, milliseconds */
  Overdue(MessageQueue queue, LongSupplier grace) {
    this.queue = queue;
    this.grace = grace;
  }

  @Override
  public Future<Step> decide(List<Parcel> parcels) {
    Step step = new Step();
    long now = queue.now();
    for (Parcel parcel : parcels) {
      List<Message> waiting = new ArrayList<>();
      for (Message message : parcel.messages()) {
        if (message.validUntil() + grace.getAsLong() <= now) end(step, message.next(), now);
        else waiting.add(message);
      }
      step.finish(parcel);
      if (!waiting.isEmpty()) wait(step, parcel, waiting);
    }
    return Future.succeededFuture(step);
  }

  private static void end(Step step, Message m, long now) {
    step.end(m, new Event.Unknown(m.id(), m.n(), now, "no receipt came in its time", Money.billed(m.legs())));
  }

  private void wait(Step step, Parcel parcel, List<Message> waiting) {
    long at = waiting.stream().mapToLong(Message::validUntil).min().orElseThrow() + grace.getAsLong();
    step.put(Parcel.of(queue.newId(), parcel.queue(), Lane.BULK, at, at, waiting));
  }

  @Override
  public Step bury(Parcel parcel, Throwable why) {
    Step step = new Step().finish(parcel);
    String reason = DeadLetter.reason(why);
    for (Message message : parcel.messages()) {
      step.end(message, new Event.Dead(message.id(), message.n() + 1, queue.now(), reason, Money.billed(message.legs())));
      step.deadLetter(message, parcel.queue(), reason, queue.now());
    }
    return step;
  }
}
