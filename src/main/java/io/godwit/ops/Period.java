package io.godwit.ops;

import io.vertx.core.json.JsonObject;
import java.util.Set;

/** {@code periodSeconds} of a component in verticles.json. */
record Period(String component, JsonObject config, String... more) {
  private static final long LONGEST = 7 * 86_400;

  /** Fails with a sentence that names the key. */
  long seconds(long otherwise) {
    for (String key : config.fieldNames()) {
      if (!key.equals("periodSeconds") && !Set.of(more).contains(key)) throw new IllegalArgumentException(component + ": " + key + ": unknown key");
    }
    Object value = config.getValue("periodSeconds", otherwise);
    if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 1 && ((Number) value).longValue() <= LONGEST) return ((Number) value).longValue();
    throw new IllegalArgumentException(component + ": periodSeconds: must be a number from 1 to " + LONGEST);
  }
}
