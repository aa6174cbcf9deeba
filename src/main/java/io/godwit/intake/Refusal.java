package io.godwit.intake;

import java.util.Locale;

/**
 * Why a submission was not taken; nothing of it is stored.
 *
 * @param field the submission's field at fault, by its name in JSON; null when it is none of them
 * @param detail a sentence for people
 */
public record Refusal(Reason reason, String field, String detail) implements Screening.Result {
  public enum Reason {
    INVALID_RECIPIENT, INVALID_SENDER, EMPTY_TEXT, UNENCODABLE_TEXT, TOO_MANY_SEGMENTS, INVALID_VALIDITY, INVALID_SCHEDULE,
    /** More than the account may hand in: in a second, or in a day. */
    RATE_LIMIT, DAILY_LIMIT, SPEND_LIMIT,
    /** Too much waits to be accepted: come back later. */
    OVERLOADED,
    /** No set can take it now: come back later. */
    STORE_UNAVAILABLE;

    /** Stable, for programs. */
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the same submission may be taken at another time. */
    public boolean isTemporary() {
      return this == OVERLOADED || this == STORE_UNAVAILABLE;
    }

    /** Whether it is for what the account has handed in already. */
    public boolean isLimit() {
      return this == RATE_LIMIT || this == DAILY_LIMIT || this == SPEND_LIMIT;
    }
  }

  static Refusal overloaded() {
    return new Refusal(Reason.OVERLOADED, null, "too many messages wait to be accepted; nothing of this request was stored");
  }

  static Refusal storeUnavailable() {
    return new Refusal(Reason.STORE_UNAVAILABLE, null, "the store cannot take messages now; nothing of this request was stored");
  }
}
