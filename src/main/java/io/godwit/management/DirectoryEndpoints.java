package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.Change;
import io.godwit.accounts.Directory;
import io.godwit.accounts.Form;
import io.godwit.billing.ListedRows;
import io.godwit.http.Input;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.godwit.message.Limits;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code GET} and {@code PUT /v1/directory}: everything that is configured at run time as one JSON object, {@code {kind: {id: entry}}}, for the operator. What is put takes the
 * place of all that was there, in one transaction, or changes nothing; {@code ?dryRun=true} only says what it would do. Keys and passwords are in it as
 * their hashes, uploaded prices as {@code rows}, see {@link ListedRows}; {@code ?rows=false} leaves these out, for a file that only this installation can take back. At most
 * {@link Limits#DIRECTORY_BYTES}; coded, decoded and judged beside the event loop, and one at a time ({@link Alone}).
 */
final class DirectoryEndpoints {
  /** No row is shorter: digits, three commas, a digit, and what JSON adds. */
  private static final int ROW_BYTES = 8;
  /** An import that may replace whatever there is ({@code If-Match: *}) is judged again so often; each time takes seconds where there are many accounts. */
  private static final int TRIES = 10;

  private final Office office;
  private final Directory directory;
  private final ListedRows rows;

  DirectoryEndpoints(Office office, Directory directory, ListedRows rows) {
    this.office = office;
    this.directory = directory;
    this.rows = rows;
  }

  void mount(Router router) {
    router.get("/v1/directory").handler(office.byOperator(visit -> Alone.run(visit, () -> export(visit))));
    router.put("/v1/directory").handler(office.byOperator(visit -> Alone.run(visit, () -> replace(visit))));
  }

  /** The number counts from 0, a version from 1. */
  private static long version(Visit visit) {
    return visit.now().number() + 1;
  }

  private Future<Reply> export(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("rows"));
    boolean bare = "false".equals(parameters.word("rows", List.of("true", "false")));
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    return office.aside(() -> export(visit, bare)).compose(export -> export.rows() * ROW_BYTES > Limits.DIRECTORY_BYTES ? Office.reply(tooLarge())
      : addRows(export).compose(v -> coded(visit, export.whole)));
  }

  /**
   * The directory on its way out.
   *
   * @param whole without uploaded rows
   * @param listed entries that name some, by what stands for them in the whole
   */
  private record Export(JsonObject whole, Map<JsonObject, JsonObject> listed) {
    long rows() {
      return listed.values().stream().mapToLong(ListedRows::count).sum();
    }
  }

  private static Export export(Visit visit, boolean bare) {
    Export export = new Export(new JsonObject(), new IdentityHashMap<>());
    new TreeMap<>(visit.now().entries()).forEach((kind, entries) -> {
      if (Directory.MACHINERY.contains(kind)) return;
      boolean listed = !bare && ListedRows.KINDS.contains(kind);
      JsonObject all = new JsonObject();
      new TreeMap<>(entries).forEach((id, body) -> {
        JsonObject out = kind.equals(Account.KIND) ? brief(visit.tree().get(id), body) : listed ? ListedRows.bare(body) : body;
        if (listed && ListedRows.has(body)) export.listed.put(out, body);
        all.put(id, out);
      });
      export.whole.put(kind, all);
    });
    return export;
  }

  private Future<Void> addRows(Export export) {
    Future<Void> done = Future.succeededFuture();
    for (Map.Entry<JsonObject, JsonObject> list : export.listed.entrySet()) {
      done = done.compose(v -> rows.lines(office.context(), list.getValue())).map(lines -> {
        list.getKey().put(ListedRows.FIELD, lines);
        return null;
      });
    }
    return done;
  }

  private Future<Reply> coded(Visit visit, JsonObject whole) {
    return office.aside(whole::toBuffer)
      .map(body -> body.length() > Limits.DIRECTORY_BYTES ? tooLarge() : new Versioned(200, body, version(visit)));
  }

  private static Problem tooLarge() {
    return Problem.of(400, "directory-too-large", "with its uploaded prices it has more than " + Limits.DIRECTORY_BYTES + " bytes: ask for it with rows=false, and for the rows list by list");
  }

  /** Without what is said where nothing is said: ten thousand accounts are to fit into a body. */
  private static JsonObject brief(Account account, JsonObject stored) {
    JsonObject brief = AccountEndpoints.body(account, stored);
    Account.from(account.id(), new JsonObject()).json().forEach(usual -> {
      if (Objects.equals(brief.getValue(usual.getKey()), usual.getValue())) brief.remove(usual.getKey());
    });
    return brief;
  }

  /** It changes at most {@link Limits#CHANGES} entries: those of one transaction. */
  private Future<Reply> replace(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("dryRun"));
    boolean dry = "true".equals(parameters.word("dryRun", List.of("true", "false")));
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    Buffer body = visit.ctx().body().buffer();
    return office.aside(() -> Input.of(body, Long.MAX_VALUE)).compose(in -> {
      Problem problem = in.problem() != null ? in.problem() : mismatch(visit, dry);
      if (problem != null) return Office.reply(problem);
      JsonObject wanted = in.json();
      ImportedRows imported = new ImportedRows(rows, office.context());
      return office.aside(() -> imported.takeOut(wanted)).compose(v -> imported.read()).compose(v -> office.last(visit, TRIES, now -> judge(now, wanted, imported, dry)));
    }).recover(failure -> failure instanceof Candidate.TooMany ? Office.reply(Problem.of(400, "too-many-changes", failure.getMessage())) : Future.failedFuture(failure));
  }

  private static Problem mismatch(Visit visit, boolean dry) {
    return dry ? null : Versioned.mismatch(visit.ctx(), version(visit));
  }

  /** By what is in force now: the whole of it is judged, whatever was changed since the last time. */
  private Future<Reply> judge(Visit visit, JsonObject wanted, ImportedRows imported, boolean dry) {
    Problem mismatch = mismatch(visit, dry);
    if (mismatch != null) return Office.reply(mismatch);
    return office.aside(wanted::copy).compose(copy -> imported.fit(visit, copy)).compose(fitted -> office.aside(() -> new Candidate(visit, directory, fitted.whole())).compose(candidate -> {
      List<Form.Wrong> wrongs = new ArrayList<>(candidate.wrongs());
      wrongs.addAll(fitted.wrongs());
      if (!wrongs.isEmpty()) return Office.reply(Office.problem(wrongs));
      return dry ? office.aside(candidate::changes).map(changes -> new Versioned(200, told(changes), version(visit))) : write(visit, candidate, imported, fitted);
    }));
  }

  private Future<Reply> write(Visit visit, Candidate candidate, ImportedRows imported, ImportedRows.Fitted fitted) {
    return imported.keep(fitted).compose(v -> office.aside(candidate::changes)).compose(changes -> {
      if (changes.isEmpty()) return Office.reply(new Versioned(200, told(changes), version(visit)));
      return office.change(visit, changes.toArray(Change[]::new)).map(x -> {
        imported.tidy(fitted);
        return new Versioned(200, told(changes), version(visit) + 1);
      });
    });
  }

  private static JsonObject told(List<Change> changes) {
    return new JsonObject().put("created", changes.stream().filter(change -> change.version() == 0).count())
      .put("changed", changes.stream().filter(change -> change.version() > 0 && change.after() != null).count())
      .put("removed", changes.stream().filter(change -> change.after() == null).count());
  }
}
