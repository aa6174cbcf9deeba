package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import io.godwit.accounts.ApiKey;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.submission.HttpVerticle;
import io.godwit.simulator.Counters.Count;
import io.godwit.simulator.MessageLog;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator does to links over REST, while they send. */
class LinkEndpointsTest {
  private static final String PATH = "/v1/links";

  private final LinkStand stand = new LinkStand();
  private final TestNode test = stand.test;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Simulator carrier = carrier(new JsonObject());
  private String door;
  private int port;

  @BeforeEach
  void aDoor() {
    for (String id : List.of("operator", "demo")) {
      test.put("account", id, id.equals("operator") ? new JsonObject() : new JsonObject().put("parent", "operator"));
      test.put("key", id, new JsonObject().put("account", id).put("hash", ApiKey.hash(id + "-key")));
    }
    door = test.await(() -> test.vertx.deployVerticle(new HttpVerticle(test.node)));
    port = test.vertx.sharedData().<String, Integer>getLocalMap(HttpVerticle.PORTS).get("http");
  }

  @AfterEach
  void close() {
    test.await(() -> test.vertx.undeploy(door));
    stand.close();
  }

  private Simulator carrier(JsonObject changes) {
    return test.await(() -> Simulator.start(test.vertx, SimulatorConfig.embedded(profile(changes))));
  }

  private static Profile profile(JsonObject changes) {
    return Profile.from(new JsonObject().put("receiptDelayMin", 20).put("receiptDelayMax", 20).mergeIn(changes));
  }

  private HttpResponse<String> calling(String method, String path, String key, String body, String... headers) {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("Authorization", "Bearer " + key)
      .headers(headers.length == 0 ? new String[] {"Accept", "application/json"} : headers).method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
  }

  /** The operator's call; its answer must have that status. */
  private JsonObject call(int status, String method, String path, String body, String... headers) {
    HttpResponse<String> answer = calling(method, path, "operator-key", body, headers);
    assertEquals(status, answer.statusCode(), answer.body());
    return new JsonObject(answer.body());
  }

  private JsonObject link() {
    return call(200, "GET", PATH + "/sim", null);
  }

  private void tell(String verb) {
    call(200, "POST", PATH + "/sim/" + verb, null);
  }

  private void untilState(String state) {
    String[] is = {null};
    Await.until(() -> "the link is " + state + ", is " + is[0], 60, () -> (is[0] = link().getString("state")).equals(state));
  }

  private void configure(JsonObject changes) {
    stand.configure("sim", carrier.port(), changes);
  }

  private List<Message> send(int messages) {
    List<Message> all = IntStream.range(0, messages).mapToObj(i -> stand.routed("sim", "Hello " + i)).toList();
    stand.send(all);
    return all;
  }

  private void assertEachArrivedOnce(List<Message> messages, Simulator... carriers) {
    Set<String> texts = new HashSet<>();
    long arrived = 0;
    for (Simulator each : carriers) {
      for (MessageLog.Entry entry : each.log().entries()) texts.add(entry.text());
      arrived += each.log().count();
    }
    assertEquals(messages.size(), texts.size(), "different texts that arrived");
    assertEquals(messages.size(), arrived, "arrived, copies included");
  }

  // ---- orders

  @Test
  void aStoppedLinkUnbindsKeepsWhatWaitsThroughARestartAndSendsItOnceItIsStarted() {
    test.await(() -> carrier.profile(profile(new JsonObject().put("answerDelayMin", 200).put("answerDelayMax", 200)))); // it would take twelve seconds
    configure(new JsonObject().put("window", 5).put("unsettledMax", 10));
    stand.start();
    List<Message> messages = send(300);
    Await.until("it sends", () -> carrier.log().count() >= 20);
    tell("stop");
    untilState("stopped");
    Await.until("its bind has ended", () -> test.await(carrier::sessions).isEmpty());
    long submitted = carrier.log().count();
    assertTrue(submitted < 300, "all were submitted before it stopped");
    assertEquals(300 - submitted, link().getJsonObject("waiting").getLong("messages").longValue());
    assertEquals(0, link().getJsonObject("binds").getInteger("bound"));
    stand.stopLink();
    stand.startLink();
    assertEquals("stopped", link().getString("state"));
    assertTrue(test.await(carrier::sessions).isEmpty());
    test.await(() -> carrier.profile(profile(new JsonObject())));
    tell("start");
    messages.forEach(m -> assertEquals(Status.DELIVERED, stand.untilFinal(m)));
    assertEachArrivedOnce(messages, carrier);
    untilState("up");
  }

