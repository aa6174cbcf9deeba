package io.godwit.smpp;

import com.cloudhopper.smpp.SmppConstants;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The names of command_status (SMPP 3.4 §5.1.3), as the specification writes them: {@code ESME_RTHROTTLED}. */
public final class CommandStatus {
  private static final String PREFIX = "ESME_R";
  private static final String CODECS_PREFIX = "STATUS_";
  /** The codec's constants have all of them but the prefix. */
  private static final Map<Integer, String> NAMES = Arrays.stream(SmppConstants.class.getFields())
    .filter(field -> field.getType() == int.class && field.getName().startsWith(CODECS_PREFIX))
    .collect(Collectors.toMap(CommandStatus::value, field -> PREFIX + field.getName().substring(CODECS_PREFIX.length())));
  private static final Map<String, Integer> CODES = NAMES.keySet().stream().collect(Collectors.toMap(NAMES::get, Function.identity()));

  private CommandStatus() {
  }

  private static int value(Field field) {
    try {
      return field.getInt(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Null for a code that the specification does not name. */
  public static String name(int code) {
    return NAMES.get(code);
  }

  /** Reads {@code ESME_RTHROTTLED}, {@code RTHROTTLED}, {@code 0x58} or {@code 88}; null for anything else, and for 0, which is no error. */
  public static Integer error(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    Integer code = CODES.get(name.startsWith(PREFIX) ? name : "ESME_" + name);
    if (code == null) code = number(text);
    return code == null || code == SmppConstants.STATUS_OK ? null : code;
  }

  private static Integer number(String text) {
    try {
      long number = Long.decode(text);
      return number > 0 && number <= 0xFFFF_FFFFL ? (int) number : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
