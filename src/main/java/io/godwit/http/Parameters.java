package io.godwit.http;

import io.godwit.message.MessageId;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads a query string parameter by parameter and remembers the first thing that is wrong with it; a reader asks for everything
 * that it knows and looks at {@link #problem} once. What is absent or wrong reads as null.
 */
public final class Parameters {
  private static final int LONGEST = 500;
  /** Before cursors carry something else. */
  private static final String CURSOR = "1:";

  private final MultiMap query;
  private Problem problem;

  public Parameters(MultiMap query, Set<String> known) {
    this.query = query;
    for (String name : query.names()) {
      if (!known.contains(name)) wrong("unknown-parameter", name, "is unknown; known are " + new TreeSet<>(known));
      else if (query.getAll(name).size() > 1) invalid(name, "is given more than once");
    }
  }

  /** The first thing wrong; null when all is well. */
  public Problem problem() {
    return problem;
  }

  /** Not empty, or null. */
  public String text(String name) {
    String text = query.get(name);
    if (text == null || text.isEmpty()) return null;
    return text.length() > LONGEST || text.indexOf('\0') >= 0 ? invalid(name, "is no text of up to " + LONGEST + " characters") : text;
  }

  public String word(String name, List<String> words) {
    String word = text(name);
    return word == null || words.contains(word) ? word : invalid(name, "must be one of " + words);
  }

  /** Words with commas between them, none twice; null when absent. */
  public List<String> words(String name, List<String> words) {
    String text = text(name);
    if (text == null) return null;
    List<String> chosen = new ArrayList<>();
    for (String word : text.split(",", -1)) {
      if (!words.contains(word) || chosen.contains(word)) invalid(name, "must hold some of " + words + ", each once, with commas between them");
      chosen.add(word);
    }
    return chosen;
  }

  public int number(String name, int otherwise, int least, int most) {
    String text = text(name);
    if (text == null) return otherwise;
    if (text.matches("\\d{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) return Integer.parseInt(text);
    invalid(name, "must be a number from " + least + " to " + most);
    return otherwise;
  }

  /** A time with its offset, or a day, which begins at midnight UTC; milliseconds since 1970. */
  public Long instant(String name) {
    OffsetDateTime time = usual(name, Parameters::time, "a time like 2026-01-31T09:00:00Z or a day like 2026-01-31");
    return time == null ? null : time.toInstant().toEpochMilli();
  }

  /** A '+' of an offset that was not escaped has become a space. */
  private static OffsetDateTime time(String text) {
    return text.length() == 10 ? LocalDate.parse(text).atStartOfDay().atOffset(ZoneOffset.UTC) : OffsetDateTime.parse(text.replace(' ', '+'));
  }

  /** Null when absent. */
  public LocalDate day(String name) {
    return usual(name, LocalDate::parse, "a day like 2026-01-31");
  }

  /** The same. */
  public YearMonth month(String name) {
    return usual(name, YearMonth::parse, "a month like 2026-01");
  }

  /** What is far from usual years fits into no store, or begins at no millisecond of a long. */
  private <T extends TemporalAccessor> T usual(String name, Function<String, T> parse, String what) {
    String text = text(name);
    if (text == null) return null;
    try {
      T parsed = parse.apply(text);
      int year = parsed.get(ChronoField.YEAR);
      if (year >= 1970 && year < 10_000) return parsed;
    } catch (DateTimeException e) {
      // said below
    }
    invalid(name, "must be " + what);
    return null;
  }

  /** The id after which a list goes on. */
  public String cursor(String name) {
    String text = text(name);
    if (text == null) return null;
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
      if (plain.startsWith(CURSOR) && MessageId.isValid(plain.substring(CURSOR.length()))) return plain.substring(CURSOR.length());
    } catch (IllegalArgumentException e) {
      // said below
    }
    return invalid(name, "must be the 'next' of an earlier answer");
  }

  public static String cursorAfter(String id) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString((CURSOR + id).getBytes(StandardCharsets.US_ASCII));
  }

  public String invalid(String name, String what) {
    return wrong("invalid-parameter", name, what);
  }

  private String wrong(String code, String name, String what) {
    if (problem == null) problem = Problem.invalid(code, name, "parameter '" + name + "' " + what);
    return null;
  }
}
