package io.godwit.queue;

/** A step that nothing can store, since what was decided has no form: it was not tried, and would fail in the same way again. */
public final class Unwritable extends RuntimeException {
  Unwritable(RuntimeException why) {
    super(String.valueOf(why.getMessage()), why, false, false);
  }
}
