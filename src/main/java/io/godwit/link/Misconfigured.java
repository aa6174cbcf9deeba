package io.godwit.link;

import io.godwit.accounts.Form;
import java.util.List;

/** A link's entry that cannot be used: the message names link and key of the first thing that is wrong, such as {@code tls.trust}. */
public final class Misconfigured extends Form.Invalid {
  /** @param root the entry's path, with which those of all that is wrong begin */
  Misconfigured(String where, String root, List<Form.Wrong> wrongs) {
    super(where + ": " + key(root, wrongs.get(0)) + ": " + wrongs.get(0).detail(), wrongs);
  }

  private static String key(String root, Form.Wrong wrong) {
    return wrong.path().substring(root.length() + 1).replace('/', '.');
  }
}
