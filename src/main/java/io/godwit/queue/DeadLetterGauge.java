package io.godwit.queue;

import io.godwit.store.MongoSet;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code godwit_dead_letters{queue, set}} as this process last counted them in its set: every process shows the same, so take the highest, not the sum. Once
 * a queue had some it is shown with 0 when they have gone. Confined to the set's context.
 */
final class DeadLetterGauge {
  /** Between two counts, milliseconds. */
  static final long EVERY = 10_000;

  private final MongoSet set;
  private final DeadLetters letters;
  private final MultiGauge gauge;
  private final Map<String, Long> shown = new TreeMap<>();

  DeadLetterGauge(MongoSet set, DeadLetters letters, MeterRegistry registry) {
    this.set = set;
    this.letters = letters;
    this.gauge = MultiGauge.builder("godwit.dead.letters").description("dead letters that wait for an operator, at most " + DeadLetters.MOST_COUNTED + " of a queue").register(registry);
  }

  Future<Void> count() {
    return letters.count(set.context()).map(counts -> {
      shown.replaceAll((queue, before) -> 0L);
      shown.putAll(counts);
      gauge.register(shown.entrySet().stream().map(e -> Row.of(Tags.of("queue", e.getKey(), "set", Integer.toString(set.index())), e.getValue())).toList(), true);
      return null;
    });
  }
}
