package io.godwit.simulator;

import com.cloudhopper.smpp.SmppConstants;
import io.godwit.smpp.Receipt.State;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What becomes of one message, decided when it comes in.
 *
 * @param answered false: submit_sm gets no answer
 * @param status of submit_sm_resp; the rest is for 0 only
 * @param state of the receipt, or null for none
 * @param receipts how many times it comes; 0 if it is lost
 * @param reply of the handset, or null
 */
record Fate(boolean answered, int status, State state, int receipts, String reply) {
  private static final Fate SILENCE = new Fate(false, 0, null, 0, null);
  private static final Fate DELIVERED = new Fate(true, 0, State.DELIVERED, 1, null);

  private static Fate refused(int status) {
    return new Fate(true, status, null, 0, null);
  }

  /** Decides, by the magic numbers and by lot. Event loop only. */
  static final class Decider {
    private static final int REMEMBERED = 10_000;
    private final Dice dice;
    /** Destinations that were throttled once. */
    private final Map<String, Boolean> throttled = new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
        return size() > REMEMBERED;
      }
    };

    Decider(Dice dice) {
      this.dice = dice;
    }

    void reset() {
      throttled.clear();
    }

    Fate decide(String destination, Profile profile) {
      Magic magic = profile.magicNumbers() ? Magic.of(destination) : null;
      return magic == null ? byLot(profile) : byMagic(magic, destination);
    }

    private Fate byMagic(Magic magic, String destination) {
      if (magic == Magic.NEVER_ANSWERED) {
        return SILENCE;
      }
      boolean again = magic == Magic.THROTTLED_FIRST && throttled.put(destination, true) != null;
      if (magic.status != 0 && !again) {
        return refused(magic.status);
      }
      return new Fate(true, 0, magic.state, magic == Magic.RECEIPT_TWICE ? 2 : 1, magic.reply);
    }

    private Fate byLot(Profile profile) {
      if (dice.hit(profile.neverAnswered())) {
        return SILENCE;
      }
      int status = dice.byShare(profile.errors(), SmppConstants.STATUS_OK);
      if (status != SmppConstants.STATUS_OK) {
        return refused(status);
      }
      State state = dice.byShare(profile.outcomes(), State.DELIVERED);
      int receipts = dice.hit(profile.receiptsLost()) ? 0 : dice.hit(profile.receiptsDoubled()) ? 2 : 1;
      String reply = dice.hit(profile.replies()) ? profile.replyText() : null;
      boolean ordinary = state == State.DELIVERED && receipts == 1 && reply == null;
      return ordinary ? DELIVERED : new Fate(true, 0, state, receipts, reply);
    }
  }
}
