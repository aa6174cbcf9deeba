package io.godwit.management;

import io.godwit.accounts.Form;
import io.godwit.billing.PriceUploads;
import io.godwit.billing.WrongRow;
import io.godwit.http.Inflow;
import io.godwit.http.Input;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.godwit.message.Limits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of price lists as CSV, or as {@code {"rows": [line or object, …]}}, whoever is paid by them: {@code PUT …/rows} replaces them all, {@code ?mode=merge} only those that the file names;
 * a file in which anything is wrong changes nothing. {@code GET …/rows?deck=ID} gives earlier ones back. Files are read beside the event loop, and those that are larger than
 * what others may send, up to {@link Limits#DIRECTORY_BYTES}, one at a time ({@link Alone}).
 */
final class PriceRows {
  private static final Logger log = LoggerFactory.getLogger(PriceRows.class);
  private static final int LONG_ROWS = 200_000;
  /** Of a file as JSON, beside its rows: the object, the list, and the line of the columns. */
  private static final int OTHER_VALUES = 3;
  /** So often a file is merged with rows that were others again when that was done. */
  private static final int MERGES = 5;
  private static final List<String> COLUMNS = List.of("prefix", "mccmnc", "from", "price");
  /** What may stand in a line of CSV without changing its form. */
  private static final Pattern CELL = Pattern.compile("[\\w+:. -]*");
  /** Of a file, that are told at once. */
  private static final int MOST_ERRORS = 100;

  private final Office office;
  private final PriceUploads uploads;

  PriceRows(Office office, PriceUploads uploads) {
    this.office = office;
    this.uploads = uploads;
  }

  /**
   * A file as it was sent.
   *
   * @param csv null when there is a problem
   */
  private record Sent(String csv, Problem problem) {
    static Sent of(Buffer body, boolean json, int mostRows) {
      if (!json) return new Sent(body == null ? "" : body.toString(), null);
      Input in = Input.of(body, mostRows + OTHER_VALUES).only(Set.of("rows"));
      JsonArray rows = in.array("rows");
      boolean objects = !rows.isEmpty() && rows.stream().allMatch(JsonObject.class::isInstance);
      if (!objects && !rows.stream().allMatch(String.class::isInstance)) in.wrong("invalid-field", "rows", "must hold lines, that of the columns first, or objects");
      if (in.problem() != null) return new Sent(null, in.problem());
      return objects ? lines(rows) : new Sent(rows.stream().map(String.class::cast).collect(Collectors.joining("\n")), null);
    }

    /** Each object is a line behind that of the columns, which is the first. */
    private static Sent lines(JsonArray rows) {
      List<WrongRow> wrong = new ArrayList<>();
      StringBuilder csv = new StringBuilder(String.join(",", COLUMNS)).append('\n');
      for (int i = 0; i < rows.size() && wrong.size() < MOST_ERRORS; i++) line(csv, rows.getJsonObject(i), i + 2, wrong);
      return wrong.isEmpty() ? new Sent(csv.toString(), null) : new Sent(null, PriceRows.problem(wrong));
    }

    private static void line(StringBuilder csv, JsonObject row, int line, List<WrongRow> wrong) {
      for (String field : row.fieldNames()) if (!COLUMNS.contains(field)) wrong.add(new WrongRow(line, field, "is no field of a row; those are " + COLUMNS));
      if (!row.containsKey("prefix") && !row.containsKey("mccmnc")) wrong.add(new WrongRow(line, "prefix", "is missing, and so is mccmnc"));
      for (String column : COLUMNS) {
        Object value = row.getValue(column);
        String cell = value == null ? "" : value.toString();
        boolean plain = value == null || value instanceof Number || value instanceof String && CELL.matcher(cell).matches();
        if (!plain) wrong.add(new WrongRow(line, column, "must be a number, or a text of letters, digits and +:.-"));
        csv.append(cell).append(column.equals("price") ? '\n' : ',');
      }
    }
  }

  /** A list as its entry says, with the number of its rows instead of themselves. */
  static JsonObject view(String id, JsonObject body, long version) {
    JsonObject view = body.copy().put("id", id).put("version", version);
    view.remove("prices");
    JsonObject deck = body.getJsonObject("deck");
    return view.put("rows", deck == null ? body.getJsonObject("prices", new JsonObject()).size() : deck.getInteger("rows"));
  }

  /** Uploaded rows stay unless the new body has prices of its own. */
  static void keep(JsonObject before, JsonObject body) {
    if (before != null) for (String kept : List.of("earlier", "deck")) if (before.containsKey(kept)) body.put(kept, before.getValue(kept));
    if (body.containsKey("prices")) PriceUploads.retire(body);
  }

  /** Of a list's entry. */
  static Problem invalid(List<Form.Wrong> faults) {
    Problem problem = Office.problem(faults);
    return new Problem(problem.status(), "invalid-list", problem.detail(), problem.field(), 0, problem.members());
  }

  Future<Reply> download(Visit visit, String id, JsonObject body) {
    Inflow.patient(visit.ctx(), Limits.LONG_ANSWER);
    Supplier<Future<Reply>> work = () -> uploads.download(office.context(), id, body, visit.ctx().queryParams().get("deck")).map(csv -> csv == null ? Problem.notFound()
      : ctx -> Reply.end(ctx, ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8; header=present")
        .putHeader("Content-Disposition", "attachment; filename=\"" + id + ".csv\""), Buffer.buffer(csv)));
    return visit.ctx().queryParams().contains("deck") || isLong(body) ? Alone.run(visit, work) : work.get();
  }

  /** Whether reading it takes some times the memory of a usual request. */
  private static boolean isLong(JsonObject body) {
    return body != null && body.getJsonObject("deck", new JsonObject()).getInteger("rows", 0) > LONG_ROWS;
  }

  /**
   * An upload under way.
   *
   * @param mine the list's entry; null when there is none that the caller may change
   * @param write makes an entry the list's
   */
  private record Upload(Visit visit, String id, boolean merge, Function<Visit, JsonObject> mine, BiFunction<Visit, JsonObject, Future<Reply>> write) { }

  /**
   * @param mine the list's entry; null when there is none that the caller may change
   * @param write makes an entry the list's
   */
  Future<Reply> upload(Visit visit, String id, Function<Visit, JsonObject> mine, BiFunction<Visit, JsonObject, Future<Reply>> write) {
    JsonObject before = mine.apply(visit);
    if (before == null) return Office.reply(Problem.notFound());
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("mode"));
    boolean merge = "merge".equals(parameters.word("mode", List.of("replace", "merge")));
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    String type = String.valueOf(visit.ctx().request().getHeader(HttpHeaders.CONTENT_TYPE));
    boolean json = type.startsWith("application/json");
    if (!json && !type.startsWith("text/csv")) return Office.reply(Problem.of(415, "unsupported-media-type", "the body must be text/csv or application/json, and says that it is '" + type + "'"));
    Problem mismatch = Versioned.mismatch(visit.ctx(), visit.now().version(uploads.kind(), id));
    if (mismatch != null) return Office.reply(mismatch);
    Inflow.patient(visit.ctx(), Limits.LONG_ANSWER);
    Buffer file = visit.ctx().body().buffer();
    Upload upload = new Upload(visit, id, merge, mine, write);
    Supplier<Future<Reply>> work = () -> office.aside(() -> Sent.of(file, json, uploads.mostRows()))
      .compose(sent -> sent.problem() != null ? Office.reply(sent.problem()) : store(upload, before, sent.csv(), 1));
    return file != null && file.length() > Limits.BODY_BYTES || merge && isLong(before) ? Alone.run(visit, work) : work.get();
  }

  /** The file is read and stored once, whoever changes other things meanwhile; merged anew when others changed the rows that stay. */
  private Future<Reply> store(Upload upload, JsonObject before, String csv, int number) {
    return uploads.upload(office.context(), upload.id, before, csv, upload.merge).compose(uploaded -> uploaded.entry() == null ? Office.reply(problem(uploaded.wrong()))
      : office.last(upload.visit, now -> land(upload, now, before, uploaded.entry(), csv, number)));
  }

  private Future<Reply> land(Upload upload, Visit now, JsonObject before, JsonObject uploaded, String csv, int number) {
    JsonObject entry = upload.mine.apply(now);
    if (entry == null) return Office.reply(Problem.notFound());
    Problem mismatch = Versioned.mismatch(now.ctx(), now.now().version(uploads.kind(), upload.id));
    if (mismatch != null) return Office.reply(mismatch);
    if (!upload.merge || PriceUploads.hasSameRows(before, entry)) return upload.write.apply(now, PriceUploads.landed(entry, uploaded));
    return number < MERGES ? store(upload, entry, csv, number + 1)
      : Office.reply(Problem.unavailable("busy", 1, "others change the rows of the list all the time; nothing of this upload holds"));
  }

  /** After a change of the entry. */
  void tidy(String id, JsonObject body) {
    uploads.tidy(office.context(), id, body).onFailure(e -> log.warn("rows of the list {} that nobody names stay for now: {}", id, e.toString()));
  }

  private static Problem problem(List<WrongRow> wrong) {
    JsonArray errors = new JsonArray();
    for (WrongRow row : wrong) errors.add(new JsonObject().put("line", row.line()).put("column", row.column()).put("detail", row.what()));
    WrongRow first = wrong.get(0);
    return Problem.invalid("invalid-rows", first.column() == null ? "rows" : first.column(), (first.line() == 0 ? "" : "line " + first.line() + ": ") + first.what()).with("errors", errors);
  }
}
