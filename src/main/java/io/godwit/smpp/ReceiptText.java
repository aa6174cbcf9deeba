package io.godwit.smpp;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a receipt's text, {@code id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…} (SMPP 3.4 Appendix
 * B), as carriers really send them: in any case and order, any of them missing or empty. A field's value reaches to the next
 * field; what follows {@code text:} is the message's and may say anything.
 */
final class ReceiptText {
  enum Field {
    ID("id", "messageid", "message_id"),
    SUB("sub"),
    DLVRD("dlvrd", "dlvd"),
    SUBMIT_DATE("submit date", "submit_date", "submitdate"),
    DONE_DATE("done date", "done_date", "donedate"),
    STAT("stat", "status", "state"),
    ERR("err", "error"),
    TEXT("text", "txt");

    private final String[] names;

    Field(String... names) {
      this.names = names;
    }
  }

  private record Name(String text, Field field) {
  }

  /** The longest first: "id" ends "message_id". */
  private static final List<Name> NAMES = Arrays.stream(Field.values())
    .flatMap(field -> Arrays.stream(field.names).map(name -> new Name(name, field)))
    .sorted(Comparator.comparingInt((Name name) -> name.text.length()).reversed()).toList();

  private final Map<Field, String> values = new EnumMap<>(Field.class);

  private ReceiptText() {
  }

  static ReceiptText of(String text) {
    ReceiptText fields = new ReceiptText();
    Field open = null;
    int valueAt = 0;
    for (int colon = text.indexOf(':'); colon >= 0 && open != Field.TEXT; colon = text.indexOf(':', colon + 1)) {
      Name name = nameBefore(text, colon, valueAt);
      // The first of two wins: the second is more likely a part of something else.
      if (name != null && !fields.values.containsKey(name.field)) {
        fields.put(open, text.substring(valueAt, colon - name.text.length()));
        open = name.field;
        fields.values.put(open, "");
        valueAt = colon + 1;
      }
    }
    fields.put(open, text.substring(valueAt));
    return fields;
  }

  /** The name of a field that ends at the colon and begins a word, or null. */
  private static Name nameBefore(String text, int colon, int notBefore) {
    for (Name name : NAMES) {
      int start = colon - name.text.length();
      boolean word = start == notBefore || start > notBefore && !Character.isLetterOrDigit(text.charAt(start - 1));
      if (word && text.regionMatches(true, start, name.text, 0, name.text.length())) {
        return name;
      }
    }
    return null;
  }

  private void put(Field field, String value) {
    if (field != null) {
      values.put(field, field == Field.TEXT ? value : value.trim());
    }
  }

  /** The value, or null if it is missing or empty. */
  String get(Field field) {
    String value = values.get(field);
    return value == null || value.isEmpty() ? null : value;
  }

  /** The value as a number, or -1. */
  int number(Field field) {
    String value = get(field);
    if (value == null || value.length() > 9 || !Ascii.isDigits(value)) {
      return -1;
    }
    return Integer.parseInt(value);
  }

  /** No person types this: an id, a state word of the standard, and a field that only receipts have. */
  boolean isUnmistakable() {
    return get(Field.ID) != null && Receipt.State.ofWord(get(Field.STAT)) != Receipt.State.UNRECOGNISED
      && (values.containsKey(Field.DONE_DATE) || values.containsKey(Field.SUBMIT_DATE) || values.containsKey(Field.DLVRD));
  }
}
