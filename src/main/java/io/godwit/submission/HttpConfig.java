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
 * @param connections that each instance serves; what is asked over further ones is refused, and they are closed
 */
record HttpConfig(long answerTimeout, long drainTimeout, int connections) {
  private static final Set<String> KNOWN = Set.of("answerTimeout", "drainTimeout", "connections");

  static HttpConfig from(JsonObject json) {
    for (String key : json.fieldNames()) {
      if (!KNOWN.contains(key)) throw new IllegalArgumentException("config." + key + ": unknown key; known are " + new TreeSet<>(KNOWN));
    }
    return new HttpConfig(millis(json, "answerTimeout", Limits.ANSWER), millis(json, "drainTimeout", Limits.DRAIN), connections(json));
  }

  private static int connections(JsonObject json) {
    if (json.getValue("connections", Limits.HTTP_CONNECTIONS) instanceof Integer n && n > 0 && n <= Limits.HTTP_CONNECTIONS) return n;
    throw new IllegalArgumentException("config.connections: must be a number from 1 to " + Limits.HTTP_CONNECTIONS);
  }

  private static long millis(JsonObject json, String key, long otherwise) {
    if (json.getValue(key, otherwise) instanceof Number n && n.longValue() > 0) return n.longValue();
    throw new IllegalArgumentException("config." + key + ": must be a number of milliseconds above 0");
  }
}
