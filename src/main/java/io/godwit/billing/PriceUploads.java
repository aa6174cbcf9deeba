package io.godwit.billing;

import io.godwit.accounts.Form;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Rows of price lists, uploaded and downloaded as files. They are kept beside the directory, and hold when the list's entry names them: the entry's {@code deck} is
 * {@code {id, rows, at}}, and {@code earlier} has the last ones before it. Thread-safe.
 */
public final class PriceUploads {
  /** The kind of the directory's entries that say what sellers take. */
  public static final String RATES = PriceList.KIND;
  /** The kind of those that say what carriers take. */
  public static final String COSTS = CostList.KIND;
  private static final Map<String, BiFunction<String, Form, Listing>> READERS = Map.of(RATES, PriceList::read, COSTS, CostList::read);
  private static final int EARLIER_KEPT = 10;
  /** An entry is in the memory of every process, and twice in the record of each change. */
  private static final int MOST_IN_ENTRY = 1_000;

  private final MongoSet control;
  private final Decks decks;
  private final String kind;
  private final int mostRows;

  /** @param mostRows of a list; what is read again takes no more than {@link DeckFile#MOST_ROWS} */
  PriceUploads(MongoSet control, String kind, int mostRows) {
    this.control = control;
    this.decks = new Decks(control);
    this.kind = kind;
    this.mostRows = mostRows;
  }

  /** Of what sellers take. */
  public static PriceUploads ofRates(MongoSet control) {
    return new PriceUploads(control, RATES, DeckFile.MOST_ROWS);
  }

  /** Of what carriers take. */
  public static PriceUploads ofCosts(MongoSet control) {
    return new PriceUploads(control, COSTS, DeckFile.MOST_ROWS);
  }

  /** The kind of the entries. */
  public String kind() {
    return kind;
  }

  /** Of one list. */
  public int mostRows() {
    return mostRows;
  }

  /**
   * Either the entry with the new rows, or what is wrong with the file.
   *
   * @param entry null when anything is wrong
   */
  public record Uploaded(JsonObject entry, List<WrongRow> wrong) { }

  /** What stands against writing such an entry, by its fields. */
  public List<Form.Wrong> faults(String id, JsonObject body) {
    return faults(kind, id, Form.of(body));
  }

  /** The same of an entry of either kind, wherever it stands; each fault once. */
  public static List<Form.Wrong> faults(String kind, String id, Form form) {
    if (form.json().getValue("prices") instanceof JsonObject prices && prices.size() > MOST_IN_ENTRY) {
      form.wrong("invalid-field", "prices", "has " + prices.size() + " prices; more than " + MOST_IN_ENTRY + " are uploaded as rows");
      return form.wrongs();
    }
    READERS.get(kind).apply(id, form);
    if (kind.equals(RATES)) PriceList.check(form);
    for (Map.Entry<String, Object> price : form.object("prices").json()) {
      if (price.getValue() instanceof Long micros && micros > Deck.DEAREST) form.object("prices").wrong("invalid-field", price.getKey(), "must be " + Deck.DEAREST + " micro-units at most");
    }
    return form.wrongs().stream().distinct().toList();
  }

  public Future<Void> prepare() {
    return decks.prepare();
  }

  /**
   * Keeps the rows of a file for the list.
   *
   * @param before the list's entry as it is
   * @param merge whether rows that the file does not name stay
   */
  public Future<Uploaded> upload(Context context, String list, JsonObject before, String csv, boolean merge) {
    return context.executeBlocking(() -> DeckFile.read(csv, mostRows), false).compose(parsed -> parsed.deck() == null ? Future.succeededFuture(new Uploaded(null, parsed.wrong()))
      : whole(context, list, before, parsed.deck(), merge).compose(deck -> keep(context, list, before, deck))
        .recover(e -> e instanceof Deck.Unfit ? Future.succeededFuture(misfit("with the rows that stay it has " + e.getMessage())) : Future.failedFuture(e)));
  }

