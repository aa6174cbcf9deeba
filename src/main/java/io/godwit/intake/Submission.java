package io.godwit.intake;

import io.godwit.message.EncodingChoice;
import io.godwit.message.Lane;
import io.godwit.message.Origin;

/**
 * One message as a customer hands it in, right in form and not yet looked at for sense.
 *
 * @param from null = the account's own, or Godwit chooses the sender
 * @param transliterate whether characters may be replaced by similar ones of the GSM alphabet, where that spares UCS-2
 * @param validFor how long it is worth sending after it is accepted or due, in milliseconds; 0 = {@link io.godwit.message.Limits#DEFAULT_VALIDITY}
 * @param origin its batch is not set: {@link Intake} knows it
 */
public record Submission(String account, Lane lane, String from, String to, String text, EncodingChoice encoding, boolean transliterate,
                         long validFor, Origin origin) {
  Submission withFrom(String sender) {
    return new Submission(account, lane, sender, to, text, encoding, transliterate, validFor, origin);
  }
}
