package io.godwit.link;

import io.godwit.accounts.AccountTree;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Segment;
import io.godwit.queue.Step;
import java.util.List;
import java.util.function.Function;

/** How a message ends that was certainly not sent as a whole: refused for good, or too old. */
public final class Unsent {
  private Unsent() {
  }

  /**
   * Adds its last event to the step, but not its leaving its parcel. What the carrier took of a long message is on the air, and is paid for at the whole price, as if it had
   * been sent, where it would have been billed with SENT; else it costs nothing.
   *
   * @param receipts whether its link gives receipts: over one without them SENT is billed to everybody
   * @param parts what the carrier said of its segments
   * @param event by what becomes of its legs
   */
  public static void end(Step step, AccountTree accounts, boolean receipts, Message m, List<Segment> parts, long now, Function<Money, Event> event) {
    boolean paid = parts.stream().anyMatch(part -> !part.carrierIds().isEmpty()) && (!receipts || accounts.isBilledWhenSent(m.legs()));
    step.end(m, event.apply(paid ? Money.billed(m.legs()) : Money.released(m.legs())));
    InDoubt.taken(step, m, parts, now);
    if (!paid) for (Leg leg : m.legs()) step.money(leg.account(), leg.amount());
  }
}
