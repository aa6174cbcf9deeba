package io.godwit.message;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.HashMap;
import java.util.Map;

/**
 * Equivalents in the GSM alphabet for what text processors and keyboards put in its place: quotes, dashes, spaces, accents.
 *
 * <p>Only what a reader takes for the same text is replaced. So ≠ does not lose its stroke, 10² and 1½ (102? 11/2?) stay, as does every other
 * script; it is why accents go by canonical decomposition, not by the compatibility one.
 */
final class Transliteration {
  private static final Map<Integer, String> SAME = new HashMap<>();

  static {
    replace("'", "‘’‚‛′‵`´ʹʻʼʽˈ‹›");
    replace("\"", "“”„‟″‶«»");
    replace("-", "‐‑‒–—―−⁃﹘");
    replace(" ", "\t\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000");
    replace("\n", "\u000B\u0085\u2028\u2029");
    replace("", "\u00AD\u200B\u200C\u200D\u200E\u200F\u2060\uFEFF");
    replace("...", "…");
    replace("*", "•∙●");
    replace(".", "·․");
    replace("/", "÷∕");
    replace("|", "¦");
    replace("x", "×");
    replace("u", "µ");
    replace("(C)", "©");
    replace("(R)", "®");
    replace("TM", "™");
    replace("No", "№");
    replace("a", "ª");
    replace("o", "º");
    replace("d", "đð");
    replace("D", "ĐÐ");
    replace("h", "ħ");
    replace("H", "Ħ");
    replace("i", "ı");
    replace("l", "ł");
    replace("L", "Ł");
    replace("n", "ŋ");
    replace("N", "Ŋ");
    replace("s", "ſ");
    replace("t", "ŧ");
    replace("T", "Ŧ");
    replace("oe", "œ");
    replace("OE", "Œ");
    replace("th", "þ");
    replace("Th", "Þ");
    replace("SS", "ẞ");
    replace("ff", "ﬀ");
    replace("fi", "ﬁ");
    replace("fl", "ﬂ");
    replace("ffi", "ﬃ");
    replace("ffl", "ﬄ");
    for (char c = '!'; c <= '~'; c++) {
      SAME.put(c - '!' + 0xFF01, c == '`' ? "'" : String.valueOf(c));   // the full-width forms
    }
  }

  private Transliteration() {
  }

  /** The text with everything replaced that can be; all of it is GSM if {@link #firstMissing} finds nothing. */
  static String toGsm(String text) {
    String composed = Normalizer.normalize(text, Form.NFC);
    var result = new StringBuilder(composed.length() + 16);
    composed.codePoints().forEach(c -> {
      String same = equivalent(c);
      if (same == null) {
        result.appendCodePoint(c);
      } else {
        result.append(same);
      }
    });
    return result.toString();
  }

  /** Index of the first character that {@link #toGsm} cannot replace, or -1. */
  static int firstMissing(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (equivalent(text.codePointAt(i)) == null) {
        return i;
      }
    }
    return -1;
  }

  /** What a character becomes, in GSM characters only, or null. */
  private static String equivalent(int c) {
    String known = known(c);
    return known != null ? known : withoutAccents(c);
  }

  private static String withoutAccents(int c) {
    String parts = Normalizer.normalize(Character.toString(c), Form.NFD);
    var result = new StringBuilder(parts.length());
    for (int i = 0; i < parts.length(); i++) {
      String known = known(parts.charAt(i));
      if (known == null) {
        return null;
      }
      result.append(known);
    }
    return result.toString();
  }

  private static String known(int c) {
    if (Character.isBmpCodePoint(c) && GsmAlphabet.contains((char) c)) {
      return Character.toString(c);
    }
    return isAccent(c) ? "" : SAME.get(c);
  }

  /** A mark that can go. The overlays U+0334 to U+0338 cannot: they negate what they strike out. */
  private static boolean isAccent(int c) {
    return Character.getType(c) == Character.NON_SPACING_MARK && !(c >= 0x0334 && c <= 0x0338);
  }

  private static void replace(String same, String characters) {
    characters.codePoints().forEach(c -> SAME.put(c, same));
  }
}
