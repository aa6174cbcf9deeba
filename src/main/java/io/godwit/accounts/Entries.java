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
  private Map<String, Map<String, JsonObject>> kinds = Map.of();

  private record Entry(RawBsonDocument stored, String kind, String id, long version, JsonObject body) {
    static Entry of(RawBsonDocument stored) {
      return new Entry(stored, stored.getString("kind").getValue(), stored.getString("id").getValue(), stored.getNumber("version").longValue(),
        new JsonObject(((RawBsonDocument) stored.get("body")).toJson()));
    }

    boolean isSameAs(RawBsonDocument other) {
      return stored.getByteBuffer().asNIO().equals(other.getByteBuffer().asNIO());
    }
  }

  /** A kind of which nothing was changed keeps its map of entries, the very same. */
  Directory.Picture picture(long number, List<RawBsonDocument> found) {
    Map<String, Entry> fresh = new HashMap<>(2 * found.size());
    Map<String, Map<String, JsonObject>> entries = new HashMap<>();
    Map<String, Long> versions = new HashMap<>(2 * found.size());
    Set<String> changed = new HashSet<>();
    for (RawBsonDocument stored : found) {
      String id = stored.getString("_id").getValue();
      Entry before = known.get(id);
      boolean same = before != null && before.isSameAs(stored);
      Entry entry = same ? before : Entry.of(stored);
      if (!same) changed.add(entry.kind);
      fresh.put(id, entry);
      entries.computeIfAbsent(entry.kind, k -> new HashMap<>()).put(entry.id, entry.body);
      versions.put(id, entry.version);
    }
    kinds.forEach((kind, before) -> {
      if (!changed.contains(kind) && entries.containsKey(kind) && entries.get(kind).size() == before.size()) entries.put(kind, before);
    });
    known = fresh;
    kinds = entries;
    return new Directory.Picture(number, entries, versions);
  }
}
