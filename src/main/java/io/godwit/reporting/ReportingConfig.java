package io.godwit.reporting;

import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code verticles.json} may say of the reporting component.
 *
 * @param pollMs pause between two looks when nothing is left to do
 * @param batchEvents about how many events one PostgreSQL transaction takes in
 * @param watchMs pause between two looks at the process that projects in our place
 */
record ReportingConfig(long pollMs, int batchEvents, long watchMs) {

  static ReportingConfig from(JsonObject json) {
    Set<String> known = Set.of("pollMs", "batchEvents", "watchMs");
    for (String key : json.fieldNames()) {
      if (!known.contains(key)) throw new IllegalArgumentException("reporting: " + key + ": unknown key; known are " + new TreeSet<>(known));
    }
    return new ReportingConfig(number(json, "pollMs", 200, 10, 60_000), (int) number(json, "batchEvents", 5_000, 1, 100_000), number(json, "watchMs", 2_000, 10, 60_000));
  }

  private static long number(JsonObject json, String key, long otherwise, long least, long most) {
    Object value = json.getValue(key, otherwise);
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= least && number <= most) return number;
    }
    throw new IllegalArgumentException("reporting: " + key + ": must be a number from " + least + " to " + most);
  }
}
