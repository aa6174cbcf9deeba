package io.godwit.smpp;

/** Why a session ended. */
public enum CloseReason {
  /** The peer sent unbind. */
  UNBOUND_BY_PEER,
  /** We sent unbind and it was answered, or its time was over. */
  UNBOUND_BY_US,
  /** The connection ended without unbind. */
  DISCONNECTED,
  /** {@link SmppSession#close} was called. */
  CLOSED_BY_US,
  /** No valid frame: a length below 16 octets or above 64 KiB. */
  GARBAGE,
  /** Nobody bound in time, or the bind was not answered in time. */
  BIND_TIMEOUT,
  /** The bind was answered with an error. */
  BIND_REFUSED,
  /** enquire_link was not answered. */
  NOT_ALIVE,
  /** Nothing was read for the inactivity time. */
  INACTIVE
}
