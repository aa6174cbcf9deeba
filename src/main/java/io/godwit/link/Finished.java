package io.godwit.link;

import java.util.LinkedHashMap;
import java.util.Map;

/** The carrier ids of the messages that this process finished last, so that a receipt that comes twice is known at once. */
final class Finished {
  private static final int MOST = 50_000;

  private final Map<String, String> messages = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
      return size() > MOST;
    }
  };

  void add(String link, String key, String message) {
    messages.put(link + "/" + key, message);
  }

  /** The message's id, or null. */
  String find(String link, String key) {
    return messages.get(link + "/" + key);
  }
}
