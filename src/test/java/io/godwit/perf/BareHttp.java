package io.godwit.perf;

import io.godwit.http.Input;
import io.godwit.message.Limits;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/**
 * Vert.x alone at the door: the same server options and the same parse of the body as the gateway's, no keys, no checks, no store; answers 202 with a
 * body of the same shape. As many instances as cores. Runs until it is ended.
 */
public final class BareHttp extends VerticleBase {
  private static final String ID = "06H0DCMSD80000000400000000";

  private final int port;

  private BareHttp(int port) {
    this.port = port;
  }

  public static void main(String[] words) throws Exception {
    int port = new Arguments(words).number("port");
    int instances = Runtime.getRuntime().availableProcessors();
    Vertx.vertx().deployVerticle(() -> new BareHttp(port), new DeploymentOptions().setInstances(instances)).await(30, TimeUnit.SECONDS);
  }

  @Override
  public Future<?> start() {
    return vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port).setHandle100ContinueAutomatically(true)
        .setIdleTimeout(Limits.HTTP_IDLE_SECONDS).setMaxInitialLineLength(Limits.HTTP_LINE_BYTES).setMaxHeaderSize(Limits.HTTP_HEADER_BYTES))
      .requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
      .listen();
  }

  private static void answer(HttpServerRequest request, Buffer body) {
    Input in = Input.of(body);
    JsonObject answer = in.has("messages") ? many(in.array("messages")) : one(in);
    request.response().setStatusCode(202).putHeader("content-type", "application/json").end(answer.toBuffer());
  }

  private static JsonObject one(Input in) {
    return new JsonObject().put("id", ID).put("status", "SUBMITTED").put("to", in.required("to", Limits.FIELD_CHARS)).put("country", "DE")
      .put("encoding", "gsm7").put("segments", 1);
  }

  private static JsonObject many(JsonArray messages) {
    JsonArray accepted = new JsonArray();
    for (int i = 0; i < messages.size(); i++) accepted.add(new JsonObject().put("index", i).put("id", ID));
    return new JsonObject().put("id", ID).put("accepted", messages.size()).put("rejected", new JsonArray()).put("messages", accepted);
  }
}
