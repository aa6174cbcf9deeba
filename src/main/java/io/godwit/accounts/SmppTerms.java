package io.godwit.accounts;

import io.godwit.message.Limits;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What was agreed with an account about SMPP: {@code smpp} in its entry, every part of it optional.
 *
 * @param binds most sessions at once, in the whole cluster
 * @param window most submits of a session that may wait for their answers; of what comes beyond, each is throttled
 * @param deliverWindow most deliver_sm of a session that may wait for theirs
 * @param rate segments a second in the whole cluster; 0 = no limit
 * @param charset what data_coding 0 means, both ways
 * @param longReplies how a long message from a handset is told
 * @param transliterate as in the REST interface
 * @param replyable whether replies are matched to the very message
 * @param duplicateWindow for so many seconds a submit with the same {@code user_message_reference}, addresses and content is a repetition, and gets the
 *     first one's answer; 0 = nothing is
 */
public record SmppTerms(int binds, int window, int deliverWindow, double rate, Charset charset, LongReplies longReplies, boolean transliterate,
                        boolean replyable, int duplicateWindow) {
  public enum Charset { GSM7, LATIN1, ASCII }

  /** Several deliver_sm with a user data header or with SAR TLVs, or one with message_payload. */
  public enum LongReplies { UDH, SAR, PAYLOAD }

  /** Answers are kept for so long, seconds. */
  private static final int LONGEST_WINDOW = (int) (Limits.IDEMPOTENCY / 1_000);

  public static final SmppTerms DEFAULT = new SmppTerms(10, 1_000, 100, 0, Charset.GSM7, LongReplies.UDH, false, false, 0);

  static SmppTerms from(String account, JsonObject smpp) {
    try {
      return new SmppTerms(number(smpp, "binds", DEFAULT.binds, 1), number(smpp, "window", DEFAULT.window, 1),
        number(smpp, "deliverWindow", DEFAULT.deliverWindow, 1), number(smpp, "rate", 0, 0), Charset.valueOf(word(smpp, "charset", "GSM7")),
        LongReplies.valueOf(word(smpp, "longReplies", "UDH")), smpp.getBoolean("transliterate", false), smpp.getBoolean("replyable", false),
        number(smpp, "duplicateWindow", 0, 0, LONGEST_WINDOW));
    } catch (ClassCastException | IllegalArgumentException e) {
      throw new IllegalArgumentException("account '" + account + "': smpp: " + e.getMessage(), e);
    }
  }

  private static int number(JsonObject smpp, String key, int otherwise, int least) {
    return number(smpp, key, otherwise, least, Integer.MAX_VALUE);
  }

  private static int number(JsonObject smpp, String key, int otherwise, int least, int most) {
    int value = smpp.getInteger(key, otherwise);
    if (value < least || value > most) throw new IllegalArgumentException(key + " must be at least " + least + (most == Integer.MAX_VALUE ? "" : " and at most " + most));
    return value;
  }

  private static String word(JsonObject smpp, String key, String otherwise) {
    return smpp.getString(key, otherwise).toUpperCase(Locale.ROOT);
  }

  /** By account, from the entries of kind {@link Account#KIND}; who has agreed nothing has the default. */
  public static Map<String, SmppTerms> all(Map<String, JsonObject> entries) {
    Map<String, SmppTerms> terms = new HashMap<>();
    entries.forEach((id, body) -> terms.put(id, body.getJsonObject("smpp") == null ? DEFAULT : from(id, body.getJsonObject("smpp"))));
    return terms;
  }
}
