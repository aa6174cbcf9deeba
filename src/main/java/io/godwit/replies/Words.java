package io.godwit.replies;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Words that a handset may say alone to be left in peace, to be written to again, or to be helped. */
enum Words {
  STOP(Map.of(
    "en", Set.of("stop", "stopall", "unsubscribe", "cancel", "end", "quit"),
    "de", Set.of("stopp", "abmelden", "abbestellen"),
    "fr", Set.of("arret", "arrêt", "desabonner", "désabonner"),
    "es", Set.of("alto", "baja", "parar"),
    "pt", Set.of("pare", "sair", "cancelar"),
    "it", Set.of("ferma", "disiscrivi"),
    "nl", Set.of("afmelden"),
    "pl", Set.of("rezygnuje", "rezygnuję"))),
  START(Map.of(
    "en", Set.of("start", "unstop", "subscribe"),
    "de", Set.of("anmelden"),
    "fr", Set.of("reprendre"),
    "es", Set.of("alta"),
    "nl", Set.of("aanmelden"))),
  HELP(Map.of(
    "en", Set.of("help", "info"),
    "de", Set.of("hilfe"),
    "fr", Set.of("aide"),
    "es", Set.of("ayuda"),
    "pt", Set.of("ajuda"),
    "it", Set.of("aiuto")));

  private final Map<String, Set<String>> byLanguage;

  Words(Map<String, Set<String>> byLanguage) {
    this.byLanguage = byLanguage;
  }

  /** What the text says; null when it is more than one such word, or another. Case, blanks and marks around it mean nothing. */
  static Words of(String text) {
    if (text == null) return null;
    String word = text.strip().replaceAll("^[\\p{Punct}\\s]+|[\\p{Punct}\\s]+$", "").toLowerCase(Locale.ROOT);
    for (Words words : values()) if (words.byLanguage.values().stream().anyMatch(known -> known.contains(word))) return words;
    return null;
  }
}
