package io.godwit.intake;

import io.godwit.message.Message;
import java.util.List;

/** What became of drafts that were handed in together. */
public sealed interface Outcome {
  /**
   * They are durable on a majority and will be sent.
   *
   * @param batch the id of their batch; null when they were not handed in as one
   * @param messages in the order of the drafts
   */
  record Accepted(String batch, List<Message> messages) implements Outcome { }

  /** Nothing of them is stored. */
  record Refused(Refusal refusal) implements Outcome { }

  /** A document that the offer wanted to write besides is there already, under a unique key, or has changed; nothing of them is stored. */
  record Duplicate() implements Outcome { }

  /** The time to answer was over while the commit was under way: they may be accepted, now or in a moment. */
  record Unknown() implements Outcome { }
}
