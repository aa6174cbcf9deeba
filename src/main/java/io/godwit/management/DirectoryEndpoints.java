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
import io.godwit.link.LinkConfig;
import io.godwit.link.LinkViews;
import io.godwit.message.Limits;
import io.godwit.store.CommitSlot;
import io.godwit.store.OneByOne;
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
import java.util.function.LongSupplier;

/**
 * {@code GET} and {@code PUT /v1/directory}: everything that is configured at run time as one JSON object, {@code {kind: {id: entry}}}, for the operator. What is put takes the
 * place of all that was there, in one transaction, or changes nothing; {@code ?dryRun=true} only says what it would do. Keys and passwords of logins are in it as
 * their hashes, passwords of links in clear, uploaded prices as {@code rows}, see {@link ListedRows}; {@code ?rows=false} leaves these out, for a file that only this installation can
 * take back. At most {@link Limits#DIRECTORY_BYTES}, and {@link Limits#CHANGES} entries that are to change; coded, decoded and judged beside the event loop, and one at a time ({@link Alone}).
 */
final class DirectoryEndpoints {
  /** No row is shorter: digits, three commas, a digit, and what JSON adds. */
  private static final int ROW_BYTES = 8;
  /** An import that may replace whatever there is ({@code If-Match: *}) is judged again so often; each time takes seconds where there are many accounts. */
  private static final int TRIES = 10;

  private final Office office;
  private final Directory directory;
  private final ListedRows rows;
  private final LinkViews links;
  private final LongSupplier clock;

  /** @param clock milliseconds since 1970 */
  DirectoryEndpoints(Office office, Directory directory, ListedRows rows, LinkViews links, LongSupplier clock) {
    this.office = office;
    this.directory = directory;
    this.rows = rows;
    this.links = links;
    this.clock = clock;
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
    }).recover(DirectoryEndpoints::tooMany);
  }

  private static Future<Reply> tooMany(Throwable failure) {
    String why = failure instanceof Candidate.TooMany ? failure.getMessage()
      : CommitSlot.isTooLarge(failure) ? "these changes are more than MongoDB's cache takes in one transaction: try a file with fewer, or give mongod more (cacheSizeGB)" : null;
    return why == null ? Future.failedFuture(failure) : Office.reply(Problem.of(400, "too-many-changes", why));
  }

  private static Problem mismatch(Visit visit, boolean dry) {
    return dry ? null : Versioned.mismatch(visit.ctx(), version(visit));
  }

  /** By what is in force now: the whole of it is judged, whatever was changed since the last time. */
  private Future<Reply> judge(Visit visit, JsonObject wanted, ImportedRows imported, boolean dry) {
    Problem mismatch = mismatch(visit, dry);
    if (mismatch != null) return Office.reply(mismatch);
    return office.aside(wanted::copy).compose(copy -> imported.fit(visit, copy)).compose(fitted -> office.aside(() -> candidate(visit, fitted))
      .compose(candidate -> wrongs(visit, candidate, fitted).compose(wrongs -> {
        if (!wrongs.isEmpty()) return Office.reply(Office.problem(wrongs));
        return dry ? office.aside(candidate::changes).map(changes -> new Versioned(200, told(changes), version(visit))) : write(visit, candidate, imported, fitted);
      })));
  }

  /** What stands against it by itself, and what waits for links that are not in it. Fails while there are such and a set does not answer. */
  private Future<List<Form.Wrong>> wrongs(Visit visit, Candidate candidate, ImportedRows.Fitted fitted) {
    List<Form.Wrong> wrongs = new ArrayList<>(candidate.wrongs());
    wrongs.addAll(fitted.wrongs());
    JsonObject staying = fitted.whole().getValue(LinkConfig.KIND) instanceof JsonObject all ? all : new JsonObject();
    List<String> leaving = visit.now().entries(LinkConfig.KIND).keySet().stream().filter(link -> !staying.containsKey(link)).sorted().toList();
    return OneByOne.each(office.context(), leaving, link -> links.unsettled(link).map(parcels -> {
      if (parcels > 0) wrongs.add(new Form.Wrong("/" + LinkConfig.KIND + "/" + Form.escaped(link), "in-use", "must stay: messages wait for it, or for receipts that come over it"));
      return null;
    })).map(wrongs);
  }

  private Candidate candidate(Visit visit, ImportedRows.Fitted fitted) {
    return new Candidate(visit, directory, fitted.whole(), clock.getAsLong());
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