  @Test
  void aPausedLinkSubmitsNothingAndStillHearsItsReceipts() {
    test.await(() -> carrier.profile(profile(new JsonObject().put("deliveriesHeld", true))));
    configure(new JsonObject());
    stand.start();
    Message before = send(1).get(0);
    Await.until("it is sent", () -> stand.types(before).contains("SENT"));
    tell("pause");
    untilState("paused");
    test.await(() -> carrier.profile(profile(new JsonObject())));
    assertEquals(Status.DELIVERED, stand.untilFinal(before));
    Message after = send(1).get(0);
    assertEquals(1, link().getJsonObject("waiting").getInteger("messages"));
    assertEquals(1, carrier.log().count());
    assertEquals(1, link().getJsonObject("binds").getInteger("bound"));
    assertFalse(test.await(() -> new Standings(test.vertx.getOrCreateContext(), test.sets.control()).sending()).contains("sim"), "others may take what waits");
    tell("start");
    assertEquals(Status.DELIVERED, stand.untilFinal(after));
    assertEquals(1, carrier.counters().get(Count.BINDS), "it was never unbound");
  }

  @Test
  void aDrainingLinkSendsWhatWaits() {
    configure(new JsonObject().put("rate", 100));
    stand.start();
    List<Message> messages = send(150);
    tell("drain");
    untilState("draining");
    messages.forEach(m -> assertEquals(Status.DELIVERED, stand.untilFinal(m)));
    assertEachArrivedOnce(messages, carrier);
    assertTrue(test.await(() -> new Standings(test.vertx.getOrCreateContext(), test.sets.control()).sending()).contains("sim"));
  }

  @Test
  void everyProcessObeys() {
    configure(new JsonObject().put("binds", 2));
    stand.start();
    untilState("up");
    try (TestNode other = test.another()) {
      other.await(() -> other.vertx.deployVerticle(() -> new LinkVerticle(other.node), new DeploymentOptions()));
      tell("stop");
      untilState("stopped");
      tell("start");
      Await.until("both binds are up again", () -> link().getJsonObject("binds").getInteger("bound") == 2);
      tell("pause");
      untilState("paused");
      other.undeployAll();
    }
  }

  // ---- live changes

  @Test
  void rateAndWindowChangeWhileTheBindStays() {
    configure(new JsonObject().put("rate", 20).put("window", 1).put("unsettledMax", 1_000));
    stand.start();
    List<Message> messages = send(400);
    Await.until("it sends", () -> carrier.log().count() >= 5);
    configure(new JsonObject().put("rate", 0).put("window", 50).put("unsettledMax", 1_000));
    messages.forEach(m -> assertEquals(Status.DELIVERED, stand.untilFinal(m)));
    assertEachArrivedOnce(messages, carrier);
    assertEquals(1, carrier.counters().get(Count.BINDS));
    assertEquals(50, link().getJsonObject("window").getInteger("size"));
  }

  @Test
  void aWindowThatShrinksHoldsWithoutBindingAnew() {
    test.await(() -> carrier.profile(profile(new JsonObject().put("paused", true))));
    configure(new JsonObject().put("window", 50));
    stand.start();
    List<Message> messages = send(200);
    Await.until("fifty are in flight", () -> link().getJsonObject("window").getInteger("inFlight") == 50);
    configure(new JsonObject().put("window", 3));
    Await.until("the window is small", () -> link().getJsonObject("window").getInteger("size") == 3);
    test.await(() -> carrier.profile(profile(new JsonObject().put("answerDelayMin", 5).put("answerDelayMax", 5))));
    Await.until("the fifty are answered", () -> link().getJsonObject("window").getInteger("inFlight") <= 3);
    messages.forEach(m -> assertEquals(Status.DELIVERED, stand.untilFinal(m)));
    assertEachArrivedOnce(messages, carrier);
    assertEquals(1, carrier.counters().get(Count.BINDS));
  }

