package io.godwit.link;

/** A link's entry that cannot be used: the message names link and key. */
public final class Misconfigured extends IllegalArgumentException {
  private final String key;

  Misconfigured(String where, String key, String what) {
    super(where + ": " + key + ": " + what);
    this.key = key;
  }

  /** With its path, such as {@code tls.trust}. */
  public String key() {
    return key;
  }
}
