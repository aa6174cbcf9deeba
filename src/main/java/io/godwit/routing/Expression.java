package io.godwit.routing;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.godwit.accounts.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;

/**
 * A regular expression in the syntax of RE2, found anywhere in a text unless it says ^ or $. Its time grows linearly with the text, whatever it says; and as that is
 * some ten nanoseconds a character and step of the expression, its size is limited. Thread-safe.
 */
final class Expression {
  static final int MOST_CHARS = 200;
  /** Steps of the compiled expression. */
  static final int MOST_STEPS = 200;
  /** How often what is repeated may be repeated, all of it multiplied: it is written out before its steps can be counted. */
  private static final long MOST_REPEATS = 1_000;
  private static final java.util.regex.Pattern REPEAT = java.util.regex.Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?}");

  private final Pattern pattern;

  private Expression(Pattern pattern) {
    this.pattern = pattern;
  }

  /** Null where nothing is said. */
  static Expression read(Form form, String field) {
    String text = form.text(field, MOST_CHARS);
    return text == null ? null : of(form, field, text);
  }

  /** Each of a list, capitals or not. */
  static List<Expression> readAll(Form form, String field, int most) {
    List<Expression> all = new ArrayList<>();
    for (String text : form.texts(field, most, MOST_CHARS)) {
      Expression expression = of(form, field, "(?i)" + text);
      if (expression != null) all.add(expression);
    }
    return all;
  }

  private static Expression of(Form form, String field, String text) {
    try {
      if (repeats(text) > MOST_REPEATS) return form.invalid(field, "repeats too often: at most " + MOST_REPEATS + " times, all repetitions multiplied", null);
      Pattern pattern = Pattern.compile(text);
      return pattern.programSize() > MOST_STEPS ? form.invalid(field, "is too large: " + pattern.programSize() + " steps, at most " + MOST_STEPS, null) : new Expression(pattern);
    } catch (PatternSyntaxException e) {
      return form.invalid(field, "is no regular expression: " + e.getDescription() + (e.getPattern() == null ? "" : " at '" + e.getPattern() + "'"), null);
    }
  }

  private static long repeats(String text) {
    long product = 1;
    for (MatchResult repeat : REPEAT.matcher(text).results().toList()) {
      String most = repeat.group(2) == null || repeat.group(2).isEmpty() ? repeat.group(1) : repeat.group(2);
      product = Math.min(MOST_REPEATS + 1, product * Math.max(1, Long.parseLong(most)));
    }
    return product;
  }

  boolean isIn(String text) {
    return text != null && pattern.matcher(text).find();
  }
}
