package io.godwit.link;

import io.godwit.accounts.Form;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads an entry of the directory about links key by key, and at the end refuses what nobody asked for. What is wrong is collected, and reads as what stands for nothing said; whoever has read
 * all of it {@link #check checks}.
 */
final class LinkEntry {
  /** What it is an entry about, for the messages. */
  private final String where;
  /** The entry's own path. */
  private final String root;
  private final Form form;
  private final Set<String> known = new HashSet<>();

  LinkEntry(String kind, String id, JsonObject body) {
    this(kind + " " + id, "/" + kind + "/" + Form.escaped(id), Form.entry(kind, id, body));
  }

  /** One that somebody else checks. @param form gets to know what is wrong */
  LinkEntry(Form form) {
    this(null, null, form);
  }

  private LinkEntry(String where, String root, Form form) {
    this.where = where;
    this.root = root;
    this.form = form;
  }

  boolean has(String key) {
    known.add(key);
    return form.has(key);
  }

  /** Also of a string: a variable of the environment may stand for it. */
  int number(String key, int otherwise, int least, int most) {
    known.add(key);
    String text = String.valueOf(form.json().getValue(key, otherwise));
    try {
      int number = Integer.decode(text);
      if (number >= least && number <= most) return number;
    } catch (NumberFormatException e) {
      // said below
    }
    return invalid(key, "must be a number from " + least + " to " + most + ", not '" + text + "'", otherwise);
  }

  boolean flag(String key, boolean otherwise) {
    known.add(key);
    return form.json().getValue(key, otherwise) instanceof Boolean flag ? flag : invalid(key, "must be true or false", otherwise);
  }

  /** @return {@code otherwise}, which may be null, when absent */
  String text(String key, String otherwise, int longest) {
    known.add(key);
    Object value = form.json().getValue(key);
    if (value == null) return otherwise;
    return value instanceof String text && text.length() <= longest ? text : invalid(key, "must be a string of at most " + longest + " characters", otherwise);
  }

  /** Empty when it is wrong. */
  String required(String key, int longest) {
    String text = text(key, "", longest);
    if (form.json().getValue(key) == null || "".equals(form.json().getValue(key))) missing(key, "is missing");
    return text;
  }

  /** One of an enum's constants, in any case, with '-' for '_'. */
  <E extends Enum<E>> E word(String key, E otherwise) {
    String text = text(key, otherwise.name(), 100);
    List<E> words = Arrays.asList(otherwise.getDeclaringClass().getEnumConstants());
    return words.stream().filter(word -> word.name().equals(text.toUpperCase(Locale.ROOT).replace('-', '_'))).findFirst()
      .orElseGet(() -> invalid(key, "must be one of " + words.stream().map(word -> word.name().toLowerCase(Locale.ROOT).replace('_', '-')).toList() + ", not '" + text + "'", otherwise));
  }

  /** An object within; empty when absent. */
  LinkEntry object(String key) {
    known.add(key);
    if (form.json().containsKey(key) && !form.has(key)) invalid(key, "must be an object", null);
    return new LinkEntry(where, root, form.object(key));
  }

  Set<String> keys() {
    return form.json().fieldNames();
  }

  /** To be called after all keys were read. */
  void refuseOthers() {
    form.only(known);
  }

  <T> T invalid(String key, String what, T instead) {
    return form.invalid(key, what, instead);
  }

  void missing(String key, String what) {
    form.wrong("missing-field", key, what);
  }

  /** To be called at the end. Fails with {@link Misconfigured}. */
  void check() {
    if (!form.wrongs().isEmpty()) throw new Misconfigured(where, root, form.wrongs());
  }
}
