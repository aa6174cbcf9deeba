package io.godwit.link;

/** A link's entry that cannot be used: the message names link and key. */
public final class Misconfigured extends IllegalArgumentException {
  private final String key;
  private final String what;

  Misconfigured(String where, String key, String what) {
    super(where + ": " + key + ": " + what);
    this.key = key;
    this.what = what;
  }

  /** With its path, such as {@code tls.trust}. */
  public String key() {
    return key;
  }

  /** What is wrong with it. */
  String what() {
    return what;
  }
}