  /** Rows that stay may make what no file has, and what could not be read again: too many, or an entry's own that are dearer than a file's. */
  private Future<Uploaded> keep(Context context, String list, JsonObject before, Deck deck) {
    String wrong = deck.rows() > mostRows ? "with the rows that stay it has " + deck.rows() + "; a list has at most " + mostRows
      : deck.dearest() > Deck.DEAREST ? "a row that stays has a price of " + deck.dearest() + "; the highest is " + Deck.DEAREST + " micro-units" : null;
    return wrong != null ? Future.succeededFuture(misfit(wrong))
      : decks.write(context, ListedRows.owner(kind, list), deck).map(id -> named(before, id, deck));
  }

  private static Uploaded misfit(String why) {
    return new Uploaded(null, List.of(new WrongRow(0, null, why)));
  }

  private Future<Deck> whole(Context context, String list, JsonObject before, Deck file, boolean merge) {
    return merge ? rows(context, list, before).compose(old -> context.executeBlocking(() -> file.over(old), false)) : Future.succeededFuture(file);
  }

  private Future<Deck> rows(Context context, String list, JsonObject entry) {
    Listing now = READERS.get(kind).apply(list, Form.of(entry));
    return now.deckId() == null ? Future.succeededFuture(now.prices()) : decks.read(context, now.deckId());
  }

  private Uploaded named(JsonObject before, String id, Deck deck) {
    return new Uploaded(with(before, new JsonObject().put("id", id).put("rows", deck.rows()).put("at", control.clock().getAsLong())), List.of());
  }

  private static JsonObject with(JsonObject before, JsonObject deck) {
    JsonObject entry = before.copy();
    entry.remove("prices");
    return retire(entry).put("deck", deck);
  }

  /** The list's entry as it is now, which may have changed since it was uploaded, with the rows of the one that was made then. */
  public static JsonObject landed(JsonObject now, JsonObject uploaded) {
    return with(now, uploaded.getJsonObject("deck").copy());
  }

  /** Whether the rows of both entries are the same: what was merged with the ones goes with the others. */
  public static boolean hasSameRows(JsonObject entry, JsonObject other) {
    return Stream.of("deck", "prices").allMatch(field -> Objects.equals(entry.getValue(field), other.getValue(field)));
  }

  /** The entry without its uploaded rows: they are the first of the earlier ones now. */
  public static JsonObject retire(JsonObject entry) {
    JsonObject deck = (JsonObject) entry.remove("deck");
    if (deck == null) return entry;
    List<Object> earlier = new ArrayList<>(List.of(deck));
    entry.getJsonArray("earlier", new JsonArray()).forEach(earlier::add);
    return entry.put("earlier", new JsonArray(earlier.subList(0, Math.min(EARLIER_KEPT, earlier.size()))));
  }

  /** The rows that the entry names, or those with this id among its earlier ones, as a file; null when it never had such rows. */
  public Future<String> download(Context context, String list, JsonObject entry, String deckId) {
    if (deckId != null && !named(entry).contains(deckId)) return Future.succeededFuture();
    Future<Deck> rows = deckId == null ? rows(context, list, entry) : decks.read(context, deckId);
    return rows.compose(deck -> context.executeBlocking(() -> DeckFile.write(deck), false));
  }

  static List<String> named(JsonObject entry) {
    List<String> named = new ArrayList<>();
    if (entry.getJsonObject("deck") != null) named.add(entry.getJsonObject("deck").getString("id"));
    entry.getJsonArray("earlier", new JsonArray()).forEach(deck -> named.add(((JsonObject) deck).getString("id")));
    return named;
  }

  /** After a change of the entry: rows that it does not name any more go, an hour later at the earliest. */
  public Future<Void> tidy(Context context, String list, JsonObject entry) {
    return decks.tidy(context, ListedRows.owner(kind, list), named(entry));
  }
}
