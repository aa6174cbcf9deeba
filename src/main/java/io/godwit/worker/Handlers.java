package io.godwit.worker;

import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.store.Deadline;
import io.godwit.worker.MessageHandler.Decision;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The worker's decider: shows each batch to the handlers in their configured order, and turns what they decided into one
 * step. A message that is refused or postponed by one handler is not shown to the next.
 */
final class Handlers implements Stage.Decider {
  private final MessageQueue queue;
  private final List<MessageHandler> chain;
  private final ToIntFunction<String> parcelSizes;
  private final Lines lines;

  /**
   * @param parcelSizes how many messages a parcel of a queue may hold
   * @param share an account's weight, at least 1
   */
  Handlers(MessageQueue queue, List<MessageHandler> chain, ToIntFunction<String> parcelSizes, ToIntFunction<String> share) {
    this.queue = queue;
    this.parcelSizes = parcelSizes;
    this.lines = new Lines(queue, share);
    this.chain = chain;
  }

  /** What has been decided about one message so far. */
  private static final class Fate {
    final Parcel parcel;
    final Message shown;
    Message message;
    Decision end;

    Fate(Parcel parcel, Message message) {
      this.parcel = parcel;
      this.shown = message;
      this.message = message;
    }

    boolean isRouted() {
      return end == null && message.link() != null;
    }
  }

  @Override
  public Future<Step> decide(List<Parcel> parcels) {
    List<Fate> fates = new ArrayList<>();
    long now = queue.now();
    for (Parcel parcel : parcels) parcel.messages().forEach(message -> fates.add(judge(parcel, message, now)));
    Future<Void> shown = Future.succeededFuture();
    for (int i = 0; i < chain.size(); i++) {
      int place = i;
      shown = shown.compose(v -> show(place, fates));
    }
    return shown.map(v -> conclude(parcels, fates, now));
  }

  /** Validity is checked before anything else: a stale message is never priced or routed. */
  private static Fate judge(Parcel parcel, Message message, long now) {
    Fate fate = new Fate(parcel, message);
    if (message.validUntil() <= now) fate.end = new Decision.Refuse(Status.EXPIRED, Failure.of("expired", "its validity ended before it was routed"));
    return fate;
  }

  private Future<Void> show(int place, List<Fate> fates) {
    MessageHandler handler = chain.get(place);
    List<Fate> open = fates.stream().filter(fate -> fate.end == null).toList();
    if (open.isEmpty()) return Future.succeededFuture();
    return Deadline.told(Vertx.currentContext(), handler.handle(open.stream().map(fate -> fate.message).toList())).map(decisions -> {
      if (decisions.size() != open.size()) {
        throw new IllegalStateException("handler " + handler.name() + " decided about " + decisions.size() + " of " + open.size() + " messages");
      }
      for (int i = 0; i < open.size(); i++) record(place, open.get(i), decisions.get(i));
      return null;
    });
  }

  /** Where one handler ends a message's way, what those before it decided takes no effect: they are told. */
  private void record(int place, Fate fate, Decision decision) {
    if (decision instanceof Decision.Next next) {
      fate.message = next.message();
      return;
    }
    fate.end = decision;
    for (MessageHandler before : chain.subList(0, place)) before.undone(fate.shown);
  }

  private Step conclude(List<Parcel> parcels, List<Fate> fates, long now) {
    Step step = new Step();
    parcels.forEach(step::finish);
    Outlets outlets = new Outlets(queue, step, parcelSizes);
    Lines.Places places = lines.new Places();
    for (Fate fate : fates) if (fate.isRouted()) places.count(fate.parcel, fate.message);
    for (Fate fate : fates) {
      if (fate.end instanceof Decision.Refuse refuse) refuse(step, fate.message, refuse, now);
      else if (fate.end instanceof Decision.Later later) outlets.put(fate.parcel.queue(), fate.parcel.lane(), later.at(), fate.parcel.rank(), fate.shown);
      else if (!fate.isRouted()) refuse(step, fate.message, new Decision.Refuse(Status.NO_ROUTE, Failure.of("no-route", "no handler chose a link")), now);
      else route(step, outlets, fate, places.rank(fate.parcel, fate.message, now), now);
    }
    outlets.close();
    return step;
  }

  private static void refuse(Step step, Message message, Decision.Refuse refuse, long now) {
    int n = message.n() + 1;
    step.end(message, refuse.reason() == Status.EXPIRED ? new Event.Expired(message.id(), n, now, refuse.error().text(), null)
      : new Event.Refused(message.id(), n, now, refuse.reason(), refuse.error(), null));
  }

  private void route(Step step, Outlets outlets, Fate fate, long rank, long now) {
    Message message = fate.message.next();
    step.event(new Event.Routed(message.id(), message.n(), now, message.link(), message.from(), Event.Money.reserved(message.legs()), null, message.carriage()));
    for (Leg leg : message.legs()) step.money(leg.account(), -leg.amount());
    outlets.put(Parcel.link(message.link()), fate.parcel.lane(), 0, rank, message);
  }

  @Override
  public void undone(List<Parcel> parcels) {
    for (Parcel parcel : parcels) for (Message message : parcel.messages()) for (MessageHandler handler : chain) handler.undone(message);
  }

  @Override
  public Step bury(Parcel parcel, Throwable why) {
    Step step = new Step().finish(parcel);
    String reason = DeadLetter.reason(why);
    for (Message message : parcel.messages()) {
      step.end(message, new Event.Dead(message.id(), message.n() + 1, queue.now(), reason, null));
      step.deadLetter(message, parcel.queue(), reason, queue.now());
    }
    return step;
  }
}
