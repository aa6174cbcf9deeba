package io.godwit.simulator;

import static io.godwit.simulator.Esme.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.simulator.Counters.Count;
import io.godwit.smpp.BindType;
import io.godwit.smpp.Pdus;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The simulator as a verticle, controlled by HTTP. */
@ExtendWith(VertxExtension.class)
class ControlApiTest {
  private final SimulatorVerticle verticle = new SimulatorVerticle();
  private HttpClient http;
  private Esme esme;

  @BeforeEach
  void start(Vertx vertx) throws Exception {
    http = vertx.createHttpClient();
    JsonObject config = new JsonObject().put("host", "127.0.0.1").put("port", 0).put("httpPort", 0)
      .put("profile", new JsonObject().put("receiptDelayMin", 0).put("receiptDelayMax", 0));
    await(vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config)));
    esme = Esme.bind(vertx, verticle.port(), "esme", "any", BindType.TRX);
  }

  @Test
  void messagesAndCountersCanBeRead() throws Exception {
    esme.submit("447700900123", "Hello");
    esme.submit("447700900124", "there");
    JsonObject messages = call(HttpMethod.GET, "/messages?to=447700900124", null, 200);
    assertEquals(2, messages.getInteger("count"));
    assertEquals(2, messages.getInteger("next"));
    JsonObject item = messages.getJsonArray("items").getJsonObject(0);
    assertEquals("there", item.getString("text"));
    assertEquals("7468657265", item.getString("hex"));
    assertEquals(2, call(HttpMethod.GET, "/counters", null, 200).getInteger("accepted"));
    assertEquals(1, call(HttpMethod.GET, "/sessions", null, 200).getJsonArray("items").size());
  }

  @Test
  void peopleSeeTheCountersOnAPage() throws Exception {
    esme.submit("447700900123", "Hello");
    String page = await(http.request(HttpMethod.GET, verticle.httpPort(), "127.0.0.1", "/").compose(request -> request.send()).compose(response -> response.body())).toString();
    assertTrue(page.contains("<tr><td>accepted<td align=right>1"), page);
  }

  @Test
  void aHandsetsMessageIsDelivered() throws Exception {
    JsonObject mo = new JsonObject().put("from", "447700900123").put("to", "12345").put("text", "STOP");
    assertEquals(1, call(HttpMethod.POST, "/mo", mo, 200).getInteger("parts"));
    assertEquals("STOP", Pdus.text(esme.next(), Pdus.Alphabet.GSM));
  }

  @Test
  void theProfileChangesWhileItRuns() throws Exception {
    call(HttpMethod.POST, "/profile", new JsonObject().put("errors", new JsonObject().put("0x14", 1)), 200);
    assertEquals(0x14, esme.submit("447700900123", "Hello").getCommandStatus());
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    JsonObject refused = call(HttpMethod.POST, "/profile", new JsonObject().put("eror", 1), 400);
    assertTrue(refused.getString("error").contains("\"eror\""));
    assertTrue(call(HttpMethod.POST, "/mo", new JsonObject().put("from", "1"), 400).getString("error").contains("\"to\""));
    call(HttpMethod.GET, "/messages?from=x", null, 400);
  }

  @Test
  void connectionsAreDroppedAndTheBooksReset() throws Exception {
    esme.submit("447700900123", "Hello");
    call(HttpMethod.POST, "/reset", null, 200);
    assertEquals(0, call(HttpMethod.GET, "/messages", null, 200).getInteger("count"));
    assertEquals(0, verticle.simulator().counters().get(Count.SUBMITS));
    assertEquals(1, call(HttpMethod.POST, "/drop", new JsonObject().put("systemId", "esme"), 200).getInteger("dropped"));
    esme.closed.take();
  }

  private JsonObject call(HttpMethod method, String path, JsonObject body, int status) throws Exception {
    return await(http.request(method, verticle.httpPort(), "127.0.0.1", path)
      .compose(request -> body == null ? request.send() : request.send(body.toBuffer()))
      .compose(response -> response.body().map(answer -> {
        assertEquals(status, response.statusCode(), answer.toString());
        return answer.toJsonObject();
      })));
  }
}
