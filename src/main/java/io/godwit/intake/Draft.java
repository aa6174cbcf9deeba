package io.godwit.intake;

import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.NumberPlan;
import io.godwit.message.Origin;
import io.godwit.message.Text;

/**
 * A message that may be accepted: all of it but its id.
 *
 * @param from "" = Godwit chooses the sender
 * @param validUntil milliseconds since 1970
 */
public record Draft(String account, Lane lane, String from, NumberPlan.Number to, Text.Analysis text, long validUntil, Origin origin)
  implements Screening.Result {

  int weight() {
    return 300 + text.text().length() + (origin.smpp() == null ? 0 : origin.smpp().weight());
  }

  /** @param batch null = in none */
  public Message message(String id, String batch) {
    Origin of = batch == null ? origin : origin.withBatch(batch);
    return Message.accepted(id, lane, account, from, to.e164(), text.text(), text.encoding(), text.segments(), to.region(), validUntil, of);
  }
}
