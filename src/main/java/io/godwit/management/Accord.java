package io.godwit.management;

import io.godwit.accounts.Form;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What must hold between an entry and those of other kinds. */
interface Accord {
  /** Where an entry stands for itself. */
  Accord NONE = (whole, id) -> List.of();

  /**
   * What would be wrong.
   *
   * @param whole all entries by their kind, as they would be: without the entry when it would be removed
   */
  List<Form.Wrong> wrongs(Function<String, Map<String, JsonObject>> whole, String id);

  /** The whole with that one entry as it would be; null = removed. */
  static Function<String, Map<String, JsonObject>> after(Visit visit, String kind, String id, JsonObject body) {
    Map<String, JsonObject> entries = new java.util.HashMap<>(visit.now().entries(kind));
    if (body == null) entries.remove(id);
    else entries.put(id, body);
    return any -> any.equals(kind) ? entries : visit.now().entries(any);
  }
}
