package io.godwit.simulator;

import java.util.Locale;
import java.util.UUID;

/** Gives out message ids: counted up from a number that differs each time, so that ids of two runs do not meet. */
final class MessageIds {
  private long next;

  /** @param first makes the first id; ten digits and more are usual with carriers */
  MessageIds(long first) {
    next = first;
  }

  long next() {
    return next++;
  }

  /** The same number in each form; as a UUID it is its last part. */
  static String write(long id, Profile.IdForm form) {
    switch (form) {
      case HEX:
        return Long.toHexString(id).toUpperCase(Locale.ROOT);
      case UUID:
        return new UUID(0x0192_7a6b_5c4d_7e00L ^ id >>> 20, 0x8000_0000_0000_0000L | id).toString();
      default:
        return Long.toUnsignedString(id);
    }
  }
}
