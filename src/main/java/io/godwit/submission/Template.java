package io.godwit.submission;

import io.godwit.http.Input;
import io.godwit.message.Limits;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with places such as {@code {{name}}}, taken apart once for all recipients. Braces that hold no name stay as they are.
 *
 * @param literals one more than there are names: what stands before, between and behind them
 */
record Template(List<String> literals, List<String> names) {
  private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([A-Za-z0-9_.-]{1,64})\\s*}}");

  /** @param text null is taken as empty */
  static Template of(String text) {
    List<String> literals = new ArrayList<>();
    List<String> names = new ArrayList<>();
    Matcher place = PLACE.matcher(text == null ? "" : text);
    int end = 0;
    while (place.find()) {
      literals.add(text.substring(end, place.start()));
      names.add(place.group(1));
      end = place.end();
    }
    literals.add(text == null ? "" : text.substring(end));
    return new Template(literals, names);
  }

  /** The recipient's text; what lacks is the input's problem. Stops soon after {@link Limits#TEXT_CHARS}: such a text is refused anyway. */
  String fill(Input in, JsonObject vars) {
    StringBuilder text = new StringBuilder(literals.get(0));
    for (int i = 0; i < names.size() && text.length() <= Limits.TEXT_CHARS; i++) {
      Object value = vars.getValue(names.get(i));
      if (value instanceof String || value instanceof Number || value instanceof Boolean) text.append(value);
      else in.wrong("missing-variable", "vars." + names.get(i), value == null ? "is missing" : "must be a string or a number");
      text.append(literals.get(i + 1));
    }
    return text.toString();
  }
}
