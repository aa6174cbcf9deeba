package io.godwit.routing;

/**
 * How much of what a link takes is delivered, as measured lately. Thread-safe; answered from memory, since it is asked for each
 * message on an event loop.
 */
public interface Quality {
  /** Knows nothing: no link is passed over for its quality. */
  Quality UNKNOWN = (link, country) -> -1;

  /**
   * @param country ISO 3166-1 of the recipient, as in {@link io.godwit.message.Message#country}
   * @return delivered of 1,000 messages that ended; -1 when that is not known, or of too few messages to mean anything
   */
  int permille(String link, String country);
}
