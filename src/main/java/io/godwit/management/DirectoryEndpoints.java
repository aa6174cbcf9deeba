package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.Change;
import io.godwit.accounts.Directory;
import io.godwit.http.Input;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.http.Versioned;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code GET} and {@code PUT /v1/directory}: everything that is configured at run time as one JSON object, {@code {kind: {id: entry}}}, for the operator. What is put takes the
 * place of all that was there, in one transaction, or changes nothing; {@code ?dryRun=true} only says what it would do. Keys and passwords are in it as
 * their hashes. No larger than a request's body may be.
 */
final class DirectoryEndpoints {
  private final Office office;
  private final Directory directory;

  DirectoryEndpoints(Office office, Directory directory) {
    this.office = office;
    this.directory = directory;
  }

  void mount(Router router) {
    router.get("/v1/directory").handler(office.byOperator(this::export));
    router.put("/v1/directory").handler(office.byOperator(this::replace));
  }

  /** The number counts from 0, a version from 1. */
  private static long version(Visit visit) {
    return visit.now().number() + 1;
  }

  private Future<Reply> export(Visit visit) {
    JsonObject whole = new JsonObject();
    new TreeMap<>(visit.now().entries()).forEach((kind, entries) -> {
      if (Directory.MACHINERY.contains(kind)) return;
      JsonObject all = new JsonObject();
      new TreeMap<>(entries).forEach((id, body) -> all.put(id, kind.equals(Account.KIND) ? AccountEndpoints.body(visit.tree().get(id), body) : body));
      whole.put(kind, all);
    });
    return Office.reply(new Versioned(200, whole, version(visit)));
  }

  private Future<Reply> replace(Visit visit) {
    Parameters parameters = new Parameters(visit.ctx().queryParams(), Set.of("dryRun"));
    boolean dry = "true".equals(parameters.word("dryRun", List.of("true", "false")));
    if (parameters.problem() != null) return Office.reply(parameters.problem());
    Input in = visit.input();
    if (in.problem() != null) return Office.reply(in.problem());
    Problem mismatch = dry ? null : Versioned.mismatch(visit.ctx(), version(visit));
    if (mismatch != null) return Office.reply(mismatch);
    Candidate candidate = new Candidate(visit, directory, in.json());
    if (!candidate.wrongs().isEmpty()) return Office.reply(Office.problem(candidate.wrongs()));
    List<Change> changes = candidate.changes();
    JsonObject done = new JsonObject().put("created", changes.stream().filter(change -> change.version() == 0).count())
      .put("changed", changes.stream().filter(change -> change.version() > 0 && change.after() != null).count())
      .put("removed", changes.stream().filter(change -> change.after() == null).count());
    if (dry || changes.isEmpty()) return Office.reply(new Versioned(200, done, version(visit)));
    return office.change(visit, changes.toArray(Change[]::new)).map(v -> new Versioned(200, done, version(visit) + 1));
  }
}
