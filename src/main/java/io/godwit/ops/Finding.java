package io.godwit.ops;

/** Something that must not be: which message or account, what, and how it was seen. */
public record Finding(String id, Kind kind, String detail) {

  public enum Kind {
    /** Not final, and in no parcel. */
    LOST("look where its parcel went: scripts/trail ID, the logs of the last event; it goes on when its parcel is put back"),
    /** In more than one parcel. */
    IN_TWO_PLACES("it may be sent twice: stop the queues that the detail names before the second is worked on"),
    /** Final, and still in a parcel. */
    STILL_WAITING("scripts/trail ID; cancel it, or it may be sent after its end"),
    /** In a parcel that says another number than its last event. */
    OUT_OF_STEP("scripts/trail ID and the parcel that the detail names: one of them was restored or changed by hand"),
    /** In a parcel, or in side events, and no event says where it comes from. */
    FROM_NOWHERE("its first events are gone: compare with a backup of its day"),
    /** Two events with one number. */
    REPEATED("a step was committed twice or an event copied: compare the two, and what was charged"),
    /** A number is missing in its main chain. */
    GAP("an event was deleted: compare with a backup of its day"),
    /** Something happened to it after its end. */
    AFTER_THE_END("scripts/trail ID; what came after the end may have cost something"),
    /** Billed or released without being reserved, or more than once, or reserved twice. */
    MONEY_TWICE("scripts/trail ID; put the account right by a top-up with this id as its reference"),
    /** Final, and what was reserved for it neither billed nor released. */
    MONEY_LEFT("scripts/trail ID; what is reserved comes back by a top-up with this id as its reference"),
    /** An account whose top-ups less what was billed are not what it has and has reserved. */
    MONEY_OFF("compare the account in balances, allotments, topups and transfers with a backup; nothing that Godwit does changes one without the other"),
    /** An account that spent what it does not have. */
    OVERDRAWN("block the account until it is explained"),
    /** Without a row in the reporting database. */
    ROW_MISSING("wait until the reports have caught up; else scripts/rebuild-reports"),
    /** Its row in the reporting database does not say what its events say. */
    ROW_DIFFERS("wait until the reports have caught up; else scripts/rebuild-reports"),
    /** A row in the reporting database, and no event says where it comes from. */
    ROW_FROM_NOWHERE("scripts/rebuild-reports"),
    /** Accepted, as a customer was told, and there is no event of it. */
    NEVER_HEARD_OF("was the file made in this cluster? If so an accepted message is lost: look at the door's log at the time in its id"),
    /** One id was given to a customer twice. */
    ID_TWICE("look for two processes with one incarnation number, and for a database restored from a copy"),
    /** It ended otherwise than expected. */
    ANOTHER_END("scripts/trail ID"),
    /** A receipt was asked for, it has ended, and its customer was not told. */
    RECEIPT_MISSING("while it is in a deliver queue its customer has no receiver bound; else look for its NOTIFIED event: scripts/trail ID"),
    /** Its customer had a receipt that it does not bear out. */
    RECEIPT_WRONG("scripts/trail ID; tell the customer how it ended"),
    /** A carrier's id in its SENT event that no carrier gave out. */
    CARRIER_ID_INVENTED("compare with the carrier's own list"),
    /** A carrier's id that stands in SENT events twice. */
    CARRIER_ID_TWICE("its carrier gives out ids again: receipts may meet the wrong message"),
    /** A carrier took something, and no event says that it was sent, or may have been. */
    SENT_SILENTLY("the carrier may charge for it: look at the link's log at that time");

    private final String advice;

    Kind(String advice) {
      this.advice = advice;
    }

    /** What an operator can do. */
    public String advice() {
      return advice;
    }
  }
}
