package io.godwit.reporting;

import io.godwit.accounts.Account;
import io.godwit.accounts.ApiKey;
import io.godwit.accounts.Directory;
import io.godwit.http.Auth;
import io.godwit.node.Node;
import io.godwit.node.Queues;
import io.godwit.node.Readiness;
import io.godwit.node.Settings;
import io.godwit.testing.Await;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** The reports' endpoints behind their real authentication, over a stand, and a client; for test threads. */
final class ReportDoor implements AutoCloseable {
  private final Stand stand;
  private final Directory directory;
  private final ReportRoutes routes = new ReportRoutes();
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Operator &gt; reseller &gt; acme, softmill; the key of each is its name. */
  ReportDoor(Stand stand) {
    this.stand = stand;
    directory = Await.await(Directory.open(stand.set));
    account("operator", null);
    account("reseller", "operator");
    account("acme", "reseller");
    account("softmill", "reseller");
    Settings settings = new Settings(List.of("-"), stand.uri, "127.0.0.1", 0, 0, null, null, null);
    Node node = new Node(stand.vertx, settings, null, new Queues(), directory, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), new Readiness(), null);
    Auth auth = new Auth(directory);
    Router router = Router.router(stand.vertx);
    router.route().handler(auth);
    router.post().handler(BodyHandler.create(false));
    routes.mount(router, node, auth);
    server = Await.on(stand.context, () -> stand.vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
  }

  private void account(String id, String parent) {
    Await.on(stand.context, () -> directory.put(stand.context, Account.KIND, id, new JsonObject().put("parent", parent)));
    Await.on(stand.context, () -> directory.put(stand.context, ApiKey.KIND, id, new JsonObject().put("account", id).put("hash", ApiKey.hash(id))));
  }

  HttpResponse<String> get(String key, String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path)).header("Authorization", "Bearer " + key);
    if (headers.length > 0) request.headers(headers);
    return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).join();
  }

  HttpResponse<String> post(String key, String path, String csv, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path)).header("Authorization", "Bearer " + key).header("Content-Type", "text/csv");
    if (headers.length > 0) request.headers(headers);
    return client.sendAsync(request.POST(HttpRequest.BodyPublishers.ofString(csv)).build(), HttpResponse.BodyHandlers.ofString()).join();
  }

  JsonObject json(String key, String path) {
    return new JsonObject(get(key, path).body());
  }

  @Override
  public void close() {
    Await.await(server.close().eventually(routes::close));
    directory.close();
  }
}
