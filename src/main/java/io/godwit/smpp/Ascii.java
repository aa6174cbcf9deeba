package io.godwit.smpp;

/** Letters and digits as carriers write them, free of locales: {@code toLowerCase} makes two characters of U+0130. */
final class Ascii {
  private Ascii() {
  }

  /** Is this one digit or more, and nothing else? */
  static boolean isDigits(String s) {
    for (int i = 0; i < s.length(); i++) {
      if (s.charAt(i) < '0' || s.charAt(i) > '9') {
        return false;
      }
    }
    return !s.isEmpty();
  }

  /** Is this one hexadecimal digit or more, and nothing else? */
  static boolean isHex(String s) {
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')) {
        return false;
      }
    }
    return !s.isEmpty();
  }

  static String upper(String s) {
    char[] chars = s.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      chars[i] = chars[i] >= 'a' && chars[i] <= 'z' ? (char) (chars[i] - 32) : chars[i];
    }
    return new String(chars);
  }

  /** What a stranger says, fit to be shown: at most so many characters, with '?' for what is not printable. Null for null. */
  static String printable(String said, int most) {
    if (said == null) {
      return null;
    }
    char[] chars = said.substring(0, Math.min(most, said.length())).toCharArray();
    for (int i = 0; i < chars.length; i++) {
      chars[i] = chars[i] < ' ' || chars[i] > '~' ? '?' : chars[i];
    }
    return new String(chars);
  }

  /** Without leading zeros; of zeros alone one stays. */
  static String withoutLeadingZeros(String s) {
    int i = 0;
    while (i < s.length() - 1 && s.charAt(i) == '0') {
      i++;
    }
    return s.substring(i);
  }
}
