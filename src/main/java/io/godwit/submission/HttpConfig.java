package io.godwit.submission;

import io.godwit.message.Limits;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;

/**
 * The {@code config} of the HTTP verticle in {@code verticles.json}.
 *
 * @param answerTimeout milliseconds after which a submission is answered in any case
 * @param drainTimeout milliseconds that requests under way get when the verticle stops
 */
record HttpConfig(long answerTimeout, long drainTimeout) {
  private static final Set<String> KNOWN = Set.of("answerTimeout", "drainTimeout");

  static HttpConfig from(JsonObject json) {
    for (String key : json.fieldNames()) {
      if (!KNOWN.contains(key)) throw new IllegalArgumentException("config." + key + ": unknown key; known are " + new TreeSet<>(KNOWN));
    }
    return new HttpConfig(millis(json, "answerTimeout", Limits.ANSWER), millis(json, "drainTimeout", Limits.DRAIN));
  }

  private static long millis(JsonObject json, String key, long otherwise) {
    if (json.getValue(key, otherwise) instanceof Number n && n.longValue() > 0) return n.longValue();
    throw new IllegalArgumentException("config." + key + ": must be a number of milliseconds above 0");
  }
}