  @Test
  void anotherAddressOfTheCarrierIsBoundWithoutLosingOrDoublingWhatIsInFlight() {
    Simulator moved = carrier(new JsonObject());
    test.await(() -> carrier.profile(profile(new JsonObject().put("answerDelayMin", 200).put("answerDelayMax", 200)))); // it would take ten seconds
    configure(new JsonObject().put("window", 10).put("unsettledMax", 20).put("receipts", false));
    stand.start();
    List<Message> messages = send(500);
    Await.until("it sends", () -> carrier.log().count() >= 20);
    stand.configure("sim", moved.port(), new JsonObject().put("systemId", "another").put("window", 10).put("unsettledMax", 20).put("receipts", false));
    messages.forEach(m -> assertEquals(Status.SENT, stand.untilFinal(m)));
    assertTrue(moved.log().count() > 0 && carrier.log().count() < 500, "it moved while it sent");
    assertEachArrivedOnce(messages, carrier, moved);
    assertTrue(messages.stream().allMatch(m -> stand.types(m).equals(List.of("ACCEPTED", "SENT"))));
    Await.until("the first has seen the end of its bind", () -> test.await(carrier::sessions).isEmpty());
  }

  @Test
  void aLinkThatLeavesTheDirectoryUnbindsAndGivesItsSeatsBack() {
    configure(new JsonObject());
    stand.start();
    untilState("up");
    test.await(() -> test.directory.remove(test.vertx.getOrCreateContext(), LinkConfig.KIND, "sim"));
    Await.until("its bind has ended", () -> test.await(carrier::sessions).isEmpty());
    Await.until("nobody holds its seat", () -> test.await(() -> new Standings(test.vertx.getOrCreateContext(), test.sets.control()).told()).isEmpty());
    call(404, "GET", PATH + "/sim", null);
  }

  @Test
  void transmitterAndReceiverMayBeApart() {
    configure(new JsonObject().put("bindType", "tx-rx"));
    stand.start();
    Message message = send(1).get(0);
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
    assertEquals(Set.of("TX", "RX"), Set.copyOf(test.await(carrier::sessions).stream().map(session -> session.bindType().name()).toList()));
    Await.until("both are told", () -> link().getJsonObject("binds").equals(new JsonObject().put("wanted", 2).put("bound", 2)));
  }

  // ---- answers

  @Test
  void linksAreListedWithoutTheirPasswords() {
    configure(new JsonObject().put("password", "secret").put("tls", new JsonObject().put("trust", "missing.p12").put("password", "secret")));
    test.put(LinkConfig.KIND, "other", new JsonObject().put("host", "127.0.0.1").put("port", 1).put("systemId", "godwit"));
    String body = calling("GET", PATH, "operator-key", null).body();
    assertFalse(body.contains("secret"), body);
    assertEquals(List.of("other", "sim"), new JsonObject(body).getJsonArray("items").stream().map(item -> ((JsonObject) item).getString("id")).toList());
    assertEquals("down", new JsonObject(body).getJsonArray("items").getJsonObject(0).getString("state"));
    assertEquals("run", link().getJsonObject("order").getString("order"));
  }

