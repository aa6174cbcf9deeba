package io.godwit.smpp;

/** The session ended before what was asked of it could happen. */
public final class SessionClosed extends Exception {
  private final CloseReason reason;

  SessionClosed(CloseReason reason) {
    super("SMPP session closed: " + reason, null, false, false);
    this.reason = reason;
  }

  public CloseReason reason() {
    return reason;
  }
}
