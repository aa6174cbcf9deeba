package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.accounts.Account;
import io.godwit.accounts.ApiKey;
import io.godwit.submission.HttpVerticle;
import io.godwit.testing.Await;
import io.godwit.testing.Pipe;
import io.godwit.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A PostgreSQL that has gone without a word: its connections stay, and nothing comes over them. Before the real HTTP door. */
@Tag("slow")
class SilentDatabaseTest {
  private final Stand stand = new Stand();
  private final int port = URI.create(stand.uri).getPort();
  private final Pipe pipe = new Pipe(port);
  private final TestNode node = TestNode.start(1, stand.uri.replace(":" + port + "/", ":" + pipe.port() + "/"));
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    pipe.close();   // a pool waits for the answers to its questions
    node.undeployAll();
    node.close();
    stand.close();
  }

  private HttpResponse<String> ask(String path) {
    int http = node.vertx.sharedData().<String, Integer>getLocalMap(HttpVerticle.PORTS).get("http");
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + path)).header("Authorization", "Bearer operator").build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
  }

  private static String said(HttpResponse<String> answer) {
    return answer.statusCode() + " " + new JsonObject(answer.body()).getString("code");
  }

  @Test
  void itIsSaidThatTheReportsCannotBeHadBeforeTheRequestIsCutOff() {
    node.put(Account.KIND, "operator", new JsonObject());
    node.put(ApiKey.KIND, "operator", new JsonObject().put("account", "operator").put("hash", ApiKey.hash("operator")));
    node.await(() -> node.vertx.deployVerticle(new HttpVerticle(node.node)));
    for (String path : new String[] {"/v1/messages", "/v1/accounts/operator/usage"}) assertEquals(200, ask(path).statusCode(), path);

    pipe.stopUp();
    for (String path : new String[] {"/v1/messages", "/v1/accounts/operator/usage"}) {
      // half a second lies between the two: who stands still for so long on the way to the database is cut off for once
      Await.until("it is said that there are no reports: " + path, 60, () -> "503 reporting-unavailable".equals(said(ask(path))));
    }
  }
}