  @Test
  void aLinkIsDescribedOverRestAndKeepsItsPasswordsWhenTheyAreLeftOut() {
    JsonObject tls = new JsonObject().put("trust", "carrier.p12").put("password", "hidden");
    JsonObject entry = new JsonObject().put("host", "127.0.0.1").put("port", carrier.port()).put("systemId", "godwit").put("password", "secret");
    call(201, "PUT", PATH + "/other", entry.copy().put("tls", tls).encode());
    call(201, "PUT", PATH + "/sim", entry.encode());
    stand.start();
    untilState("up");
    JsonObject shown = link().getJsonObject("config");
    JsonObject changed = call(200, "PUT", PATH + "/sim", shown.put("rate", 7).encode(), "If-Match", "*");
    assertEquals(7, changed.getJsonObject("rate").getInteger("limit"));
    assertEquals("secret", test.directory.entry(LinkConfig.KIND, "sim").getString("password"));
    JsonObject other = call(200, "GET", PATH + "/other", null).getJsonObject("config");
    call(200, "PUT", PATH + "/other", other.put("rate", 7).encode(), "If-Match", "*");
    assertEquals("hidden", test.directory.entry(LinkConfig.KIND, "other").getJsonObject("tls").getString("password"));
  }

  @Test
  void aChangeNamesTheVersionThatItMeansAndIsToldWithWhoMadeIt() {
    JsonObject entry = new JsonObject().put("host", "carrier").put("systemId", "godwit").put("password", "secret").put("tls", new JsonObject().put("password", "hidden"));
    HttpResponse<String> created = calling("PUT", PATH + "/sim", "operator-key", entry.encode());
    String etag = created.headers().firstValue("ETag").orElse(null);
    int version = new JsonObject(created.body()).getInteger("version");
    assertEquals("\"" + version + "\"", etag, created.body());
    assertEquals("if-match-missing", call(428, "PUT", PATH + "/sim", entry.put("rate", 7).encode()).getString("code"));
    assertEquals(version + 1, call(200, "PUT", PATH + "/sim", entry.encode(), "If-Match", etag).getInteger("version"));
    assertEquals("stale", call(412, "PUT", PATH + "/sim", entry.put("rate", 8).encode(), "If-Match", etag).getString("code"));
    assertEquals(version + 1, call(200, "POST", PATH + "/sim/stop", null).getInteger("version"), "an order is no change of the link's configuration");
    HttpResponse<String> told = calling("GET", "/v1/accounts/operator/changes", "operator-key", null);
    List<String> changes = new JsonObject(told.body()).getJsonArray("items").stream().map(item -> (JsonObject) item)
      .map(item -> item.getJsonObject("by").getString("key") + " " + item.getString("kind") + " " + item.getJsonObject("after").getValue(item.getString("kind").equals("link") ? "rate" : "order")).toList();
    assertEquals(List.of("operator linkorder stop", "operator link 7", "operator link null"), changes);
    assertFalse(told.body().contains("secret") || told.body().contains("hidden"), told.body());
  }

  // ---- removal

  @Test
  void aLinkIsNotRemovedWhileSomebodyNamesIt() {
    configure(new JsonObject());
    test.put("route", "germany", new JsonObject().put("links", new JsonArray().add(new JsonObject().put("link", "other")).add(new JsonObject().put("link", "sim"))));
    test.put("cost", "sim", new JsonObject().put("currency", "EUR"));
    test.put("account", "shop", new JsonObject().put("parent", "operator").put("links", new JsonObject().put("sim", new JsonObject())));
    test.put("senderrule", "shop", new JsonObject().put("link", "sim").put("blocked", new JsonArray().add("Shop")));
    JsonObject problem = call(409, "DELETE", PATH + "/sim", null, "If-Match", "*");
    assertEquals("in-use", problem.getString("code"));
    assertEquals(new JsonArray().add("/account/shop/links/sim").add("/cost/sim").add("/route/germany/links/1/link").add("/senderrule/shop/link"), problem.getJsonArray("namedBy"));
    for (String kind : List.of("account/shop", "cost/sim", "route/germany", "senderrule/shop")) test.await(() -> test.directory.remove(test.vertx.getOrCreateContext(), kind.split("/")[0], kind.split("/")[1]));
    assertEquals("if-match-missing", call(428, "DELETE", PATH + "/sim", null).getString("code"));
    assertEquals("stale", call(412, "DELETE", PATH + "/sim", null, "If-Match", "\"9\"").getString("code"));
    assertEquals(403, calling("DELETE", PATH + "/sim", "demo-key", null, "If-Match", "*").statusCode());
    assertEquals("sim", call(200, "DELETE", PATH + "/sim", null, "If-Match", "\"1\"").getString("id"));
    call(404, "GET", PATH + "/sim", null);
    call(404, "DELETE", PATH + "/sim", null, "If-Match", "*");
  }

