package io.godwit.replies;

import io.godwit.message.Message;

/**
 * What the link says of a part of a longer message in its tags: {@code part:reference:total:number}.
 *
 * @param number from 1 to total
 */
record Part(String reference, int total, int number) {
  private static final String TAG = "part:";

  /** Null for a message that is whole. */
  static Part of(Message message) {
    for (String tag : message.origin().tags()) {
      if (!tag.startsWith(TAG)) continue;
      String[] said = tag.substring(TAG.length()).split(":");
      return new Part(said[0], Integer.parseInt(said[1]), Integer.parseInt(said[2]));
    }
    return null;
  }
}
