package io.godwit.http;

import io.godwit.message.Limits;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a JSON object field by field and remembers the first thing that is wrong with it: a reader asks for everything that it
 * knows and looks at {@link #problem} once, at the end. What is absent or wrong reads as null, false or an empty list.
 */
public final class Input {
  private final JsonObject json;
  private Problem problem;

  private Input(JsonObject json, Problem problem) {
    this.json = json;
    this.problem = problem;
  }

  public static Input of(JsonObject json) {
    return new Input(json, null);
  }

  /** Of a request's body; a body that is no JSON object has the problem {@code malformed-json}, and one of too many values {@code too-many-values}. */
  public static Input of(Buffer body) {
    return of(body, Limits.BODY_VALUES);
  }

  /** @param most values; a body with more of them is not decoded */
  public static Input of(Buffer body, long most) {
    Census many = body == null ? null : Census.beyond(body, most);
    if (many != null) return new Input(new JsonObject(), many.problem());
    try {
      Object value = body == null || body.length() == 0 ? null : Json.decodeValue(body);
      if (value instanceof JsonObject object) return of(object);
      return malformed("the body must be a JSON object");
    } catch (DecodeException e) {
      return malformed("the body is not JSON: " + firstLine(e.getMessage()));
    }
  }

  private static Input malformed(String detail) {
    return new Input(new JsonObject(), Problem.of(400, "malformed-json", detail));
  }

  private static String firstLine(String text) {
    return text == null ? "" : text.lines().findFirst().orElse("").replace("Failed to decode: ", "").replace("Failed to decode:", "");
  }

  /** As it came; empty when it was no JSON object. */
  public JsonObject json() {
    return json;
  }

  /** The first thing wrong; null when all is well so far. */
  public Problem problem() {
    return problem;
  }

  /** Refuses fields that nobody reads: a misspelt option must not be lost in silence. */
  public Input only(Set<String> known) {
    for (String name : json.fieldNames()) {
      if (!known.contains(name)) wrong("unknown-field", name, "is unknown; known are " + new TreeSet<>(known));
    }
    return this;
  }

  public void wrong(String code, String field, String what) {
    if (problem == null) problem = Problem.invalid(code, field, "'" + field + "' " + what);
  }

  public boolean has(String field) {
    return json.getValue(field) != null;
  }

  public String required(String field, int longest) {
    if (!has(field)) wrong("missing-field", field, "is missing");
    return text(field, longest);
  }

  /** A string of no more chars than that. */
  public String text(String field, int longest) {
    Object value = json.getValue(field);
    if (value == null) return null;
    if (!(value instanceof String text)) return invalid(field, "must be a string");
    if (text.length() > longest) return invalid(field, "has more than " + longest + " characters");
    return isWhole(text) ? text : invalid(field, "has half a surrogate pair, which is no character");
  }

  public boolean flag(String field) {
    Object value = json.getValue(field);
    if (value == null || value instanceof Boolean) return Boolean.TRUE.equals(value);
    invalid(field, "must be true or false");
    return false;
  }

  /** One of the words; the first when absent. */
  public String word(String field, List<String> words) {
    String word = text(field, 100);
    if (word == null || words.contains(word)) return word == null ? words.get(0) : word;
    return invalid(field, "must be one of " + words);
  }

  public List<String> texts(String field, int most, int longest) {
    JsonArray array = array(field);
    if (array.size() > most) invalid(field, "has more than " + most + " entries");
    List<String> texts = new ArrayList<>();
    for (Object entry : array) {
      if (entry instanceof String text && !text.isEmpty() && text.length() <= longest && isWhole(text)) texts.add(text);
      else invalid(field, "must hold strings of 1 to " + longest + " characters");
    }
    return texts;
  }

  public JsonArray array(String field) {
    Object value = json.getValue(field);
    if (value == null || value instanceof JsonArray) return value == null ? new JsonArray() : (JsonArray) value;
    invalid(field, "must be a list");
    return new JsonArray();
  }

  public JsonObject object(String field) {
    Object value = json.getValue(field);
    if (value == null || value instanceof JsonObject) return value == null ? new JsonObject() : (JsonObject) value;
    invalid(field, "must be an object");
    return new JsonObject();
  }

  /** An ISO 8601 instant with its offset, in milliseconds since 1970; 0 when absent. */
  public long instant(String field) {
    String text = text(field, 100);
    try {
      return text == null ? 0 : OffsetDateTime.parse(text).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      invalid(field, "must be a time like 2026-01-31T09:00:00Z");
      return 0;
    }
  }

  /** An ISO 8601 duration in milliseconds; 0 when absent. */
  public long duration(String field) {
    String text = text(field, 100);
    try {
      return text == null ? 0 : Duration.parse(text).toMillis();
    } catch (DateTimeException | ArithmeticException e) {
      invalid(field, "must be an ISO 8601 duration like PT30M");
      return 0;
    }
  }

  private String invalid(String field, String what) {
    wrong("invalid-field", field, what);
    return null;
  }

  private static boolean isWhole(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) continue;
      if (!Character.isHighSurrogate(c) || ++i == text.length() || !Character.isLowSurrogate(text.charAt(i))) return false;
    }
    return true;
  }
}
