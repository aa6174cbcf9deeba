package io.godwit.ops;

import io.godwit.message.DeliveryReport;
import io.godwit.message.Failure;
import io.godwit.message.Message;
import io.godwit.message.Notice;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.Parcel;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** Dead letters as operators see them. Times are ISO 8601. */
final class LetterViews {
  private LetterViews() {
  }

  static JsonObject letter(int set, DeadLetter letter) {
    JsonObject json = new JsonObject().put("id", letter.id()).put("set", set).put("queue", letter.queue()).put("why", letter.why()).put("at", time(letter.at()));
    if (letter.item() instanceof Message message) json.put("message", message(message)).put("retry", retry(letter, message));
    else if (letter.item() instanceof Notice notice) json.put("message", message(notice.message())).put("status", notice.status().name()).put("retry", "the customer is told once more");
    else json.put("receipt", receipt((DeliveryReport) letter.item())).put("retry", "it looks for its message once more, in every set");
    return json;
  }

  private static String retry(DeadLetter letter, Message message) {
    if (letter.queue().equals(Parcel.INBOUND)) return "it is looked at once more; dropped, it is RECEIVED for nobody";
    if (!letter.queue().equals(Parcel.ROUTE)) return "it waits for its receipts again";
    return "it goes through all handlers again, is priced anew, and ends EXPIRED if that is after " + time(message.validUntil());
  }

  private static JsonObject message(Message m) {
    return new JsonObject().put("direction", m.direction().name()).put("priority", m.lane().name().toLowerCase(java.util.Locale.ROOT)).put("account", m.account())
      .put("from", m.from()).put("to", m.to()).put("country", m.country()).put("text", m.text()).put("segments", m.segments()).put("link", m.link())
      .put("acceptedAt", time(m.acceptedAt())).put("validUntil", time(m.validUntil())).put("integrationId", m.origin().integrationId())
      .put("clientRef", m.origin().clientRef()).put("batch", m.origin().batch());
  }

  private static JsonObject receipt(DeliveryReport report) {
    Failure error = report.error();
    return new JsonObject().put("link", report.link()).put("carrierId", report.carrierId()).put("outcome", report.outcome().name())
      .put("error", error == null ? null : error.code()).put("carrierCode", error == null ? null : error.carrierCode())
      .put("doneAt", report.doneAt() < 0 ? null : time(report.doneAt())).put("tries", report.tries());
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
