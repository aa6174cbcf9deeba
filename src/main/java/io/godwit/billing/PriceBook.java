package io.godwit.billing;

import io.godwit.accounts.Directory;
import io.godwit.node.Node;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All price lists as the directory names them, with their uploaded rows: one for the whole process, however many workers ask. What was changed is taken over whole
 * when all of its rows are here; until then, and while they cannot be read, the prices before stay. {@link #rates} is thread-safe.
 */
final class PriceBook {
  private static final Logger log = LoggerFactory.getLogger(PriceBook.class);
  private static final long AGAIN_MS = 1_000;

  private final MongoSet control;
  private final Decks decks;
  private final Directory.View<List<PriceList>> lists;
  private final Map<String, Deck> read = new ConcurrentHashMap<>();
  private volatile Taken taken;
  /** Confined to the control set's context, like {@link #wanted}. */
  private boolean reading;
  private boolean wanted;

  /** What was made of the lists. */
  private record Taken(List<PriceList> lists, Rates rates) { }

  private PriceBook(Directory directory, MongoSet control) {
    this.control = control;
    this.decks = new Decks(control);
    this.lists = directory.view(PriceList.KIND, entries -> entries.entrySet().stream().map(e -> PriceList.from(e.getKey(), e.getValue())).toList());
  }

  /** The process's own; the first who asks has it read. Completes when there are prices. */
  static Future<PriceBook> of(Node node) {
    return node.directory().once(PriceBook.Opening.class, () -> new Opening(open(node.directory(), node.sets().control()))).book;
  }

  private record Opening(Future<PriceBook> book) { }

  private static Future<PriceBook> open(Directory directory, MongoSet control) {
    PriceBook book = new PriceBook(directory, control);
    directory.onChange(book::refresh);
    return book.begin().map(book);
  }

  /** A store that does not answer is asked again; lists that contradict each other end the start. */
  private Future<Void> begin() {
    return decks.prepare().compose(v -> read(control.context()))
      .recover(e -> control.vertx().timer(AGAIN_MS, TimeUnit.MILLISECONDS).compose(v -> begin()))
      .map(v -> {
        taken = new Taken(lists.get(), new Rates(lists.get(), read));
        return null;
      });
  }

  Rates rates() {
    Taken now = taken;
    return now.lists == lists.get() ? now.rates : take();
  }

  private synchronized Rates take() {
    List<PriceList> now = lists.get();
    Set<String> named = named(now);
    if (taken.lists == now || !read.keySet().containsAll(named)) return taken.rates;
    Rates rates = taken.rates;
    try {
      rates = new Rates(now, read);
      read.keySet().retainAll(named);
    } catch (IllegalArgumentException e) {
      log.error("the price lists cannot be taken over, the earlier prices stay: {}", e.getMessage());
    }
    taken = new Taken(now, rates);
    return rates;
  }

  private static Set<String> named(List<PriceList> lists) {
    return lists.stream().map(PriceList::deckId).filter(Objects::nonNull).collect(Collectors.toSet());
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
