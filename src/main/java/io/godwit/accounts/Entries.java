package io.godwit.accounts;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.RawBsonDocument;

/** The directory's documents as they were read last: of the next reading only what was changed is made anew. Confined to whoever reads. */
final class Entries {
  private Map<String, Entry> known = Map.of();
  private volatile Directory.Picture latest = Directory.Picture.NONE;

  /**
   * What a reading has brought.
   *
   * @param number how often the whole had been changed, at least
   * @param ids ({@code kind/id}) that were looked for: the others are as they were; null = all
   * @param documents those that are there
   */
  record Found(long number, Set<String> ids, List<RawBsonDocument> documents) { }

  private record Entry(RawBsonDocument stored, String kind, String id, long version, JsonObject body) {
    static Entry of(RawBsonDocument stored) {
      return new Entry(stored, stored.getString("kind").getValue(), stored.getString("id").getValue(), stored.getNumber("version").longValue(),
        new JsonObject(((RawBsonDocument) stored.get("body")).toJson()));
    }

    boolean isSameAs(RawBsonDocument other) {
      return stored.getByteBuffer().asNIO().equals(other.getByteBuffer().asNIO());
    }
  }

  Directory.Picture latest() {
    return latest;
  }

  /** A kind of which nothing was changed keeps its map of entries, the very same. */
  Directory.Picture take(Found found) {
    Map<String, Entry> there = new HashMap<>(2 * found.documents.size());
    for (RawBsonDocument stored : found.documents) there.put(stored.getString("_id").getValue(), entry(stored));
    Set<String> ids = found.ids;
    if (ids == null) {
      ids = new HashSet<>(known.keySet());
      ids.addAll(there.keySet());
    }
    Map<String, Entry> fresh = new HashMap<>(known);
    Map<String, Long> versions = new HashMap<>(latest.versions());
    Map<String, Map<String, JsonObject>> changed = new HashMap<>();
    for (String id : ids) {
      Entry before = known.get(id);
      Entry after = there.get(id);
      if (before == after) continue;
      Entry either = after != null ? after : before;
      Map<String, JsonObject> kind = changed.computeIfAbsent(either.kind, k -> new HashMap<>(latest.entries(k)));
      put(fresh, id, after);
      put(versions, id, after == null ? null : (Long) after.version);
      put(kind, either.id, after == null ? null : after.body);
    }
    Map<String, Map<String, JsonObject>> entries = new HashMap<>(latest.entries());
    changed.forEach((kind, all) -> put(entries, kind, all.isEmpty() ? null : all));
    known = fresh;
    latest = new Directory.Picture(found.number, entries, versions);
    return latest;
  }

  private Entry entry(RawBsonDocument stored) {
    Entry before = known.get(stored.getString("_id").getValue());
    return before != null && before.isSameAs(stored) ? before : Entry.of(stored);
  }

  /** @param value null = there is none */
  private static <T> void put(Map<String, T> map, String key, T value) {
    if (value == null) map.remove(key);
    else map.put(key, value);
  }
}
