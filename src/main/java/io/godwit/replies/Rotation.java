package io.godwit.replies;

import io.godwit.message.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;

/** Chooses numbers for a batch of messages, with what is known of their handsets' conversations; what follows is in {@link #opened} and {@link #ended}. */
final class Rotation {
  private final long now;
  private final Map<String, Document> byMessage = new HashMap<>();
  private final Map<String, Map<String, Document>> latest = new HashMap<>();
  private final Map<String, Map<String, Document>> open = new HashMap<>();
  private final List<Document> opened = new ArrayList<>();
  private final List<Document> reopened = new ArrayList<>();
  private final List<String> ended = new ArrayList<>();

  /** @param known the stored conversations of the handsets, in any order */
  Rotation(List<Document> known, long now) {
    this.now = now;
    known.stream().sorted(Comparator.comparing((Document d) -> d.getDate("at"))).forEach(this::learn);
  }

  private void learn(Document path) {
    String handset = path.getString("handset");
    byMessage.put(path.getString("_id"), path);
    latest.computeIfAbsent(handset, h -> new HashMap<>()).put(path.getString("number"), path);
    if (path.getBoolean("open", false)) open.computeIfAbsent(handset, h -> new HashMap<>()).put(path.getString("number"), path);
  }

  /** The number under which the handset sees the message: the one it has already, else one that is taken for it now. */
  String choose(Message message, List<String> pool) {
    Document own = byMessage.get(ReplyPaths.key(message));
    Map<String, Document> taken = open.getOrDefault(message.to(), Map.of());
    if (own != null && own.getBoolean("unsent", false)) reopen(message, own, taken.get(own.getString("number")));
    if (own != null) return own.getString("number");
    List<String> free = pool.stream().filter(n -> !taken.containsKey(n) || isOver(taken.get(n))).toList();
    List<String> rested = free.stream().filter(n -> !isResting(message.to(), n)).toList();
    List<String> best = !rested.isEmpty() ? rested : !free.isEmpty() ? free : pool;
    String number = best.stream().min(byRest(message)).orElseThrow();
    take(message, number, taken.get(number));
    return number;
  }

  private boolean isResting(String handset, String number) {
    Document last = latest.getOrDefault(handset, Map.of()).get(number);
    return last != null && last.getBoolean("unsent", false) && !isOver(last);
  }

  private boolean isOver(Document path) {
    return path.getDate("until").getTime() <= now;
  }

  /** Unused ones first, then the one used longest ago. Among unused ones each message begins elsewhere, so that all get their turn. */
  private Comparator<String> byRest(Message message) {
    Map<String, Document> used = latest.getOrDefault(message.to(), Map.of());
    return Comparator.comparingLong((String number) -> used.containsKey(number) ? used.get(number).getDate("at").getTime() : Long.MIN_VALUE)
      .thenComparing(number -> used.containsKey(number) ? used.get(number).getString("message") : "")
      .thenComparingInt(number -> (number + message.id()).hashCode());
  }

  private void take(Message message, String number, Document before) {
    if (before != null) end(before);
    Document path = new Document("_id", ReplyPaths.key(message)).append("handset", message.to()).append("number", number).append("account", message.account())
      .append("message", message.id()).append("open", true).append("at", new Date(now)).append("until", until(message))
      .append("look", new Date(now + ReplyPaths.FIRST_LOOK_MS));
    opened.add(path);
    learn(path);
  }

  /** It had ended unsent, and an operator revived it. */
  private void reopen(Message message, Document own, Document before) {
    if (before != null) end(before);
    own.append("open", true).append("at", new Date(now)).append("until", until(message)).append("look", new Date(now + ReplyPaths.FIRST_LOOK_MS)).remove("unsent");
    reopened.add(own);
    learn(own);
  }

  private static Date until(Message message) {
    return new Date(message.validUntil() + ReplyPaths.OPEN_FOR_MS);
  }

  /** One that this very batch opened is stored as ended at once. */
  private void end(Document before) {
    if (opened.contains(before) || reopened.contains(before)) before.put("open", false);
    else ended.add(before.getString("_id"));
  }

  List<Document> opened() {
    return opened;
  }

  /** Stored paths of messages that were revived, as they are from now on. */
  List<Document> reopened() {
    return reopened;
  }

  /** Ids of stored paths whose number was taken over. */
  List<String> ended() {
    return ended;
  }
}
