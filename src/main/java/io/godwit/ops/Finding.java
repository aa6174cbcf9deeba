package io.godwit.ops;

/** Something that must not be: which message or account, what, and how it was seen. */
public record Finding(String id, Kind kind, String detail) {

  public enum Kind {
    /** Not final, and in no parcel. */
    LOST,
    /** In more than one parcel. */
    IN_TWO_PLACES,
    /** Final, and still in a parcel. */
    STILL_WAITING,
    /** In a parcel that says another number than its last event. */
    OUT_OF_STEP,
    /** In a parcel, or in side events, and no event says where it comes from. */
    FROM_NOWHERE,
    /** Two events with one number. */
    REPEATED,
    /** A number is missing in its main chain. */
    GAP,
    /** Something happened to it after its end. */
    AFTER_THE_END,
    /** Billed or released without being reserved, or more than once, or reserved twice. */
    MONEY_TWICE,
    /** Final, and what was reserved for it neither billed nor released. */
    MONEY_LEFT,
    /** An account whose top-ups less what was billed are not what it has and has reserved. */
    MONEY_OFF,
    /** An account that spent what it does not have. */
    OVERDRAWN,
    /** Without a row in the reporting database. */
    ROW_MISSING,
    /** Its row in the reporting database does not say what its events say. */
    ROW_DIFFERS,
    /** A row in the reporting database, and no event says where it comes from. */
    ROW_FROM_NOWHERE,
    /** Accepted, as a customer was told, and there is no event of it. */
    NEVER_HEARD_OF,
    /** One id was given to a customer twice. */
    ID_TWICE,
    /** It ended otherwise than expected. */
    ANOTHER_END,
    /** A carrier's id in its SENT event that no carrier gave out. */
    CARRIER_ID_INVENTED,
    /** A carrier's id that stands in SENT events twice. */
    CARRIER_ID_TWICE,
    /** A carrier took something, and no event says that it was sent, or may have been. */
    SENT_SILENTLY
  }
}
