package io.godwit.link;

import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Reads an entry of the directory about links key by key, and at the end refuses what nobody asked for. Each method fails with {@link Misconfigured}. */
final class LinkEntry {
  private final String where;
  private final String prefix;
  private final JsonObject json;
  private final Set<String> known = new HashSet<>();

  /** @param where what it is an entry about, for the messages */
  LinkEntry(String where, JsonObject json) {
    this(where, "", json);
  }

  private LinkEntry(String where, String prefix, JsonObject json) {
    this.where = where;
    this.prefix = prefix;
    this.json = json;
  }

  boolean has(String key) {
    known.add(key);
    return json.getValue(key) != null;
  }

  /** Also of a string: a variable of the environment may stand for it. */
  int number(String key, int otherwise, int least, int most) {
    known.add(key);
    String text = String.valueOf(json.getValue(key, otherwise));
    try {
      int number = Integer.decode(text);
      if (number >= least && number <= most) return number;
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong(key, "'" + text + "' is no number from " + least + " to " + most);
  }

  boolean flag(String key, boolean otherwise) {
    known.add(key);
    if (json.getValue(key, otherwise) instanceof Boolean flag) return flag;
    throw wrong(key, "must be true or false");
  }

  /** @return {@code otherwise}, which may be null, when absent */
  String text(String key, String otherwise, int longest) {
    known.add(key);
    Object value = json.getValue(key);
    if (value == null) return otherwise;
    if (value instanceof String text && text.length() <= longest) return text;
    throw wrong(key, "must be a string of at most " + longest + " characters");
  }

  String required(String key, int longest) {
    String text = text(key, null, longest);
    if (text == null || text.isEmpty()) throw wrong(key, "is missing");
    return text;
  }

  /** One of an enum's constants, in any case, with '-' for '_'. */
  <E extends Enum<E>> E word(String key, E otherwise) {
    String text = text(key, otherwise.name(), 100);
    List<E> words = Arrays.asList(otherwise.getDeclaringClass().getEnumConstants());
    return words.stream().filter(word -> word.name().equals(text.toUpperCase(Locale.ROOT).replace('-', '_'))).findFirst()
      .orElseThrow(() -> wrong(key, "'" + text + "' is none of " + words.stream().map(word -> word.name().toLowerCase(Locale.ROOT).replace('_', '-')).toList()));
  }

  /** An object within; empty when absent. */
  LinkEntry object(String key) {
    known.add(key);
    if (json.getValue(key, new JsonObject()) instanceof JsonObject object) return new LinkEntry(where, prefix + key + ".", object);
    throw wrong(key, "must be an object");
  }

  Set<String> keys() {
    return json.fieldNames();
  }

  /** To be called after all keys were read. */
  void refuseOthers() {
    for (String key : json.fieldNames()) if (!known.contains(key)) throw wrong(key, "unknown key; known are " + new TreeSet<>(known));
  }

  Misconfigured wrong(String key, String what) {
    return new Misconfigured(where, prefix + key, what);
  }
}
