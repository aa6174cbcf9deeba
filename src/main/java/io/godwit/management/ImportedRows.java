package io.godwit.management;

import io.godwit.accounts.Form;
import io.godwit.billing.ListedRows;
import io.godwit.billing.WrongRow;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of price lists in a directory that somebody wants: read once, compared with those that are in force, and kept beside the directory, once, before the entries that
 * name them are written. Rows that are the same as before are not stored again. Confined to one context, but for {@link #takeOut}.
 */
final class ImportedRows {
  private static final Logger log = LoggerFactory.getLogger(ImportedRows.class);

  private final ListedRows rows;
  private final Context context;
  private final List<Form.Wrong> wrongs = new ArrayList<>();
  /** By the paths of their lists. */
  private final Map<String, Sent> sent = new HashMap<>();
  /** The paths of the lists that have rows, right or wrong. */
  private final Set<String> listed = new HashSet<>();

  ImportedRows(ListedRows rows, Context context) {
    this.rows = rows;
    this.context = context;
  }

  /** The rows of one list as they were sent. */
  private static final class Sent {
    private List<String> text;
    private ListedRows.Lines lines;
    /** Whether they are those that are kept under an id. */
    private final Map<String, Boolean> same = new HashMap<>();
    /** Where they are kept; null until they are. */
    private JsonObject deck;
  }

  /** A list with other rows than there are now. */
  private record New(String kind, String id, JsonObject entry, Sent rows) { }

  /**
   * A wanted directory as it would be stored in place of one that is in force.
   *
   * @param whole without rows: new ones are named by the entries when {@link ImportedRows#keep} has stored them
   */
  record Fitted(JsonObject whole, List<New> news, List<Form.Wrong> wrongs) { }

  /** Takes the rows out of the wanted directory, its lists become copies without them. Long where there are many: on no event loop. */
  Void takeOut(JsonObject wanted) {
    for (String kind : ListedRows.KINDS) {
      if (!(wanted.getValue(kind) instanceof JsonObject lists)) continue;
      wanted.put(kind, lists);
      for (String id : List.copyOf(lists.fieldNames())) {
        if (lists.getValue(id) instanceof JsonObject entry && entry.containsKey(ListedRows.FIELD)) lists.put(id, without(kind, id, entry));
      }
    }
    return null;
  }

  private JsonObject without(String kind, String id, JsonObject entry) {
    String path = path(kind, id, ListedRows.FIELD);
    listed.add(path);
    if (entry.containsKey("prices")) wrongs.add(new Form.Wrong(path, "invalid-field", "and prices cannot both be there"));
    Object rows = entry.getValue(ListedRows.FIELD);
    entry.remove(ListedRows.FIELD);
    if (rows instanceof JsonArray lines && lines.stream().allMatch(String.class::isInstance)) {
      Sent found = new Sent();
      found.text = lines.stream().map(String.class::cast).toList();
      sent.put(path, found);
    } else {
      wrongs.add(new Form.Wrong(path, "invalid-field", "must be an array of lines, that of the columns first"));
    }
    return entry;
  }

  /** What was taken out, list by list. */
  Future<Void> read() {
    Future<Void> done = Future.succeededFuture();
    for (Map.Entry<String, Sent> one : sent.entrySet()) done = done.compose(v -> read(one.getKey(), one.getValue()));
    return done;
  }

  private Future<Void> read(String path, Sent found) {
    return rows.read(context, found.text).map(read -> {
      found.text = null;
      found.lines = read;
      if (read.deck() == null) for (WrongRow wrong : read.wrong()) {
        String column = wrong.column() == null ? "" : wrong.column() + " ";
        wrongs.add(new Form.Wrong(wrong.line() == 0 ? path : path + "/" + (wrong.line() - 1), "invalid-row", column + wrong.what()));
      }
      return null;
    });
  }

  private static String path(String kind, String id, String field) {
    return "/" + kind + "/" + Form.escaped(id) + "/" + field;
  }

  /**
   * The wanted directory with what its lists know here of rows. Lists of which nothing has to be read are gone through at once: futures that are complete call each other, and thousands of
   * them are more than a stack holds.
   *
   * @param wanted a copy of what {@link #takeOut} has left, which becomes the fitted one
   */
  Future<Fitted> fit(Visit visit, JsonObject wanted) {
    Fitted fitted = new Fitted(wanted, new ArrayList<>(), new ArrayList<>(wrongs));
    Future<Void> done = Future.succeededFuture();
    for (String kind : ListedRows.KINDS) {
      if (!(wanted.getValue(kind) instanceof JsonObject lists)) continue;
      wanted.put(kind, lists);
      for (String id : List.copyOf(lists.fieldNames())) {
        if (!(lists.getValue(id) instanceof JsonObject entry)) continue;
        JsonObject now = visit.now().entries(kind).get(id);
        JsonObject bare = ListedRows.bare(entry);
        lists.put(id, bare);
        Sent found = sent.get(path(kind, id, ListedRows.FIELD));
        if (found != null && found.lines.deck() != null) {
          New list = new New(kind, id, bare, found);
          Boolean same = known(found, now);
          if (same != null) name(fitted, list, now, same);
          else done = done.compose(v -> areOf(found, now)).map(read -> name(fitted, list, now, read));
        } else if (!listed.contains(path(kind, id, ListedRows.FIELD))) inherit(fitted, kind, id, entry, bare, now);
      }
    }
    return done.map(fitted);
  }

  private static void inherit(Fitted fitted, String kind, String id, JsonObject entry, JsonObject bare, JsonObject now) {
    boolean named = ListedRows.has(entry);
    if (named && !ListedRows.namesSame(entry, now)) {
      fitted.wrongs.add(new Form.Wrong(path(kind, id, "deck"), "invalid-field", "names rows that are not there: they belong into '" + ListedRows.FIELD + "'"));
    } else {
      ListedRows.inherit(bare, now, named || now != null && !ListedRows.has(now));
    }
  }

  private static Void name(Fitted fitted, New list, JsonObject now, boolean same) {
    ListedRows.inherit(list.entry, now, same);
    if (same) return null;
    ListedRows.announce(list.entry, list.rows.lines);
    fitted.news.add(list);
    return null;
  }

  /** Whether they are those of the present entry; null = they have to be read. */
  private static Boolean known(Sent found, JsonObject now) {
    return now == null || !ListedRows.mayBeOf(found.lines, now) ? Boolean.FALSE : found.same.get(ListedRows.id(now));
  }

  private Future<Boolean> areOf(Sent found, JsonObject now) {
    return rows.areOf(context, found.lines, now).onSuccess(same -> found.same.put(ListedRows.id(now), same));
  }

  /** Stores the new rows that are not stored yet, and names them in their entries. */
  Future<Void> keep(Fitted fitted) {
    Future<Void> done = Future.succeededFuture();
    for (New one : fitted.news) {
      if (one.rows.deck != null) ListedRows.name(one.entry, one.rows.deck);
      else done = done.compose(v -> keep(one));
    }
    return done;
  }

  private Future<Void> keep(New one) {
    return rows.keep(context, one.kind, one.id, one.rows.lines).map(deck -> {
      one.rows.deck = deck;
      ListedRows.name(one.entry, deck);
      return null;
    });
  }

  /** After the entries were written. */
  void tidy(Fitted fitted) {
    for (New one : fitted.news) rows.tidy(context, one.kind, one.id, one.entry).onFailure(e -> log.warn("rows of the list {} that nobody names stay for now: {}", one.id, e.toString()));
  }
}
