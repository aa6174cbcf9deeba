package io.godwit.simulator;

import java.util.Map;
import java.util.SplittableRandom;

/** Everything that a simulator draws by lot, from one seed. */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  boolean hit(double ratio) {
    return ratio > 0 && random.nextDouble() < ratio;
  }

  int delay(Profile.Delay delay) {
    return delay.min() == delay.max() ? delay.min() : delay.min() + random.nextInt(delay.max() - delay.min() + 1);
  }

  /** One of the keys by the share of it; {@code otherwise} for what the shares leave to one. */
  <T> T byShare(Map<T, Double> shares, T otherwise) {
    if (shares.isEmpty()) {
      return otherwise;
    }
    double drawn = random.nextDouble();
    for (Map.Entry<T, Double> share : shares.entrySet()) {
      drawn -= share.getValue();
      if (drawn < 0) {
        return share.getKey();
      }
    }
    return otherwise;
  }

  long number() {
    return random.nextLong();
  }
}
