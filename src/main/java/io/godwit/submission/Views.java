package io.godwit.submission;

import io.godwit.events.MessageState;
import io.godwit.http.Caller;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Text;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDocumentWriter;
import org.bson.BsonValue;

/**
 * Messages and their events as customers see them. Amounts are decimal strings, times ISO 8601. Over which carriers he sends, under which ids, and what they take is the operator's business:
 * nobody else is told of it here. Neither is anybody else told what an exception of ours says, nor what operators did about it, and why.
 */
final class Views {
  /** The fields of events that say it. */
  private static final List<String> CARRIERS = List.of("link", "instead", "carrierIds", "carrierId", "cost", "costCurrency");
  /** By the event's type, the fields that are the operator's, too. */
  private static final Map<String, List<String>> TROUBLES = Map.of("DEAD", List.of("why"), "DROPPED", List.of("why", "by"), "REVIVED", List.of("by"));

  private Views() {
  }

  static JsonObject message(MessageState state, Caller caller) {
    Message m = state.message();
    JsonObject times = new JsonObject();
    state.times().forEach((type, at) -> times.put(type, time(at)));
    JsonObject json = new JsonObject().put("id", m.id()).put("status", state.status().name()).put("final", state.isFinal())
      .put("direction", m.direction().name()).put("account", m.account()).put("to", m.to()).put("from", empty(m.from())).put("country", empty(m.country()))
      .put("text", m.text()).put("encoding", m.encoding().wireName()).put("segments", m.segments())
      .put("price", state.money() == null ? null : amount(state.price())).put("currency", state.currency()).put("times", times)
      .put("validUntil", time(m.validUntil())).put("integrationId", m.origin().integrationId()).put("clientRef", m.origin().clientRef())
      .put("batch", m.origin().batch());
    if (m.origin().scheduledAt() > 0) json.put("scheduledAt", time(m.origin().scheduledAt()));
    if (state.error() != null) json.put("error", error(caller.isOperator() ? state.error() : state.error().forCustomers()));
    if (state.inReplyTo() != null) json.put("inReplyTo", state.inReplyTo());
    return json.put("replies", new JsonArray(state.replies()));
  }

  private static JsonObject error(Failure error) {
    return new JsonObject().put("code", error.code()).put("temporary", error.temporary()).put("carrierCode", error.carrierCode()).put("text", error.text());
  }

  /** As it stands in its page, but without what the sellers above the caller pay each other. */
  static JsonObject event(Event event, Caller caller) {
    BsonDocument document = new BsonDocument();
    event.write(new BsonDocumentWriter(document));
    document.remove("id");
    if (!caller.isOperator()) {
      CARRIERS.forEach(document::remove);
      TROUBLES.getOrDefault(event.type(), List.of()).forEach(document::remove);
    }
    JsonObject json = new JsonObject();
    document.forEach((name, value) -> {
      if (name.equals("legs")) json.put(name, legs(value.asArray(), caller));
      else if (name.equals("o")) value.asDocument().forEach((option, set) -> json.put(option, plain(set)));
      else if (name.equals("lane")) json.put("priority", Lane.of(value.asInt32().getValue()).name().toLowerCase(Locale.ROOT));
      else json.put(readable(name), plain(value));
    });
    return json;
  }

  private static String readable(String name) {
    return switch (name) {
      case "enc" -> "encoding";
      case "segs" -> "segments";
      case "exp" -> "validUntil";
      default -> name;
    };
  }

  private static JsonArray legs(BsonArray legs, Caller caller) {
    JsonArray seen = new JsonArray();
    for (BsonValue leg : legs) {
      BsonDocument d = leg.asDocument();
      if (!caller.sees(d.getString("account").getValue())) continue;
      seen.add(((JsonObject) plain(d)).put("amount", amount(d.getInt64("amount").getValue())));
    }
    return seen;
  }

  private static Object plain(BsonValue value) {
    return switch (value.getBsonType()) {
      case STRING -> value.asString().getValue();
      case INT32 -> value.asInt32().getValue();
      case INT64 -> value.asInt64().getValue();
      case BINARY -> Text.decode(value.asBinary().getData(), Encoding.UCS2.dataCoding());   // see StoredText
      case BOOLEAN -> value.asBoolean().getValue();
      case DATE_TIME -> time(value.asDateTime().getValue());
      case ARRAY -> new JsonArray(value.asArray().stream().map(Views::plain).toList());
      case DOCUMENT -> {
        JsonObject json = new JsonObject();
        value.asDocument().forEach((name, of) -> json.put(name, plain(of)));
        yield json;
      }
      default -> null;
    };
  }

  static JsonArray events(List<Event> events, Caller caller) {
    return new JsonArray(events.stream().map(event -> event(event, caller)).toList());
  }

  /** Micro-units as a decimal string without superfluous zeros. */
  private static String amount(long micros) {
    return BigDecimal.valueOf(micros, 6).stripTrailingZeros().toPlainString();
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  private static String empty(String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
