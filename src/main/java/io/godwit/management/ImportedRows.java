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

  /** Takes the rows out of the wanted directory, so that its entries are as they would be stored; new ones name rows that {@link #keep} will store. */
  Future<Void> takeOut(JsonObject wanted) {
    Future<Void> done = Future.succeededFuture();
    for (String kind : ListedRows.KINDS) {
      if (!(wanted.getValue(kind) instanceof JsonObject lists)) continue;
      wanted.put(kind, lists);
      for (String id : List.copyOf(lists.fieldNames())) {
        if (lists.getValue(id) instanceof JsonObject entry) done = done.compose(v -> takeOut(kind, id, entry)).map(bare -> {
          lists.put(id, bare);
          return null;
        });
      }
    }
    return done;
  }

  private static String path(String kind, String id, String field) {
    return "/" + kind + "/" + Form.escaped(id) + "/" + field;
  }

  private Future<JsonObject> takeOut(String kind, String id, JsonObject entry) {
    JsonObject now = visit.now().entries(kind).get(id);
    JsonObject bare = ListedRows.bare(entry);
    if (entry.containsKey(ListedRows.FIELD)) return read(kind, id, entry, bare, now);
    boolean named = ListedRows.has(entry);
    if (named && !ListedRows.namesSame(entry, now)) {
      wrongs.add(new Form.Wrong(path(kind, id, "deck"), "invalid-field", "names rows that are not there: they belong into '" + ListedRows.FIELD + "'"));
    } else {
      ListedRows.inherit(bare, now, named || now != null && !ListedRows.has(now));
    }
    return Future.succeededFuture(bare);
  }

  private Future<JsonObject> read(String kind, String id, JsonObject entry, JsonObject bare, JsonObject now) {
    bare.remove(ListedRows.FIELD);
    String path = path(kind, id, ListedRows.FIELD);
    if (entry.containsKey("prices")) wrongs.add(new Form.Wrong(path, "invalid-field", "and prices cannot both be there"));
    if (!(entry.getValue(ListedRows.FIELD) instanceof JsonArray lines) || lines.stream().anyMatch(line -> !(line instanceof String))) {
      wrongs.add(new Form.Wrong(path, "invalid-field", "must be an array of lines, that of the columns first"));
      return Future.succeededFuture(bare);
    }
    return rows.read(context, lines.stream().map(String.class::cast).toList()).compose(read -> {
      if (read.deck() != null) return name(kind, id, bare, now, read);
      for (WrongRow wrong : read.wrong()) {
        String column = wrong.column() == null ? "" : wrong.column() + " ";
        wrongs.add(new Form.Wrong(wrong.line() == 0 ? path : path + "/" + (wrong.line() - 1), "invalid-row", column + wrong.what()));
      }
      return Future.succeededFuture(bare);
    });
  }

  private Future<JsonObject> name(String kind, String id, JsonObject bare, JsonObject now, ListedRows.Lines read) {
    Future<Boolean> same = now == null || !ListedRows.has(now) ? Future.succeededFuture(false) : rows.areOf(context, read, now);
    return same.map(is -> {
      ListedRows.inherit(bare, now, is);
      if (is) return bare;
      ListedRows.announce(bare, read);
      news.add(new New(kind, id, bare, read));
      return bare;
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
