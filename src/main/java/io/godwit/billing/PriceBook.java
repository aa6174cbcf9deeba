package io.godwit.billing;

import io.godwit.accounts.Directory;
import io.godwit.node.Node;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All price lists of a kind as the directory names them, with their uploaded rows: one for the whole process, however many workers ask. What was changed is taken over
 * whole when all of its rows are here; until then, and while they cannot be read, the prices before stay. {@link #prices} is thread-safe.
 *
 * @param <L> an entry
 * @param <P> what is made of all of them
 */
final class PriceBook<L extends Listing, P> {
  private static final Logger log = LoggerFactory.getLogger(PriceBook.class);
  private static final long AGAIN_MS = 1_000;

  private final MongoSet control;
  private final Decks decks;
  private final Directory.View<List<L>> lists;
  private final BiFunction<List<L>, Map<String, Deck>, P> make;
  private final Map<String, Deck> read = new ConcurrentHashMap<>();
  private volatile Taken<L, P> taken;
  /** Confined to the control set's context, like {@link #wanted}. */
  private boolean reading;
  private boolean wanted;

  /** What was made of the lists. */
  private record Taken<L, P>(List<L> lists, P prices) { }

  private PriceBook(Directory directory, MongoSet control, Directory.View<List<L>> lists, BiFunction<List<L>, Map<String, Deck>, P> make) {
    this.control = control;
    this.decks = new Decks(control);
    this.lists = lists;
    this.make = make;
    directory.onChange(this::refresh);
  }

  /**
   * Reads the lists of a kind; completes when there are prices. To be called once a process and kind.
   *
   * @param make from the lists and all uploaded rows that they name, by their ids; fails for lists that contradict each other
   */
  static <L extends Listing, P> Future<PriceBook<L, P>> open(Node node, String kind, BiFunction<String, JsonObject, L> read, BiFunction<List<L>, Map<String, Deck>, P> make) {
    Directory.View<List<L>> lists = node.directory().view(kind, entries -> entries.entrySet().stream().map(e -> read.apply(e.getKey(), e.getValue())).toList());
    PriceBook<L, P> book = new PriceBook<>(node.directory(), node.sets().control(), lists, make);
    return book.begin().map(book);
  }

  /** A store that does not answer is asked again; lists that contradict each other end the start. */
  private Future<Void> begin() {
    return decks.prepare().compose(v -> read(control.here()))
      .recover(e -> control.vertx().timer(AGAIN_MS, TimeUnit.MILLISECONDS).compose(v -> begin()))
      .map(v -> {
        taken = new Taken<>(lists.get(), make.apply(lists.get(), read));
        return null;
      });
  }

  P prices() {
    Taken<L, P> now = taken;
    return now.lists == lists.get() ? now.prices : take();
  }

  private synchronized P take() {
    List<L> now = lists.get();
    Set<String> named = named(now);
    if (taken.lists == now || !read.keySet().containsAll(named)) return taken.prices;
    P prices = taken.prices;
    try {
      prices = make.apply(now, read);
      read.keySet().retainAll(named);
    } catch (IllegalArgumentException e) {
      log.error("the price lists cannot be taken over, the earlier prices stay: {}", e.getMessage());
    }
    taken = new Taken<>(now, prices);
    return prices;
  }

  private static Set<String> named(List<? extends Listing> lists) {
    return lists.stream().map(Listing::deckId).filter(Objects::nonNull).collect(Collectors.toSet());
  }

  private void refresh() {
    wanted = true;
    if (reading) return;
    reading = true;
    wanted = false;
    read(control.context()).onFailure(e -> {
      log.error("uploaded prices cannot be read, the earlier ones stay: {}", e.toString());
      control.vertx().timer(AGAIN_MS, TimeUnit.MILLISECONDS).onSuccess(v -> control.context().runOnContext(x -> refresh()));
    }).onComplete(done -> {
      reading = false;
      if (wanted) refresh();
    });
  }

  private Future<Void> read(Context context) {
    Future<Void> all = Future.succeededFuture();
    for (String id : named(lists.get())) {
      all = all.compose(v -> read.containsKey(id) ? Future.succeededFuture() : decks.read(context, id).onSuccess(deck -> read.put(id, deck)).mapEmpty());
    }
    return all;
  }
}
