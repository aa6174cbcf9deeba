package io.godwit.ops;

/** Something that must not be: which message, what, and how it was seen. */
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
    /** In a parcel, and no event says where it comes from. */
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
    MONEY_LEFT
  }
}
