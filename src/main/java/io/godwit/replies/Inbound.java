package io.godwit.replies;

import io.godwit.accounts.Directory;
import io.godwit.accounts.SmppLogin;
import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Notice;
import io.godwit.message.Origin;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.store.Deadline;
import io.godwit.worker.Outlets;
import io.godwit.worker.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about messages from handsets; the way is in the room's package-info. While a store does not answer they wait; any other failure is
 * the message's own, and counts against it as in every stage.
 */
final class Inbound implements Stage.Decider {
  private static final Logger log = LoggerFactory.getLogger(Inbound.class);
  private static final long ANSWER_WITHIN_MS = 5_000;
  private static final long WAIT_MS = 2_000;

  private final MessageQueue queue;
  private final ReplyPaths paths;
  private final Parts parts;
  private final Repeats repeats;
  private final OptOuts optOuts;
  private final Directory.View<Numbers> numbers;
  private final Directory.View<Map<String, SmppLogin>> logins;

  Inbound(MessageQueue queue, ReplyPaths paths, Parts parts, Repeats repeats, OptOuts optOuts, Directory.View<Numbers> numbers,
          Directory.View<Map<String, SmppLogin>> logins) {
    this.queue = queue;
    this.paths = paths;
    this.parts = parts;
    this.repeats = repeats;
    this.optOuts = optOuts;
    this.numbers = numbers;
    this.logins = logins;
  }

  /** What follows from one message, besides that it leaves its parcel. */
  private interface Outcome {
    void into(Step step, Outlets outlets);
  }

  @Override
  public Future<Step> decide(List<Parcel> parcels) {
    Context here = Vertx.currentContext();
    List<Future<Outcome>> outcomes = new ArrayList<>();
    for (Parcel parcel : parcels) for (Message message : parcel.messages()) outcomes.add(understand(here, parcel, message));
    return Future.all(outcomes).map(all -> {
      Step step = new Step();
      parcels.forEach(step::finish);
      Outlets outlets = new Outlets(queue, step);
      outcomes.forEach(outcome -> outcome.result().into(step, outlets));
      outlets.close();
      return step;
    });
  }

  private Future<Outcome> understand(Context here, Parcel parcel, Message message) {
    return Deadline.within(ANSWER_WITHIN_MS, joined(here, parcel, message)).recover(failure -> {
      if (!Homes.isPassing(failure)) return Future.failedFuture(failure);
      log.warn("inbound message {} waits: {}", message.id(), failure.toString());
      return Future.succeededFuture(later(parcel, message, queue.now() + WAIT_MS));
    });
  }

  private static Outcome later(Parcel parcel, Message message, long at) {
    return (step, outlets) -> outlets.put(parcel.queue(), parcel.lane(), at, parcel.rank(), message);
  }

  private Future<Outcome> joined(Context here, Parcel parcel, Message message) {
    Part part = Part.of(message);
    if (part == null) return once(here, message);
    return parts.add(here, message, part).compose(fate -> {
      if (fate instanceof Parts.Fate.Waits waits) return Future.succeededFuture(later(parcel, message, waits.until()));
      if (fate instanceof Parts.Fate.Whole whole) return once(here, whole(message, whole));
      return Future.succeededFuture((step, outlets) -> { });
    });
  }

  private static Message whole(Message part, Parts.Fate.Whole whole) {
    return part.withOrigin(Origin.NONE).withText(whole.text(), whole.parts());
  }

  private Future<Outcome> once(Context here, Message message) {
    return repeats.isRepeat(here, message).compose(isRepeat -> {
      if (!isRepeat) return answer(here, message);
      log.info("inbound message {} from {} was delivered before and is dropped", message.id(), message.from());
      return Future.succeededFuture((step, outlets) -> { });
    });
  }

  private Future<Outcome> answer(Context here, Message message) {
    return paths.find(here, message.from(), message.to()).compose(answered -> {
      String account = answered != null ? answered.account() : numbers.get().owner(message.to());
      Message owned = account == null ? message : message.withAccount(account);
      return obey(here, owned).map(v -> (step, outlets) -> received(step, owned, answered));
    });
  }

  private Future<Void> obey(Context here, Message message) {
    Words word = message.account().isEmpty() ? null : Words.of(message.text());
    if (word == Words.STOP) return optOuts.add(here, message.account(), message.from(), null, message.id());
    if (word == Words.START) return optOuts.remove(here, message.account(), message.from(), null);
    return Future.succeededFuture();
  }

  private void received(Step step, Message message, ReplyPaths.Answered answered) {
    long now = queue.now();
    step.event(new Event.Received(message, now, answered == null ? null : answered.message(), answered == null ? List.of() : answered.candidates()));
    if (SmppLogin.takesReplies(logins.get(), message.account())) step.tell(Notice.ofReceived(message, now));
    if (answered == null || MessageId.set(answered.message()) != queue.set()) return;
    step.event(new Event.Replied(answered.message(), now, message.id(), message.text()));
  }

  /** What cannot be understood has no event yet: it is RECEIVED when somebody has mended what was wrong, or for nobody when an operator drops it. */
  @Override
  public Step bury(Parcel parcel, Throwable why) {
    Step step = new Step().finish(parcel);
    String reason = DeadLetter.reason(why);
    for (Message message : parcel.messages()) step.deadLetter(message, parcel.queue(), reason, queue.now());
    return step;
  }
}
