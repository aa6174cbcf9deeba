package io.godwit.worker;

import io.godwit.accounts.Directory;
import io.godwit.message.Limits;
import io.godwit.queue.Parcel;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * How many messages a parcel of a queue may hold. For a link with a rate, what it sends in half a second: it takes whole parcels, and whoever
 * comes meanwhile waits for those. Thread-safe.
 */
public final class ParcelSizes implements ToIntFunction<String> {
  private static final String LINK_KIND = "link";

  private final Directory.View<Map<String, Integer>> links;

  public ParcelSizes(Directory directory) {
    links = directory.view(LINK_KIND, ParcelSizes::of);
  }

  private static Map<String, Integer> of(Map<String, JsonObject> entries) {
    Map<String, Integer> sizes = new HashMap<>();
    entries.forEach((id, link) -> {
      int rate = rate(link);
      if (rate > 0) sizes.put(Parcel.link(id), Math.max(1, Math.min(Limits.PARCEL_MESSAGES, rate / 2)));
    });
    return sizes;
  }

  /** What is no number whoever reads links refuses. */
  private static int rate(JsonObject link) {
    try {
      return Integer.decode(String.valueOf(link.getValue("rate", 0)));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  @Override
  public int applyAsInt(String queue) {
    return links.get().getOrDefault(queue, Limits.PARCEL_MESSAGES);
  }
}
