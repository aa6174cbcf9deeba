package io.godwit.reporting;

import io.godwit.http.Answer;
import io.godwit.http.Auth;
import io.godwit.http.Problem;
import io.godwit.http.Reply;
import io.godwit.message.MessageId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

/** {@code GET /v1/batches/{id}}: how many of a batch's messages have which status. It knows a batch about a second after it was accepted. */
final class BatchEndpoint {
  private static final long DAY = 86_400_000L;
  private final Auth auth;

  BatchEndpoint(Auth auth) {
    this.auth = auth;
  }

  Future<? extends Reply> get(RoutingContext ctx, Pool pool) {
    String id = ctx.pathParam("id");
    if (!MessageId.isValid(id)) return Future.succeededFuture(Problem.notFound());
    long accepted = MessageId.millis(id);
    Where where = Where.visible(auth.caller(ctx)).between(accepted - DAY, accepted + DAY).and("m.batch = ?", id);
    return pool.preparedQuery("SELECT m.status, m.final, count(*) FROM message m " + where.sql() + " GROUP BY 1, 2 ORDER BY 1").execute(where.values())
      .map(rows -> rows.size() == 0 ? Problem.notFound() : answer(id, rows));
  }

  private static Answer answer(String id, RowSet<Row> rows) {
    JsonObject statuses = new JsonObject();
    long messages = 0;
    long open = 0;
    for (Row row : rows) {
      long count = row.getLong(2);
      statuses.put(row.getString(0), statuses.getLong(row.getString(0), 0L) + count);
      messages += count;
      if (!row.getBoolean(1)) open += count;
    }
    return Answer.ok(new JsonObject().put("id", id).put("messages", messages).put("final", open == 0).put("statuses", statuses));
  }
}
