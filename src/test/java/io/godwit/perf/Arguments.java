package io.godwit.perf;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** {@code --name value …} as scripts/bench passes them, and the result on its way back. */
final class Arguments {
  private final Map<String, String> values = new HashMap<>();

  /** What a main measures. */
  interface Measurement {
    JsonObject run(Arguments arguments) throws Exception;
  }

  /** Measures, writes the result and ends the process, whatever event loops still run; with 1 and a trace when it failed. */
  static void measure(String[] words, Measurement measurement) {
    int code = 1;
    try {
      Arguments arguments = new Arguments(words);
      arguments.write(measurement.run(arguments));
      code = 0;
    } catch (Exception e) {
      e.printStackTrace();
    }
    System.exit(code);
  }

  Arguments(String[] words) {
    for (int i = 0; i + 1 < words.length; i += 2) values.put(words[i].substring(2), words[i + 1]);
  }

  String text(String name) {
    if (!values.containsKey(name)) throw new IllegalArgumentException("--" + name + " is missing");
    return values.get(name);
  }

  int number(String name) {
    return Integer.parseInt(text(name));
  }

  /** Written under another name first: whoever finds the file finds all of it. */
  void write(JsonObject result) throws IOException {
    Path out = Path.of(text("out"));
    Path part = out.resolveSibling(out.getFileName() + ".part");
    Files.writeString(part, result.encodePrettily());
    Files.move(part, out);
  }

  /** A histogram of nanoseconds in milliseconds. */
  static JsonObject millis(Histogram nanos) {
    return new JsonObject().put("count", nanos.getTotalCount()).put("p50", nanos.getValueAtPercentile(50) / 1e6)
      .put("p90", nanos.getValueAtPercentile(90) / 1e6).put("p99", nanos.getValueAtPercentile(99) / 1e6).put("max", nanos.getMaxValue() / 1e6);
  }
}
