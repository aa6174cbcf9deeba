package io.godwit.billing;

import io.godwit.accounts.Directory;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Uploaded rows of price lists in a file with the whole directory: {@code rows} of a list's entry, an array with the lines of {@link DeckFile}, that of the columns
 * first. It stands in the place of {@code deck} and {@code earlier}, which mean something only where the rows are. Thread-safe.
 */
public final class ListedRows {
  /** The kinds of entries that may have rows. */
  public static final Set<String> KINDS = Set.of(PriceList.KIND, CostList.KIND);
  /** The field of an entry that has them. */
  public static final String FIELD = "rows";
  private static final String DECK = "deck";
  private static final String EARLIER = "earlier";

  private final MongoSet control;
  private final Decks decks;

  public ListedRows(MongoSet control) {
    this.control = control;
    this.decks = new Decks(control);
  }

  /**
   * The rows of one list.
   *
   * @param deck null when anything is wrong
   * @param wrong lines count from 1
   */
  public record Lines(Deck deck, List<WrongRow> wrong) { }

  /** Whether rows of this entry were uploaded. */
  public static boolean has(JsonObject entry) {
    return entry.getValue(DECK) instanceof JsonObject;
  }

  /** How many. */
  public static int count(JsonObject entry) {
    return has(entry) ? entry.getJsonObject(DECK).getInteger("rows") : 0;
  }

  /** The entry without what means something only here. */
  public static JsonObject bare(JsonObject entry) {
    JsonObject bare = entry.copy();
    bare.remove(DECK);
    bare.remove(EARLIER);
    return bare;
  }

  /** The uploaded rows of an entry as lines. */
  public Future<JsonArray> lines(Context context, JsonObject entry) {
    return decks.text(context, id(entry)).compose(csv -> context.executeBlocking(() -> new JsonArray(Arrays.asList(csv.split("\r\n"))), false));
  }

  /** Under which the uploaded rows of an entry are kept. */
  public static String id(JsonObject entry) {
    return entry.getJsonObject(DECK).getString("id");
  }

  public Future<Lines> read(Context context, List<String> lines) {
    return context.executeBlocking(() -> {
      DeckFile.Parsed parsed = DeckFile.read(String.join("\n", lines));
      return new Lines(parsed.deck(), parsed.wrong());
    }, false);
  }

  /** Whether this entry has as many uploaded rows as these: then they may be the same. */
  public static boolean mayBeOf(Lines lines, JsonObject entry) {
    return has(entry) && count(entry) == lines.deck.rows();
  }

  /** Whether the uploaded rows of this entry are these. */
  public Future<Boolean> areOf(Context context, Lines lines, JsonObject entry) {
    return decks.text(context, id(entry)).compose(csv -> context.executeBlocking(() -> DeckFile.write(lines.deck).equals(csv), false));
  }

  /** The entry has these rows, which are not kept yet. */
  public static void announce(JsonObject entry, Lines lines) {
    entry.put(DECK, new JsonObject().put("rows", lines.deck.rows()));
  }

  /** Keeps rows for a list; they hold when an entry is written that {@link #name names} what this completes with. */
  public Future<JsonObject> keep(Context context, String kind, String list, Lines lines) {
    return decks.write(context, owner(kind, list), lines.deck).map(id -> new JsonObject().put("id", id).put("rows", lines.deck.rows()).put("at", control.clock().getAsLong()));
  }

  /** The entry has these rows, which are kept. */
  public static void name(JsonObject entry, JsonObject deck) {
    entry.put(DECK, deck.copy());
  }

  /** A wanted entry that says nothing of earlier rows knows those that the present one knows. */
  public static void inherit(JsonObject wanted, JsonObject now, boolean sameRows) {
    if (now == null) return;
    JsonObject from = sameRows ? now : PriceUploads.retire(now.copy());
    for (String kept : List.of(DECK, EARLIER)) if (from.containsKey(kept)) wanted.put(kept, from.getValue(kept));
  }

  /** Whether the entry names the rows that the present one names. */
  public static boolean namesSame(JsonObject entry, JsonObject now) {
    return now != null && has(now) && id(now).equals(entry.getJsonObject(DECK).getValue("id"));
  }

  /** After the entry was written: rows that it does not name any more go, an hour later at the earliest. */
  public Future<Void> tidy(Context context, String kind, String list, JsonObject entry) {
    return decks.tidy(context, owner(kind, list), PriceUploads.named(entry));
  }

  /** Rows that no entry names go, those of lists that were removed among them, an hour after they came at the earliest. */
  public Future<Void> tidy(Context context, Directory directory) {
    return decks.ids(context).compose(ids -> directory.current(context).compose(v -> {
      Directory.Picture now = directory.picture();
      Set<String> unnamed = new HashSet<>(ids);
      for (String kind : KINDS) now.entries(kind).values().forEach(entry -> PriceUploads.named(entry).forEach(unnamed::remove));
      return decks.remove(context, unnamed);
    }));
  }

  /** Under which the rows of a list are kept: rates had it first. */
  static String owner(String kind, String list) {
    return kind.equals(PriceList.KIND) ? list : kind + "/" + list;
  }
}
