package io.godwit.link;

import io.godwit.accounts.Directory;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What an operator wants of a link: an entry {@code {order, by, at}} of the directory under the link's id, apart from the link's own, so that neither
 * undoes the other. A link without one runs.
 */
public enum Order {
  RUN,
  /** Nothing new by routing while another link of the route sends; what waits is sent. */
  DRAIN,
  /** Bound, for receipts and replies; submits nothing and gives back what it has not submitted. */
  PAUSE,
  /** Not bound. */
  STOP;

  public static final String KIND = "linkorder";
  private static final Function<Map<String, JsonObject>, Map<String, Order>> READ = Order::all;

  /** What operators want of the links. */
  public static Directory.View<Map<String, Order>> view(Directory directory) {
    return directory.view(KIND, READ);
  }

  /** From now on such entries are judged in this process before they are written, whether it could read those that are there or not. */
  public static void judge(Directory directory) {
    directory.addJudge(KIND, READ);
  }

  private static Map<String, Order> all(Map<String, JsonObject> entries) {
    Map<String, Order> orders = new HashMap<>();
    entries.forEach((id, body) -> {
      LinkEntry entry = new LinkEntry(KIND, id, body);
      orders.put(id, entry.word("order", RUN));
      entry.check();
    });
    return orders;
  }

  /** The directory's entry about it. */
  public JsonObject entry(String by, String at) {
    return new JsonObject().put("order", wireName()).put("by", by).put("at", at);
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether new messages should come to the link. */
  public boolean isOpen() {
    return this == RUN;
  }

  /** Whether the link submits what waits for it. */
  boolean sends() {
    return this == RUN || this == DRAIN;
  }
}