  @Test
  void aLinkIsRemovedWithItsOrderOnceNothingWaitsForItAnyMore() {
    test.await(() -> carrier.profile(profile(new JsonObject().put("deliveriesHeld", true))));
    configure(new JsonObject().put("password", "secret"));
    Message message = send(1).get(0);
    assertEquals("in-use", call(409, "DELETE", PATH + "/sim", null, "If-Match", "*").getString("code"), "it waits for the link");
    stand.start();
    Await.until("it is sent", () -> stand.types(message).contains("SENT"));
    assertEquals("in-use", call(409, "DELETE", PATH + "/sim", null, "If-Match", "*").getString("code"), "it waits for its receipt");
    test.await(() -> carrier.profile(profile(new JsonObject())));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
    tell("drain");
    call(200, "DELETE", PATH + "/sim", null, "If-Match", "*");
    Await.until("its bind has ended", () -> test.await(carrier::sessions).isEmpty());
    assertEquals(List.of(), List.copyOf(test.directory.entries(Order.KIND).keySet()));
    String told = calling("GET", "/v1/accounts/operator/changes", "operator-key", null).body();
    assertEquals(Set.of("link", "linkorder"), Set.copyOf(new JsonObject(told).getJsonArray("items").stream().map(item -> (JsonObject) item)
      .filter(item -> item.getJsonObject("after") == null).map(item -> item.getString("kind")).toList()));
    assertFalse(told.contains("secret"), told);
  }

  /** An import of all that there is but the link. */
  private JsonObject putWithoutTheLink(int status, String query) {
    JsonObject whole = call(200, "GET", "/v1/directory", null);
    whole.remove("link");
    return call(status, "PUT", "/v1/directory" + query, whole.encode(), "If-Match", "*");
  }

  private void assertTheLinkMustStay(String why) {
    for (String query : List.of("?dryRun=true", "")) {
      JsonArray errors = putWithoutTheLink(400, query).getJsonArray("errors");
      assertEquals(1, errors.size(), why);
      assertEquals("/link/sim in-use", errors.getJsonObject(0).getString("path") + " " + errors.getJsonObject(0).getString("code"), why);
    }
    call(200, "GET", PATH + "/sim", null);
  }

  @Test
  void anImportRemovesNoLinkForWhichAnythingWaits() {
    test.await(() -> carrier.profile(profile(new JsonObject().put("deliveriesHeld", true))));
    configure(new JsonObject());
    Message message = send(1).get(0);
    assertTheLinkMustStay("it waits for the link");
    stand.start();
    Await.until("it is sent", () -> stand.types(message).contains("SENT"));
    assertTheLinkMustStay("it waits for its receipt");
    test.await(() -> carrier.profile(profile(new JsonObject())));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
    assertEquals(1, putWithoutTheLink(200, "?dryRun=true").getInteger("removed"));
    assertEquals(1, putWithoutTheLink(200, "").getInteger("removed"));
    call(404, "GET", PATH + "/sim", null);
  }

  @Test
  void aLinkIsNotRemovedWhileAMessageThatItsCarrierRefusedForNowLooksForAnother() {
    configure(new JsonObject());
    Message refused = stand.routed("sim", "Hello");
    Slot slot = test.await(() -> Future.succeededFuture(stand.queue.openSlot("test")));
    test.await(() -> slot.commit(new Step().event(new Event.Accepted(refused, stand.queue.now())).put(Parcel.of(stand.queue.newId(), Parcel.DETOUR, Lane.BULK, 1, 0, List.of(refused)))));
    assertEquals("in-use", call(409, "DELETE", PATH + "/sim", null, "If-Match", "*").getString("code"));
    assertTheLinkMustStay("it may come back to it");
  }

