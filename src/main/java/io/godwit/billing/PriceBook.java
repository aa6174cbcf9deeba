package io.godwit.billing;

import io.godwit.accounts.Directory;
import io.godwit.node.Node;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
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
 * whole when all of its rows are here; until then, and while the store does not answer, the prices before stay. Rows that no answer makes readable hold up nobody else's
 * prices: their list goes on with those that it had before. {@link #prices} is thread-safe.
 *
 * @param <L> an entry
 * @param <P> what is made of all of them
 */
final class PriceBook<L extends Listing, P> {
  private static final Logger log = LoggerFactory.getLogger(PriceBook.class);
  private static final long AGAIN_MS = 1_000;
  private static final long UNREADABLE_AGAIN_MS = 60_000;

  private final Directory directory;
  private final String kind;
  private final MongoSet control;
  private final Decks decks;
  private final Directory.View<List<L>> lists;
  private final BiFunction<List<L>, Map<String, Deck>, P> make;
  /** By their ids; under that of unreadable rows those that stand in for them. */
  private final Map<String, Deck> read = new ConcurrentHashMap<>();
  private volatile Taken<L, P> taken;
  /** Confined to the control set's context, like {@link #wanted} and {@link #waiting}. */
  private boolean reading;
  private boolean wanted;
  private final List<Promise<Void>> waiting = new ArrayList<>();

  /** What was made of the lists. @param isWhole false when rows are here by now for which others stand in there */
  private record Taken<L, P>(List<L> lists, P prices, boolean isWhole) {
    boolean isOf(List<L> others) {
      return isWhole && lists == others;
    }
  }

  private PriceBook(Directory directory, String kind, MongoSet control, Directory.View<List<L>> lists, BiFunction<List<L>, Map<String, Deck>, P> make) {
    this.directory = directory;
    this.kind = kind;
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
    PriceBook<L, P> book = new PriceBook<>(node.directory(), kind, node.sets().control(), lists, make);
    return book.begin().map(book);
  }

  /** A store that does not answer is asked again; lists that contradict each other end the start. */
  private Future<Void> begin() {
    return decks.prepare().compose(v -> read(control.here()))
      .recover(e -> control.vertx().timer(AGAIN_MS, TimeUnit.MILLISECONDS).compose(v -> begin()))
      .map(v -> {
        taken = new Taken<>(lists.get(), make.apply(lists.get(), read), true);
        return null;
      });
  }

  P prices() {
    Taken<L, P> now = taken;
    return now.isOf(lists.get()) ? now.prices : take();
  }

  /** Completes when the lists of this moment, or later ones, are in force here; where nobody can read their rows, with those that stand in for them. Any thread. */
  Future<Void> inForce() {
    if (taken.isOf(lists.get())) return Future.succeededFuture();
    Promise<Void> told = Promise.promise();
    control.context().runOnContext(v -> {
      waiting.add(told);
      refresh();
    });
    return told.future();
  }

  private synchronized P take() {
    List<L> now = lists.get();
    Set<String> named = named(now);
    if (taken.isOf(now) || !read.keySet().containsAll(named)) return taken.prices;
    P prices = taken.prices;
    try {
      prices = make.apply(now, read);
      read.keySet().retainAll(named);
    } catch (IllegalArgumentException e) {
      log.error("the price lists cannot be taken over, the earlier prices stay: {}", e.getMessage());
    }
    taken = new Taken<>(now, prices, true);
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
    read(control.context()).onSuccess(v -> {
      if (taken != null) takeOver();
    }).onFailure(e -> {
      log.error("uploaded prices cannot be read, the earlier ones stay: {}", e.toString());
      control.vertx().timer(AGAIN_MS, TimeUnit.MILLISECONDS).onSuccess(v -> control.context().runOnContext(x -> refresh()));
    }).onComplete(done -> {
      reading = false;
      if (wanted) refresh();
    });
  }

  /** When the lists have changed meanwhile those who wait are told after the next reading, which is wanted by then. */
  private void takeOver() {
    prices();
    if (!taken.isOf(lists.get())) return;
    waiting.forEach(Promise::complete);
    waiting.clear();
  }

  private Future<Void> read(Context context) {
    Future<Void> all = Future.succeededFuture();
    for (L list : lists.get()) if (list.deckId() != null && !read.containsKey(list.deckId())) all = all.compose(v -> read.containsKey(list.deckId()) ? Future.succeededFuture() : read(context, list));
    return all;
  }

  private Future<Void> read(Context context, L list) {
    return decks.read(context, list.deckId()).recover(e -> e instanceof Decks.Unreadable ? standIn(context, list, e) : Future.failedFuture(e))
      .onSuccess(deck -> read.put(list.deckId(), deck)).mapEmpty();
  }

  /** What the list had before: in this process, else as its entry says. */
  private Future<Deck> standIn(Context context, L list, Throwable why) {
    log.error("the rows of the {} list {} cannot be read, those before stay: {}", kind, list.id(), why.getMessage());
    later(context, list);
    Deck before = taken == null ? null : before(list);
    JsonObject entry = directory.entry(kind, list.id());
    return before != null ? Future.succeededFuture(before) : earlier(context, entry == null ? List.of() : PriceUploads.named(entry), 1);
  }

  /** Null when the list was not there, or took another currency. */
  private synchronized Deck before(L list) {
    for (L old : taken.lists) if (old.id().equals(list.id()) && Objects.equals(old.currency(), list.currency())) return old.deckId() == null ? old.prices() : read.get(old.deckId());
    return null;
  }

  private Future<Deck> earlier(Context context, List<String> named, int n) {
    if (n >= named.size()) return Future.succeededFuture(Deck.EMPTY);
    return decks.read(context, named.get(n)).recover(e -> e instanceof Decks.Unreadable ? earlier(context, named, n + 1) : Future.failedFuture(e));
  }

  private void later(Context context, L list) {
    control.vertx().timer(UNREADABLE_AGAIN_MS, TimeUnit.MILLISECONDS).onSuccess(v -> context.runOnContext(x -> again(context, list)));
  }

  private void again(Context context, L list) {
    if (!named(lists.get()).contains(list.deckId())) return;
    decks.read(context, list.deckId()).onFailure(e -> later(context, list)).onSuccess(deck -> become(list.deckId(), deck));
  }

  private synchronized void become(String id, Deck deck) {
    read.put(id, deck);
    if (taken != null) taken = new Taken<>(taken.lists, taken.prices, false);
  }
}
