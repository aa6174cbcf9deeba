package io.godwit.link;

import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.worker.Outlets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What follows, for messages and money, from what a carrier answered. */
final class Settlement {
  private final MessageQueue queue;
  private final Supplier<LinkConfig> configured;
  private final Directory.View<AccountTree> accounts;

  /** @param configured how the link is configured now */
  Settlement(MessageQueue queue, Supplier<LinkConfig> configured, Directory.View<AccountTree> accounts) {
    this.queue = queue;
    this.configured = configured;
    this.accounts = accounts;
  }

  /**
   * Adds the events of the settled messages, and where they go next, to the step; that they leave their parcels is the
   * caller's to say.
   *
   * @param lapsed parcels whose earlier holder may have submitted what is left below their old watermark
   */
  void settle(Step step, List<Submission> settled, List<Parcel> lapsed) {
    Round round = new Round(step, queue.now());
    for (Submission submission : settled) round.settle(submission);
    for (Parcel parcel : lapsed) {
      parcel.each(i -> {
        if (i < parcel.triedBefore()) round.unknown(parcel.lane(), parcel.rank(), parcel.message(i));
      });
    }
    round.close();
  }

  /** The same for messages in doubt of which the carrier has accepted every segment after all. */
  void sent(Step step, List<Message> messages) {
    Round round = new Round(step, queue.now());
    for (Message message : messages) round.sent(message.next(), message.parts());
    round.close();
  }

  /** One step in the making. */
  private final class Round {
    private final Step step;
    private final LinkConfig link = configured.get();
    private final long now;
    private final Outlets outlets;
    private final List<Message> awaiting = new ArrayList<>();

    Round(Step step, long now) {
      this.step = step;
      this.now = now;
      this.outlets = new Outlets(queue, step);
    }

    void settle(Submission s) {
      Message next = s.message.next();
      s.told(s.untold());
      if (s.isExpired() && !s.message.resent() && !s.isUnknown()) expired(next, s.parts());
      else if (s.isExpired() || s.isUnknown()) unknown(s.parcel.lane(), s.parcel.rank(), s.message.withParts(s.parts()));
      else if (s.failure() == null) sent(next, s.parts());
      else if (s.failure().temporary() && goesElsewhere(s)) detour(s.parcel.lane(), s.parcel.rank(), next.withParts(List.of()), s.failure());
      else if (s.failure().temporary()) retry(s.parcel.lane(), s.parcel.rank(), next.withParts(s.parts()), s.failure());
      else failed(next, s.failure(), s.parts());
    }

    private void sent(Message m, List<Segment> parts) {
      boolean billed = !link.receipts() || accounts.get().isBilledWhenSent(m.legs());
      List<String> ids = parts.stream().flatMap(part -> part.carrierIds().stream()).toList();
      Event sent = new Event.Sent(m.id(), m.n(), now, link.id(), ids, !link.receipts(), billed ? Money.billed(m.legs()) : null, m.segments(), m.carriage());
      if (link.receipts()) step.event(sent);
      else step.end(m, sent);
      if (link.receipts()) awaiting.add((billed ? m.withRoute(link.id(), List.of()) : m).sent(parts));
    }

    private void retry(Lane lane, long rank, Message m, Failure why) {
      later(lane, rank, m.again(false), why, due(m));
    }

    private long due(Message m) {
      return Math.min(now + link.pauseAfter(m.tries()), m.validUntil());
    }

    /** Each time that it has been refused so often: it may be this carrier's turn again, and its pauses still grow. */
    private boolean goesElsewhere(Submission s) {
      return link.failoverTries() > 0 && (s.message.tries() + 1) % link.failoverTries() == 0 && s.isRefusedAlone();
    }

    /** The room {@code rescue} finds the other link; where there is none it comes back for another try here. */
    private void detour(Lane lane, long rank, Message m, Failure why) {
      step.event(new Event.Retried(m.id(), m.n(), now, link.id(), why, false, due(m)));
      outlets.put(Parcel.DETOUR, lane, 0, rank, m.again(false));
    }

    private void later(Lane lane, long rank, Message m, Failure why, long due) {
      step.event(new Event.Retried(m.id(), m.n(), now, link.id(), why, m.resent(), due));
      outlets.put(Parcel.link(link.id()), lane, due, rank, m);
    }

    private void failed(Message m, Failure why, List<Segment> parts) {
      Unsent.end(step, accounts.get(), link.receipts(), m, parts, now, money -> new Event.Failed(m.id(), m.n(), now, link.id(), why, money));
    }

    private void expired(Message m, List<Segment> parts) {
      Unsent.end(step, accounts.get(), link.receipts(), m, parts, now, money -> new Event.Expired(m.id(), m.n(), now, "its validity ended before it was sent", money));
    }

    void unknown(Lane lane, long rank, Message message) {
      InDoubt.settle(step, outlets, link, accounts.get().get(message.account()), lane, rank, message, now);
    }

    void close() {
      for (int from = 0; from < awaiting.size(); from += Limits.AWAIT_PARCEL_MESSAGES) {
        List<Message> some = awaiting.subList(from, Math.min(awaiting.size(), from + Limits.AWAIT_PARCEL_MESSAGES));
        long at = some.stream().mapToLong(Message::validUntil).min().orElseThrow() + link.receiptGrace();
        step.put(Parcel.of(queue.newId(), Parcel.await(link.id()), Lane.BULK, at, at, some));
      }
      outlets.close();
    }
  }
}
