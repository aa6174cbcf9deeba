package io.godwit.reporting;

import io.godwit.http.Caller;
import io.godwit.message.Encoding;
import io.godwit.message.Failure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.util.List;

/** A row of table {@code message} as lists show it: the words of {@code GET /v1/messages/{id}}, without what only the trail knows. */
final class MessageView {
  private MessageView() {
  }

  static JsonObject of(Row row, Caller caller) {
    Long price = row.getLong("price_micros");
    JsonObject json = new JsonObject().put("id", row.getString("id")).put("status", row.getString("status")).put("final", row.getBoolean("final"))
      .put("direction", row.getString("direction")).put("account", row.getString("account")).put("to", row.getString("recipient"))
      .put("from", row.getString("sender")).put("country", row.getString("country")).put("text", row.getString("text"))
      .put("encoding", Encoding.valueOf(row.getString("encoding")).wireName()).put("segments", row.getInteger("segments"))
      .put("price", price == null ? null : Volume.amount(BigDecimal.valueOf(price))).put("currency", row.getString("currency"))
      .put("acceptedAt", time(row, "accepted_at")).put("sentAt", time(row, "sent_at")).put("doneAt", time(row, "done_at"))
      .put("integrationId", row.getString("integration_id")).put("clientRef", row.getString("client_ref"))
      .put("batch", row.getString("batch")).put("tags", tags(row));
    if (row.getString("error_code") != null) json.put("error", error(Failure.of(row.getString("error_code"), row.getString("error_text")), caller));
    if (row.getString("in_reply_to") != null) json.put("inReplyTo", row.getString("in_reply_to"));
    return json;
  }

  private static JsonObject error(Failure error, Caller caller) {
    return new JsonObject().put("code", error.code()).put("text", caller.isOperator() ? error.text() : error.forCustomers().text());
  }

  private static String time(Row row, String column) {
    return row.getOffsetDateTime(column) == null ? null : row.getOffsetDateTime(column).toInstant().toString();
  }

  private static JsonArray tags(Row row) {
    String[] tags = row.getArrayOfStrings("tags");
    return tags == null ? new JsonArray() : new JsonArray(List.of(tags));
  }
}
