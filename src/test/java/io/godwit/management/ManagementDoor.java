package io.godwit.management;

import io.godwit.accounts.ApiKey;
import io.godwit.store.Mongo;
import io.godwit.submission.HttpVerticle;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bson.Document;

/**
 * The HTTP door of one process over a real replica set, with a small tree of accounts: operator, reseller, and below him demo and other; rival beside
 * him. The key of each is its name. For test threads.
 */
final class ManagementDoor implements AutoCloseable {
  final TestNode node;
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;

  ManagementDoor() {
    this((String) null);
  }

  /** @param postgres of the reporting database; null = none */
  ManagementDoor(String postgres) {
    this(TestNode.start(1, postgres));
    account("operator", null);
    account("reseller", "operator");
    account("rival", "operator");
    account("demo", "reseller");
    account("other", "reseller");
  }

  private ManagementDoor(TestNode node) {
    this.node = node;
    Await.await(node.vertx.deployVerticle(new HttpVerticle(node.node)));
    base = "http://127.0.0.1:" + node.vertx.sharedData().<String, Integer>getLocalMap(HttpVerticle.PORTS).get("http");
  }

  /** Another process on the same database. */
  ManagementDoor another() {
    return new ManagementDoor(node.another());
  }

  ManagementDoor another(Gate gate) {
    return new ManagementDoor(node.another(gate));
  }

  private void account(String id, String parent) {
    node.put("account", id, new JsonObject().put("parent", parent));
    node.put("key", id, new JsonObject().put("account", id).put("hash", ApiKey.hash(id)));
  }

  /** A status with a body: JSON where the answer has one. */
  record Answer(int status, JsonObject json, HttpResponse<String> raw) {
    String code() {
      return json.getString("code");
    }

    /** Null when it has none. */
    String etag() {
      return raw.headers().firstValue("ETag").orElse(null);
    }

    JsonArray items() {
      return json.getJsonArray("items");
    }

    String said() {
      return status + " " + (json == null ? raw.body() : json.encode());
    }
  }

  CompletableFuture<Answer> calling(String method, String key, String path, JsonObject body, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + key).header("Content-Type", "application/json");
    if (headers.length > 0) request.headers(headers);
    request.method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.encode()));
    return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).thenApply(response -> {
      boolean isJson = response.headers().firstValue("Content-Type").orElse("").contains("json");
      return new Answer(response.statusCode(), isJson ? new JsonObject(response.body()) : null, response);
    });
  }

  /** A file in place of the rows that are there now. */
  Answer upload(String key, String path, String csv) {
    return uploading(key, path, csv).join();
  }

  CompletableFuture<Answer> uploading(String key, String path, String csv) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + key).header("Content-Type", "text/csv")
      .header("If-Match", "*").PUT(HttpRequest.BodyPublishers.ofString(csv)).build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).thenApply(response -> new Answer(response.statusCode(), new JsonObject(response.body()), response));
  }

  /** The status of the answer to whoever announces so large a file and sends nothing of it. */
  int announcing(String key, String path, long bytes) {
    NetClient customers = node.vertx.createNetClient();
    NetSocket socket = Await.await(customers.connect(URI.create(base).getPort(), "127.0.0.1"));
    Promise<Buffer> answer = Promise.promise();
    socket.handler(answer::tryComplete);
    socket.write("PUT " + path + " HTTP/1.1\r\nHost: godwit\r\nAuthorization: Bearer " + key + "\r\nIf-Match: *\r\nContent-Type: text/csv\r\nContent-Length: " + bytes + "\r\n\r\n");
    String first = Await.await(answer.future()).toString();
    Await.await(customers.close());
    return Integer.parseInt(first.split(" ")[1]);
  }

  Answer call(String method, String key, String path, JsonObject body, String... headers) {
    return calling(method, key, path, body, headers).join();
  }

  Answer get(String key, String path) {
    return call("GET", key, path, null);
  }

  Answer post(String key, String path, JsonObject body, String... headers) {
    return call("POST", key, path, body, headers);
  }

  /** With the version that is there now; of what is not there, none in particular. */
  Answer change(String method, String key, String path, JsonObject body) {
    String etag = get(key, path).etag();
    return call(method, key, path, body, "If-Match", etag == null ? "*" : etag);
  }

  Answer send(String key) {
    return post(key, "/v1/messages", new JsonObject().put("to", "+447700900123").put("text", "Hello").put("from", "Godwit"));
  }

  List<Document> find(String collection) {
    return node.await(() -> Mongo.all(node.vertx.getOrCreateContext(), node.sets.control().db().getCollection(collection).find()));
  }

  @Override
  public void close() {
    node.undeployAll();
    node.close();
  }
}
