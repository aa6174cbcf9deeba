package io.godwit.simulator;

import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Reads a configuration object key by key and refuses what nobody asked for: a typing error must not pass as a default. */
final class Json {
  private final String where;
  private final JsonObject json;
  private final Set<String> known = new HashSet<>();

  Json(String where, JsonObject json) {
    this.where = where;
    this.json = json;
  }

  int integer(String key, int otherwise, int least, int most) {
    known.add(key);
    Object value = json.getValue(key);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof Integer number) || number < least || number > most) {
      throw refused(key, "must be a whole number from " + least + " to " + most);
    }
    return number;
  }

  double ratio(String key, double otherwise) {
    known.add(key);
    Object value = json.getValue(key);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof Number number) || number.doubleValue() < 0 || number.doubleValue() > 1) {
      throw refused(key, "must be a number from 0 to 1");
    }
    return number.doubleValue();
  }

  boolean flag(String key, boolean otherwise) {
    return of(key, Boolean.class, otherwise, "true or false");
  }

  String string(String key, String otherwise) {
    return of(key, String.class, otherwise, "a string");
  }

  <E extends Enum<E>> E word(String key, E otherwise) {
    String word = string(key, otherwise.name());
    try {
      return Enum.valueOf(otherwise.getDeclaringClass(), word.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw refused(key, "must be one of " + Set.of(otherwise.getDeclaringClass().getEnumConstants()));
    }
  }

  /** An object within, empty if missing. */
  JsonObject object(String key) {
    known.add(key);
    Object value = json.getValue(key, new JsonObject());
    if (!(value instanceof JsonObject object)) {
      throw refused(key, "must be an object");
    }
    return object;
  }

  private <T> T of(String key, Class<T> type, T otherwise, String what) {
    known.add(key);
    Object value = json.getValue(key);
    if (value != null && !type.isInstance(value)) {
      throw refused(key, "must be " + what);
    }
    return value == null ? otherwise : type.cast(value);
  }

  /** To be called after all keys were read. */
  void refuseOthers() {
    for (String key : json.fieldNames()) {
      if (!known.contains(key)) {
        throw refused(key, "is not known");
      }
    }
  }

  IllegalArgumentException refused(String key, String why) {
    return new IllegalArgumentException(where + ": \"" + key + "\" " + why);
  }
}