  @Test
  void badInputIsAProblemThatNamesItsField() {
    configure(new JsonObject());
    JsonObject problem = call(400, "PUT", PATH + "/sim", "{\"host\": \"x\", \"systemId\": \"y\", \"addresses\": {\"international\": \"7\"}}");
    assertEquals("invalid-field", problem.getString("code"));
    assertEquals("addresses.international", problem.getString("field"));
    assertEquals("malformed-json", call(400, "PUT", PATH + "/sim", "{").getString("code"));
    assertEquals("malformed-json", call(400, "PUT", PATH + "/sim", "[]").getString("code"));
    assertEquals("id", call(400, "PUT", PATH + "/a.b", "{\"host\": \"x\", \"systemId\": \"y\"}").getString("field"));
    assertEquals("unknown-parameter", call(400, "GET", PATH + "?limit=3", null).getString("code"));
    call(404, "POST", PATH + "/nobody/stop", null);
    call(404, "GET", PATH + "/nobody", null);
    assertEquals(403, calling("GET", PATH, "demo-key", null).statusCode());
    assertEquals(403, calling("POST", PATH + "/sim/stop", "demo-key", null).statusCode());
    assertEquals(null, test.directory.entry(Order.KIND, "sim"));
  }

  @Test
  void aLinkThatIsRefusedForGoodAsksNoMoreAndSaysSoUntilItIsConfiguredOtherwise() {
    RecordingCarrier strict = RecordingCarrier.listen(test, new NetServerOptions());
    strict.bindStatus.addAll(List.of(SmppConstants.STATUS_INVPASWD, SmppConstants.STATUS_INVSYSID));
    stand.configure("sim", strict.port(), new JsonObject());
    stand.start();
    Await.until("the alarm is raised", () -> gauges().contains("godwit_link_refused{link=\"sim\"} 1.0"));
    Await.until("the store knows it, too", () -> troubles().contains("is refused for good"));
    tell("stop");
    Await.until("it has heard that, and is closed", () -> troubles().isEmpty()); // a stop that is taken back before it was seen is none
    tell("start");
    Await.until("it has asked once more", () -> strict.bindStatus.isEmpty());
    Await.until("the alarm is raised again", () -> gauges().contains("godwit_link_refused{link=\"sim\"} 1.0"));
    stand.configure("sim", strict.port(), new JsonObject().put("password", "another"));
    untilState("up");
    Await.until("the alarm is over", () -> gauges().contains("godwit_link_refused{link=\"sim\"} 0.0"));
    assertEquals(1, strict.sessions.size());
  }

  @Test
  void gaugesTellHowEachLinkStands() {
    test.await(() -> carrier.profile(profile(new JsonObject().put("paused", true))));
    configure(new JsonObject().put("window", 5));
    stand.start();
    send(20);
    for (String gauge : List.of("in_flight{link=\"sim\"} 5.0", "binds{link=\"sim\"} 1.0", "up{link=\"sim\"} 1.0", "state{link=\"sim\",state=\"up\"} 1.0")) {
      Await.until(() -> gauge + ": " + gauges(), 60, () -> gauges().contains("godwit_link_" + gauge));
    }
    test.await(() -> carrier.profile(profile(new JsonObject())));
    tell("stop");
    Await.until("it is shown as stopped", () -> gauges().contains("godwit_link_state{link=\"sim\",state=\"stopped\"} 1.0"));
    Await.until("it has no binds any more", () -> !gauges().contains("godwit_link_binds{link=\"sim\"}"));
    Await.until("what waits was counted", () -> gauges().contains("godwit_link_waiting_parcels{link=\"sim\"}"));
  }

  /** What processes say of it; empty when nobody holds its seat. */
  private String troubles() {
    JsonArray told = link().getJsonArray("troubles");
    return told == null ? "" : told.encode();
  }

  private String gauges() {
    return test.node.meters().scrape();
  }
}
