package io.godwit.reporting;

import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Caller;
import io.godwit.http.Parameters;
import io.godwit.http.Reply;
import io.godwit.message.MessageId;
import io.godwit.message.NumberPlan;
import io.godwit.message.Status;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code GET /v1/messages} (both directions) and {@code GET /v1/replies} (what handsets sent): newest first, {@code {items, next?}}.
 * {@code next} is the {@code cursor} of the page behind; pages never shift, since ids sort by time and a page begins behind an id.
 */
final class MessageLists {
  private static final Set<String> BOTH = Set.of("to", "from", "since", "until", "limit", "cursor");
  private static final Set<String> MESSAGES = with("status", "integrationId", "clientRef", "tag", "batch");
  private static final Set<String> REPLIES = with("inReplyTo");
  private static final List<String> STATUSES = Arrays.stream(Status.values()).map(Status::name).toList();
  private static final int USUAL = 100;
  private static final int MOST = 1_000;
  private final Auth auth;

  MessageLists(Auth auth) {
    this.auth = auth;
  }

  private static Set<String> with(String... more) {
    Set<String> all = new HashSet<>(BOTH);
    all.addAll(List.of(more));
    return all;
  }

  Future<? extends Reply> messages(RoutingContext ctx, Pool pool) {
    Parameters parameters = new Parameters(ctx.queryParams(), MESSAGES);
    Where where = where(ctx, parameters)
      .and("m.status = ?", parameters.word("status", STATUSES))
      .and("m.integration_id = ?", parameters.text("integrationId"))
      .and("m.client_ref = ?", parameters.text("clientRef"))
      .and("? = ANY(m.tags)", parameters.text("tag"))
      .and("m.batch = ?", parameters.text("batch"));
    return list(ctx, parameters, where, pool);
  }

  Future<? extends Reply> replies(RoutingContext ctx, Pool pool) {
    Parameters parameters = new Parameters(ctx.queryParams(), REPLIES);
    Where where = where(ctx, parameters).and("m.direction = ?", "MO");
    String answered = parameters.text("inReplyTo");
    if (answered != null && !MessageId.isValid(answered)) parameters.invalid("inReplyTo", "is no message id");
    return list(ctx, parameters, where.and("m.in_reply_to = ?", answered), pool);
  }

  private Where where(RoutingContext ctx, Parameters parameters) {
    return Where.visible(auth.caller(ctx))
      .between(parameters.instant("since"), parameters.instant("until"))
      .before(parameters.cursor("cursor"))
      .and("m.recipient = ANY(?)", spellings(parameters.text("to")))
      .and("m.sender = ANY(?)", spellings(parameters.text("from")));
  }

  /** An address as it may be stored: as it is, without spaces (an unescaped '+' becomes one), or as an international number. */
  private static String[] spellings(String address) {
    if (address == null) return null;
    NumberPlan.Result number = NumberPlan.parse(address);
    String international = number instanceof NumberPlan.Number n ? n.e164() : address;
    return Stream.of(address, address.strip(), international).distinct().toArray(String[]::new);
  }

  private Future<? extends Reply> list(RoutingContext ctx, Parameters parameters, Where where, Pool pool) {
    int limit = parameters.number("limit", USUAL, 1, MOST);
    if (parameters.problem() != null) return Future.succeededFuture(parameters.problem());
    String sql = "SELECT m.* FROM message m " + where.sql() + " ORDER BY m.id DESC LIMIT " + (limit + 1);
    return pool.preparedQuery(sql).execute(where.values()).map(found -> {
      List<Row> rows = new ArrayList<>();
      found.forEach(rows::add);
      return page(rows, limit, auth.caller(ctx));
    });
  }

  /** One row more than was asked for says that there is a page behind. */
  private static Answer page(List<Row> rows, int limit, Caller caller) {
    List<Row> shown = rows.subList(0, Math.min(limit, rows.size()));
    JsonArray items = new JsonArray();
    shown.forEach(row -> items.add(MessageView.of(row, caller)));
    JsonObject answer = new JsonObject().put("items", items);
    if (rows.size() > limit) answer.put("next", Parameters.cursorAfter(shown.get(limit - 1).getString("id")));
    return Answer.ok(answer);
  }
}
