package io.godwit.accounts;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads a JSON object field by field, and collects everything that is wrong with it. What is absent or wrong reads as the value that stands for
 * nothing said.
 */
public final class Form {
  private static final int TEXT_CHARS = 128;

  private final JsonObject json;
  private final String path;
  private final List<Wrong> wrongs;

  /**
   * @param path a JSON pointer (RFC 6901)
   * @param code stable: unknown-field, missing-field or invalid-field
   * @param detail a sentence without its subject
   */
  public record Wrong(String path, String code, String detail) {
    /** In the words of a request: {@code limits.spendPerDay}. */
    public String field() {
      return path.substring(1).replace('/', '.');
    }

    @Override
    public String toString() {
      return path + " " + detail;
    }
  }

  /** Entries of the directory that cannot be used, and all that is wrong in them. */
  public static class Invalid extends IllegalArgumentException {
    private final transient List<Wrong> wrongs;

    private Invalid(List<Wrong> wrongs) {
      this(wrongs.get(0).toString(), wrongs);
    }

    /** For those who say it in other words. */
    protected Invalid(String message, List<Wrong> wrongs) {
      super(message);
      this.wrongs = List.copyOf(wrongs);
    }

    public List<Wrong> wrongs() {
      return wrongs;
    }
  }

  private Form(JsonObject json, String path, List<Wrong> wrongs) {
    this.json = json;
    this.path = path;
    this.wrongs = wrongs;
  }

  public static Form of(JsonObject json) {
    return at("", json);
  }

  /** @param path where the object stands in its document, as a JSON pointer */
  public static Form at(String path, JsonObject json) {
    return new Form(json, path, new ArrayList<>());
  }

  /** An entry of the directory. */
  public static Form entry(String kind, String id, JsonObject body) {
    return at("/" + kind + "/" + escaped(id), body);
  }

  public static String escaped(String token) {
    return token.replace("~", "~0").replace("/", "~1");
  }

  public List<Wrong> wrongs() {
    return wrongs;
  }

  public void wrong(String code, String field, String detail) {
    wrongs.add(new Wrong(path + "/" + escaped(field), code, detail));
  }

  public <T> T invalid(String field, String detail, T instead) {
    wrong("invalid-field", field, detail);
    return instead;
  }

  /** Fails with all that is wrong. */
  public void check() {
    check(wrongs);
  }

  /** The same for what several forms have told. */
  public static void check(List<Wrong> wrongs) {
    if (!wrongs.isEmpty()) throw new Invalid(wrongs);
  }

  /** What nobody reads is wrong: a misspelt option must not be lost in silence. */
  public Form only(Set<String> known) {
    for (String name : json.fieldNames()) if (!known.contains(name)) wrong("unknown-field", name, "is unknown; known are " + new TreeSet<>(known));
    return this;
  }

  public boolean has(String field) {
    return json.getValue(field) != null;
  }

  /** Null when absent. */
  public String text(String field, int longest) {
    Object value = json.getValue(field);
    if (value == null) return null;
    if (!(value instanceof String text)) return invalid(field, "must be a string", null);
    if (text.isBlank() || text.length() > longest) return invalid(field, "must have 1 to " + longest + " characters", null);
    return text.chars().anyMatch(Character::isISOControl) ? invalid(field, "has control characters", null) : text;
  }

  /** The same of what may stand there as a number, too. */
  public String textOrNumber(String field, int longest) {
    return json.getValue(field) instanceof Number number ? number.toString() : text(field, longest);
  }

  public String required(String field, int longest) {
    if (!has(field)) wrong("missing-field", field, "is missing");
    return text(field, longest);
  }

  /** The same for what has a form of its own. */
  public String matching(String field, Pattern form, String what) {
    String text = text(field, TEXT_CHARS);
    return text == null || form.matcher(text).matches() ? text : invalid(field, "must be " + what, null);
  }

  /** Empty when absent. */
  public List<String> texts(String field, int most, int longest) {
    Object value = json.getValue(field);
    if (value == null) return List.of();
    if (!(value instanceof JsonArray array) || array.isEmpty() || array.size() > most) return invalid(field, "must be a list of 1 to " + most + " strings", List.of());
    List<String> texts = new ArrayList<>();
    for (Object each : array) {
      if (each instanceof String text && !text.isBlank() && text.length() <= longest) texts.add(text);
      else return invalid(field, "must hold strings of 1 to " + longest + " characters", List.of());
    }
    return texts;
  }

  /** The same where a single one may stand without its list. */
  public List<String> oneOrMore(String field, int most, int longest) {
    if (!(json.getValue(field) instanceof String)) return texts(field, most, longest);
    String text = text(field, longest);
    return text == null ? List.of() : List.of(text);
  }

  /** Each object of a list of 1 to so many, with what is wrong in it counted here; empty when absent. */
  public List<Form> objects(String field, int most) {
    Object value = json.getValue(field);
    if (value == null) return List.of();
    if (!(value instanceof JsonArray array) || array.isEmpty() || array.size() > most) return invalid(field, "must be a list of 1 to " + most + " objects", List.of());
    List<Form> objects = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (array.getValue(i) instanceof JsonObject object) objects.add(new Form(object, path + "/" + escaped(field) + "/" + i, wrongs));
      else wrongs.add(new Wrong(path + "/" + escaped(field) + "/" + i, "invalid-field", "must be an object"));
    }
    return objects;
  }

  public boolean flag(String field, boolean otherwise) {
    Object value = json.getValue(field);
    if (value == null) return otherwise;
    return value instanceof Boolean flag ? flag : invalid(field, "must be true or false", otherwise);
  }

  public long whole(String field, long otherwise, long least, long most) {
    Object value = json.getValue(field);
    if (value == null) return otherwise;
    if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= least && ((Number) value).longValue() <= most) return ((Number) value).longValue();
    return invalid(field, "must be a whole number from " + least + " to " + most, otherwise);
  }

  /** Micro-units, 0 or more; null when absent. */
  public Long amount(String field) {
    Object value = json.getValue(field);
    if (value == null) return null;
    try {
      long micros = Amount.micros(value.toString());
      if (micros >= 0) return micros;
    } catch (IllegalArgumentException e) {
      // said below
    }
    return invalid(field, "must be an amount like \"12.50\", 0 or more, with at most six decimal places", null);
  }

  /** One of the enumeration's words, in capitals or not. */
  public <E extends Enum<E>> E word(String field, Class<E> of, E otherwise) {
    Object value = json.getValue(field);
    if (value == null) return otherwise;
    for (E word : of.getEnumConstants()) if (value instanceof String text && word.name().equals(text.toUpperCase(Locale.ROOT))) return word;
    return invalid(field, "must be one of " + Arrays.toString(of.getEnumConstants()), otherwise);
  }

  /** The object under that name, with what is wrong in it counted here; an empty one when absent. */
  public Form object(String field) {
    Object value = json.getValue(field);
    if (value != null && !(value instanceof JsonObject)) wrong("invalid-field", field, "must be an object");
    return new Form(value instanceof JsonObject object ? object : new JsonObject(), path + "/" + escaped(field), wrongs);
  }

  /** As it stands. */
  public JsonObject json() {
    return json;
  }
}
