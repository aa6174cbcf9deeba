package io.godwit.reporting;

import java.util.List;

/** Lines of comma-separated values as in RFC 4180. */
public final class Csv {
  private final StringBuilder text = new StringBuilder();

  /** Null is an empty value. */
  public Csv line(List<?> values) {
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) text.append(',');
      if (values.get(i) != null) value(values.get(i));
    }
    text.append("\r\n");
    return this;
  }

  /** A decimal as a number: as a text that begins with '-' it would be taken for a formula. */
  public static Object number(String decimal) {
    return new StringBuilder(decimal);
  }

  private void value(Object value) {
    String plain = value instanceof String s ? harmless(s) : value.toString();
    if (plain.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n')) text.append(plain);
    else text.append('"').append(plain.replace("\"", "\"\"")).append('"');
  }

  /** Spreadsheets run what begins like a formula: such texts, which customers can choose, get an apostrophe before them. */
  private static String harmless(String text) {
    return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
