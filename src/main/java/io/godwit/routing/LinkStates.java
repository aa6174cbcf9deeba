package io.godwit.routing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Which links can send now, as far as this process has heard. Links publish {@code {link, up, at, node?}} on {@link #ADDRESS} each
 * second and on change; a link that is bound by several processes names itself in {@code node}, and is up while one of them is.
 *
 * <p>Only a hint: a link that is unknown, or has said nothing for {@value #SILENCE_SECONDS} seconds, counts as up and is tried.
 * Thread-safe.
 */
public final class LinkStates {
  public static final String ADDRESS = "godwit.link.state";
  private static final int SILENCE_SECONDS = 3;

  private final LongSupplier nanos;
  private final Map<String, Map<String, Heard>> links = new ConcurrentHashMap<>();
  private MessageConsumer<JsonObject> consumer;

  /** What one process said of a link, and when it was heard by our monotonic clock: other nodes' clocks decide nothing. */
  private record Heard(boolean up, long nanos) { }

  LinkStates(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Hears what links of all nodes say from now on. */
  public static LinkStates listen(Vertx vertx) {
    LinkStates states = new LinkStates(System::nanoTime);
    states.consumer = vertx.eventBus().consumer(ADDRESS, said -> states.heard(said.body()));
    return states;
  }

  void heard(JsonObject said) {
    links.computeIfAbsent(said.getString("link"), link -> new ConcurrentHashMap<>())
      .put(said.getString("node", ""), new Heard(said.getBoolean("up"), nanos.getAsLong()));
  }

  /** False only when every process that lately spoke of the link said that it is down. */
  public boolean isUp(String link) {
    Map<String, Heard> said = links.get(link);
    if (said == null) return true;
    long oldest = nanos.getAsLong() - TimeUnit.SECONDS.toNanos(SILENCE_SECONDS);
    boolean silent = true;
    for (Heard heard : said.values()) {
      if (heard.nanos - oldest < 0) continue;
      if (heard.up) return true;
      silent = false;
    }
    if (silent) said.values().removeIf(heard -> heard.nanos - oldest < 0);
    return silent;
  }

  public Future<Void> close() {
    return consumer == null ? Future.succeededFuture() : consumer.unregister();
  }
}
