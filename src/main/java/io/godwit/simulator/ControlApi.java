package io.godwit.simulator;

import io.godwit.smpp.SmppSession;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.function.Predicate;

/** The simulator by HTTP and JSON; what is wrong with a request is said in {@code error}, with 400. */
final class ControlApi {
  private static final int MOST_MESSAGES = 100_000;
  private static final int BODY_BYTES = 1 << 20;

  private final Simulator simulator;
  private final HttpServer server;

  ControlApi(Vertx vertx, Simulator simulator) {
    this.simulator = simulator;
    Router router = Router.router(vertx);
    router.post().handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES));
    router.get("/").handler(this::page);
    router.get("/counters").handler(answering(this::counters));
    router.get("/messages").handler(answering(this::messages));
    router.get("/sessions").handler(answering(this::sessions));
    router.post("/mo").handler(answering(this::mo));
    router.post("/drop").handler(answering(this::drop));
    router.post("/profile").handler(answering(this::profile));
    router.post("/reset").handler(answering(request -> simulator.reset().map(v -> new JsonObject())));
    server = vertx.createHttpServer().requestHandler(router);
  }

  Future<Void> listen(String host, int port) {
    return server.listen(port, host).mapEmpty();
  }

  int port() {
    return server.actualPort();
  }

  /** The counters for people; it looks again every second. */
  private void page(RoutingContext request) {
    StringBuilder rows = new StringBuilder();
    simulator.counters().toJson().forEach(count -> rows.append("<tr><td>").append(count.getKey()).append("<td align=right>").append(count.getValue()));
    request.response().putHeader("content-type", "text/html; charset=utf-8").end("<!doctype html><meta http-equiv=refresh content=1><title>SMSC simulator</title><body style='font-family:sans-serif'>"
      + "<h1>SMSC simulator</h1><p>SMPP port " + simulator.port() + ". <a href=/counters>counters</a>, <a href=/messages>messages with their ids</a>, <a href=/sessions>sessions</a> as JSON."
      + "<table cellpadding=4>" + rows + "</table>");
  }

  private Future<JsonObject> counters(RoutingContext request) {
    return simulator.waiting().map(waiting -> simulator.counters().toJson().put("waiting", waiting));
  }

  /** {@code ?from=NUMBER&limit=N&to=DESTINATION}; the answer's {@code next} is the next call's {@code from}. */
  private Future<JsonObject> messages(RoutingContext request) {
    long from = Long.parseLong(request.queryParams().contains("from") ? request.queryParams().get("from") : "0");
    int limit = Integer.parseInt(request.queryParams().contains("limit") ? request.queryParams().get("limit") : "1000");
    String to = request.queryParams().get("to");
    Predicate<MessageLog.Entry> wanted = entry -> to == null || to.equals(entry.to());
    JsonArray items = new JsonArray();
    long next = from;
    for (MessageLog.Entry entry : simulator.log().entries(from, Math.min(limit, MOST_MESSAGES), wanted)) {
      items.add(json(entry));
      next = entry.number() + 1;
    }
    return Future.succeededFuture(
      new JsonObject().put("count", simulator.log().count()).put("next", next).put("items", items));
  }

  private static JsonObject json(MessageLog.Entry entry) {
    return new JsonObject().put("number", entry.number()).put("id", entry.id()).put("systemId", entry.systemId())
      .put("from", entry.from()).put("to", entry.to()).put("text", entry.text())
      .put("hex", HexFormat.of().formatHex(entry.octets())).put("dataCoding", entry.dataCoding() & 0xFF)
      .put("ref", entry.ref()).put("total", entry.total()).put("seq", entry.seq())
      .put("receivedAtMillis", entry.receivedAtMillis());
  }

  private Future<JsonObject> sessions(RoutingContext request) {
    return simulator.sessions().map(sessions -> {
      JsonArray items = new JsonArray();
      sessions.forEach(session -> items.add(json(session)));
      return new JsonObject().put("items", items);
    });
  }

  private static JsonObject json(SmppSession session) {
    return new JsonObject().put("systemId", session.systemId()).put("bind", session.bindType()).put("state", session.state())
      .put("address", String.valueOf(session.remoteAddress())).put("inFlight", session.inFlight());
  }

  /** {@code {from, to, text, systemId?}}: a handset sends a message. */
  private Future<JsonObject> mo(RoutingContext request) {
    Json json = new Json("mo", body(request));
    String from = needed(json, "from");
    String to = needed(json, "to");
    String text = needed(json, "text");
    String systemId = json.string("systemId", null);
    json.refuseOthers();
    return simulator.mo(from, to, text, systemId).map(parts -> new JsonObject().put("parts", parts));
  }

  private static String needed(Json json, String key) {
    String value = json.string(key, null);
    if (value == null) {
      throw json.refused(key, "is missing");
    }
    return value;
  }

  /** {@code {systemId?}}: drops that one's connections, or all. */
  private Future<JsonObject> drop(RoutingContext request) {
    Json json = new Json("drop", body(request));
    String systemId = json.string("systemId", null);
    json.refuseOthers();
    return simulator.drop(systemId).map(dropped -> new JsonObject().put("dropped", dropped));
  }

  /** A whole {@link Profile}: what is not said is as by default, not as before. */
  private Future<JsonObject> profile(RoutingContext request) {
    return simulator.profile(Profile.from(body(request))).map(v -> new JsonObject());
  }

  private static JsonObject body(RoutingContext request) {
    JsonObject body = request.body().isEmpty() ? new JsonObject() : request.body().asJsonObject();
    return body == null ? new JsonObject() : body;
  }

  private static Handler<RoutingContext> answering(Function<RoutingContext, Future<JsonObject>> action) {
    return request -> {
      Future<JsonObject> answer;
      try {
        answer = action.apply(request);
      } catch (IllegalArgumentException | DecodeException | ClassCastException e) {
        answer = Future.failedFuture(e);
      }
      answer.onComplete(request::json, failure ->
        request.response().setStatusCode(400).putHeader("content-type", "application/json")
          .end(new JsonObject().put("error", String.valueOf(failure.getMessage())).encode()));
    };
  }
}
