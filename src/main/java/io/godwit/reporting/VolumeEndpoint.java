package io.godwit.reporting;

import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Caller;
import io.godwit.http.Parameters;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.reporting.Volume.Dimension;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Set;

/**
 * {@code GET /v1/reports/volume?groupBy=customer,integration,country,status,day,link,network&since&until&format=json|csv}: the messages that were
 * accepted from {@code since} on and before {@code until}, of the caller and all accounts below him. Links, costs and margins are told to the operator alone.
 */
final class VolumeEndpoint {
  private static final Set<String> KNOWN = Set.of("groupBy", "since", "until", "format");
  private final Auth auth;

  VolumeEndpoint(Auth auth) {
    this.auth = auth;
  }

  Future<? extends Reply> get(RoutingContext ctx, Pool pool) {
    Caller caller = auth.caller(ctx);
    Parameters parameters = new Parameters(ctx.queryParams(), KNOWN);
    List<String> words = parameters.words("groupBy", Dimension.WORDS);
    Where where = Where.visible(caller).between(parameters.instant("since"), parameters.instant("until"));
    String format = parameters.word("format", List.of("json", "csv"));
    if (parameters.problem() != null) return Future.succeededFuture(parameters.problem());
    List<Dimension> by = words == null ? Dimension.USUAL : words.stream().map(Dimension::of).toList();
    boolean operator = caller.isOperator();
    if (by.contains(Dimension.LINK) && !operator) return Future.succeededFuture(linkIsOurs());
    boolean csv = format == null ? accepts(ctx, "text/csv") : format.equals("csv");
    return Volume.read(pool, by, operator, where).map(volume -> volume.lines().size() > Volume.MOST_LINES ? tooLarge() : csv ? csv(volume) : json(volume));
  }

  private static Reply json(Volume volume) {
    JsonArray by = new JsonArray(volume.by().stream().map(d -> d.word).toList());
    return Answer.ok(new JsonObject().put("groupBy", by).put("rows", volume.json()));
  }

  private static Reply csv(Volume volume) {
    return ctx -> Reply.end(ctx, ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8; header=present")
      .putHeader("Content-Disposition", "attachment; filename=\"volume.csv\""), Buffer.buffer(volume.csv()));
  }

  private static boolean accepts(RoutingContext ctx, String type) {
    return ctx.parsedHeaders().accept().stream().anyMatch(accepted -> type.equals(accepted.value()));
  }

  /** Which carriers carry his messages is no customer's business. */
  private static Problem linkIsOurs() {
    return new Problem(403, "operator-only", "parameter 'groupBy': only the operator may group by link", "groupBy", 0, null);
  }

  private static Problem tooLarge() {
    return Problem.of(400, "report-too-large", "the report has more than " + Volume.MOST_LINES + " lines: group by less, or ask for less time");
  }
}
