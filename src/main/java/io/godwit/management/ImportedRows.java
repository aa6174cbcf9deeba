package io.godwit.management;

import io.godwit.accounts.Form;
import io.godwit.billing.ListedRows;
import io.godwit.billing.WrongRow;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of price lists in a directory that somebody wants: read, compared with those that are there, and kept beside the directory before the entries that name them
 * are written. Rows that are the same as before are not stored again.
 */
final class ImportedRows {
  private static final Logger log = LoggerFactory.getLogger(ImportedRows.class);

  private final Visit visit;
  private final ListedRows rows;
  private final Context context;
  private final List<Form.Wrong> wrongs = new ArrayList<>();
  private final List<New> news = new ArrayList<>();

  private record New(String kind, String id, JsonObject entry, ListedRows.Lines lines) { }

  ImportedRows(Visit visit, ListedRows rows, Context context) {
    this.visit = visit;
    this.rows = rows;
    this.context = context;
  }

  List<Form.Wrong> wrongs() {
    return wrongs;
  }

  /**
   * Takes the rows out of the wanted directory, so that its entries are as they would be stored; new ones name rows that {@link #keep} will store. Lists that have none are gone through
   * at once: futures that are complete call each other, and thousands of them are more than a stack holds.
   */
  Future<Void> takeOut(JsonObject wanted) {
    Future<Void> done = Future.succeededFuture();
    for (String kind : ListedRows.KINDS) {
      if (!(wanted.getValue(kind) instanceof JsonObject lists)) continue;
      wanted.put(kind, lists);
      for (String id : List.copyOf(lists.fieldNames())) {
        if (!(lists.getValue(id) instanceof JsonObject entry)) continue;
        JsonObject bare = bare(kind, id, entry);
        lists.put(id, bare);
        List<String> lines = lines(kind, id, entry);
        if (lines != null) done = done.compose(v -> read(kind, id, bare, lines));
      }
    }
    return done;
  }

  private static String path(String kind, String id, String field) {
    return "/" + kind + "/" + Form.escaped(id) + "/" + field;
  }

  private JsonObject now(String kind, String id) {
    return visit.now().entries(kind).get(id);
  }

  private JsonObject bare(String kind, String id, JsonObject entry) {
    JsonObject now = now(kind, id);
    JsonObject bare = ListedRows.bare(entry);
    bare.remove(ListedRows.FIELD);
    if (entry.containsKey(ListedRows.FIELD)) return bare;
    boolean named = ListedRows.has(entry);
    if (named && !ListedRows.namesSame(entry, now)) {
      wrongs.add(new Form.Wrong(path(kind, id, "deck"), "invalid-field", "names rows that are not there: they belong into '" + ListedRows.FIELD + "'"));
    } else {
      ListedRows.inherit(bare, now, named || now != null && !ListedRows.has(now));
    }
    return bare;
  }

  /** Null when there are none to read. */
  private List<String> lines(String kind, String id, JsonObject entry) {
    if (!entry.containsKey(ListedRows.FIELD)) return null;
    String path = path(kind, id, ListedRows.FIELD);
    if (entry.containsKey("prices")) wrongs.add(new Form.Wrong(path, "invalid-field", "and prices cannot both be there"));
    if (entry.getValue(ListedRows.FIELD) instanceof JsonArray lines && lines.stream().allMatch(String.class::isInstance)) return lines.stream().map(String.class::cast).toList();
    wrongs.add(new Form.Wrong(path, "invalid-field", "must be an array of lines, that of the columns first"));
    return null;
  }

  private Future<Void> read(String kind, String id, JsonObject bare, List<String> lines) {
    return rows.read(context, lines).compose(read -> {
      if (read.deck() != null) return name(kind, id, bare, read);
      String path = path(kind, id, ListedRows.FIELD);
      for (WrongRow wrong : read.wrong()) {
        String column = wrong.column() == null ? "" : wrong.column() + " ";
        wrongs.add(new Form.Wrong(wrong.line() == 0 ? path : path + "/" + (wrong.line() - 1), "invalid-row", column + wrong.what()));
      }
      return Future.succeededFuture();
    });
  }

  private Future<Void> name(String kind, String id, JsonObject bare, ListedRows.Lines read) {
    JsonObject now = now(kind, id);
    Future<Boolean> same = now == null || !ListedRows.has(now) ? Future.succeededFuture(false) : rows.areOf(context, read, now);
    return same.map(is -> {
      ListedRows.inherit(bare, now, is);
      if (is) return null;
      ListedRows.announce(bare, read);
      news.add(new New(kind, id, bare, read));
      return null;
    });
  }

  /** Stores the new rows, and names them in their entries. */
  Future<Void> keep() {
    Future<Void> done = Future.succeededFuture();
    for (New one : news) done = done.compose(v -> rows.keep(context, one.kind, one.id, one.lines, one.entry));
    return done;
  }

  /** After the entries were written. */
  void tidy() {
    for (New one : news) rows.tidy(context, one.kind, one.id, one.entry).onFailure(e -> log.warn("rows of the list {} that nobody names stay for now: {}", one.id, e.toString()));
  }
}
