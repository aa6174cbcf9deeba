package io.godwit.intake;

import io.godwit.intake.Refusal.Reason;
import io.godwit.message.EncodingChoice;
import io.godwit.message.Limits;
import io.godwit.message.NumberPlan;
import io.godwit.message.Origin;
import io.godwit.message.Text;

/** Whether a submission makes sense: pure functions, for any thread. */
public final class Screening {
  /** A time that is past by less is taken as now: clocks differ. */
  private static final long CLOCK_SKEW = 300_000;

  private Screening() {
  }

  /** A {@link Draft} or a {@link Refusal}. */
  public sealed interface Result permits Draft, Refusal { }

  /** What is known of a text, or why it cannot be sent: one of the two is null. */
  public record Reading(Text.Analysis analysis, Refusal refusal) { }

  /** @param now milliseconds since 1970 */
  public static Result screen(Submission s, long now) {
    NumberPlan.Result to = NumberPlan.parse(s.to());
    if (to instanceof NumberPlan.Refused no) return new Refusal(Reason.INVALID_RECIPIENT, "to", "no message can be sent to this number: " + no.reason());
    NumberPlan.SenderResult from = s.from() == null ? null : NumberPlan.senderKind(s.from());
    if (from instanceof NumberPlan.Refused no) return new Refusal(Reason.INVALID_SENDER, "from", "this cannot be a sender: " + no.reason());
    Reading text = s.origin().smpp() != null && s.origin().smpp().header() != null ? part(s, s.origin().smpp().headerOctets())
      : read(s.text(), s.encoding(), s.transliterate());
    if (text.refusal() != null) return text.refusal();
    Refusal times = times(s, now);
    if (times != null) return times;
    return new Draft(s.account(), s.lane(), from instanceof NumberPlan.Sender sender ? sender.address() : "", (NumberPlan.Number) to, text.analysis(),
      validUntil(s, now), due(s.origin(), now));
  }

  /** A segment that the customer cut himself must stay one. It may be blank: the others are not. */
  private static Reading part(Submission s, int headerOctets) {
    Text.Result result = Text.analyse(s.text(), s.encoding(), s.transliterate());
    if (result instanceof Text.Analysis analysis && analysis.units() <= analysis.encoding().unitsBehind(headerOctets)) return new Reading(analysis, null);
    return new Reading(null, new Refusal(Reason.TOO_MANY_SEGMENTS, "text", "with its user data header the text does not fit into one short message"));
  }

  /** Encoding and segments of a text, as it would be sent. */
  public static Reading read(String text, EncodingChoice encoding, boolean transliterate) {
    if (text.isBlank()) return new Reading(null, new Refusal(Reason.EMPTY_TEXT, "text", "the text is empty"));
    if (text.length() > Limits.TEXT_CHARS) {
      return new Reading(null, new Refusal(Reason.TOO_MANY_SEGMENTS, "text",
        "the text has " + text.length() + " characters; no more than " + Limits.SEGMENTS + " segments can be sent"));
    }
    Text.Result result = Text.analyse(text, encoding, transliterate);
    if (result instanceof Text.Unrepresentable no) {
      return new Reading(null, new Refusal(Reason.UNENCODABLE_TEXT, "text",
        "'" + no.character() + "' at position " + no.index() + " is not in the GSM alphabet, which was asked for"));
    }
    Text.Analysis analysis = (Text.Analysis) result;
    if (analysis.segments() <= Limits.SEGMENTS) return new Reading(analysis, null);
    return new Reading(null, new Refusal(Reason.TOO_MANY_SEGMENTS, "text",
      "the text takes " + analysis.segments() + " segments in " + analysis.encoding().wireName() + "; no more than " + Limits.SEGMENTS + " can be sent"));
  }

  private static Refusal times(Submission s, long now) {
    if (s.validFor() < 0 || s.validFor() > Limits.MAX_VALIDITY) {
      return new Refusal(Reason.INVALID_VALIDITY, "validFor",
        "a message is valid for more than nothing and at most " + Limits.MAX_VALIDITY / 86_400_000 + " days");
    }
    long at = s.origin().scheduledAt();
    if (at == 0 || at >= now - CLOCK_SKEW && at <= now + Limits.MAX_SCHEDULE) return null;
    return new Refusal(Reason.INVALID_SCHEDULE, "scheduleAt",
      at < now ? "the time is past" : "the time is more than " + Limits.MAX_SCHEDULE / 86_400_000 + " days ahead");
  }

  private static long validUntil(Submission s, long now) {
    return Math.max(now, s.origin().scheduledAt()) + (s.validFor() == 0 ? Limits.DEFAULT_VALIDITY : s.validFor());
  }

  /** What was due already is sent like what was never scheduled. */
  private static Origin due(Origin o, long now) {
    return o.scheduledAt() == 0 || o.scheduledAt() > now ? o : o.withScheduledAt(0);
  }
}
