package io.godwit.message;

/** The words in which users are told how a message stands. */
public enum Status {
  SCHEDULED(false), SUBMITTED(false), ROUTED(false), SENT(false),
  DELIVERED(true), TELCO_ERROR(true),
  USER_BLOCKED(true), OPTED_OUT(true), NO_ROUTE(true), NO_CREDIT(true), REJECTED(true),
  EXPIRED(true), CANCELLED(true), DEAD(true), UNKNOWN(true), RECEIVED(true);

  private final boolean last;

  Status(boolean last) {
    this.last = last;
  }

  /** Whether nothing can follow. SENT is final, too, on links that give no receipts: the SENT event says so. */
  public boolean isFinal() {
    return last;
  }
}
