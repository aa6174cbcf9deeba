package io.godwit.link;

import io.godwit.accounts.Account;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.worker.Outlets;
import java.util.List;

/** What follows for a message of which nobody knows whether a carrier took it. */
public final class InDoubt {
  private static final String WHY = "the carrier's answer was lost";

  private InDoubt() {
  }

  /**
   * Again after a while if its account wants that and its validity lasts, else nobody will ever know: added to the step, but for its leaving its parcel.
   *
   * @param link null when the directory knows it no more
   * @param account null when the directory knows it no more
   */
  public static void settle(Step step, Outlets outlets, LinkConfig link, Account account, Lane lane, long rank, Message before, long now) {
    boolean again = link != null && !before.resent() && (account == null || account.resend()) && now + link.unknownWait() < before.validUntil();
    Message m = again ? before.next().again(true) : before.next();
    if (again) {
      step.event(new Event.Retried(m.id(), m.n(), now, link.id(), new Failure("outcome-unknown", true, null, WHY), true, now + link.unknownWait()));
      outlets.put(Parcel.link(link.id()), lane, now + link.unknownWait(), rank, m);
    } else {
      step.end(m, new Event.Unknown(m.id(), m.n(), now, WHY, Money.billed(m.legs())));
      taken(step, m, m.parts(), now);
    }
  }

  /** What the carrier has certainly taken of a message that ends without being sent: by this its receipts are known. */
  static void taken(Step step, Message m, List<Segment> parts, long now) {
    List<String> names = parts.stream().flatMap(part -> part.carrierIds().stream()).toList();
    if (!names.isEmpty()) step.event(new Event.Taken(m.id(), now, m.link(), names, false));
  }
}
