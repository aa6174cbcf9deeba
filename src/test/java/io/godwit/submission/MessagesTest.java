package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Carriage;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.MongoCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessagesTest {
  final HttpDoor door = new HttpDoor();

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void acceptedMessageIsStoredInOneParcelWithItsEvent() {
    HttpDoor.Answer answer = door.post("/v1/messages", HttpDoor.sms().put("priority", "alert").put("tags", new JsonArray().add("otp")));

    assertEquals(202, answer.status(), answer.raw().body());
    assertEquals(new JsonObject().put("id", answer.id()).put("status", "SUBMITTED").put("to", "+447700900123").put("country", "GB")
      .put("encoding", "gsm7").put("segments", 1), answer.json());
    Document parcel = door.parcels().get(0);
    assertEquals("route", parcel.getString("q"));
    assertEquals(0, parcel.getInteger("lane"));
    assertEquals(List.of(answer.id()), ids(parcel));
    assertEquals(List.of("ACCEPTED"), door.events().stream().map(e -> e.getString("type")).toList());
  }

  @Test
  void acceptedMessageIsReadableAtOnce() {
    String id = door.post("/v1/messages", HttpDoor.sms().put("clientRef", "r-1")).id();

    JsonObject state = door.get("/v1/messages/" + id).json();
    assertEquals("SUBMITTED", state.getString("status"));
    assertEquals(false, state.getBoolean("final"));
    assertEquals("r-1", state.getString("clientRef"));
    assertNull(state.getString("price"));
    JsonObject event = door.get("/v1/messages/" + id + "/events").json().getJsonArray("events").getJsonObject(0);
    assertEquals("ACCEPTED", event.getString("type"));
    assertEquals(1, event.getInteger("n"));
    assertEquals("bulk", event.getString("priority"));
    assertTrue(Instant.parse(event.getString("at")).isBefore(Instant.now().plusSeconds(1)));
  }

  @Test
  void messagesThatComeWhileACommitIsInFlightShareParcels() {
    try (Gate gate = new Gate(); HttpDoor gated = new HttpDoor(new JsonObject().put("answerTimeout", 30_000), 1, List.of(gate.uri(MongoCluster.shared().freshDatabase())))) {
      Gate.Stop commit = gate.before("commitTransaction", null);
      List<CompletableFuture<HttpDoor.Answer>> sending = new ArrayList<>();
      for (int i = 0; i < 200; i++) sending.add(gated.sending("/v1/messages", HttpDoor.sms().encode()));
      commit.reached();
      Await.until("the others wait", () -> gated.waiting() == 200);
      commit.pass();
      Set<String> accepted = sending.stream().map(s -> s.join().id()).collect(Collectors.toSet());

      List<Document> parcels = gated.parcels();
      assertEquals(accepted, parcels.stream().flatMap(p -> ids(p).stream()).collect(Collectors.toSet()));
      assertTrue(parcels.size() < 10, "200 messages in " + parcels.size() + " parcels");
      assertEquals(200, gated.events().size());
    }
  }

  @Test
  void aFlashIsAskedForByAField() {
    door.post("/v1/messages", HttpDoor.sms().put("flash", true));
    assertEquals(true, door.parcels().get(0).getList("m", Document.class).get(0).get("o", Document.class).getBoolean("flash"));
  }

  @Test
  void scheduledMessageWaitsUntilItsTime() {
    Instant due = Instant.now().plus(2, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
    HttpDoor.Answer answer = door.post("/v1/messages", HttpDoor.sms().put("scheduleAt", due.toString()));

    assertEquals("SCHEDULED", answer.json().getString("status"));
    Document parcel = door.parcels().get(0);
    assertEquals("later", parcel.getString("s"));
    assertEquals(due, parcel.getDate("at").toInstant());
    assertEquals("SCHEDULED", door.get("/v1/messages/" + answer.id()).json().getString("status"));
  }

  @Test
  void anotherAccountsMessageIsNotFoundAndASellersOwnCustomersIs() {
    String id = door.post("/v1/messages", HttpDoor.sms()).id();

    assertEquals(404, door.get("/v1/messages/" + id, "other-key").status());
    assertEquals(404, door.get("/v1/messages/" + id + "/events", "other-key").status());
    assertEquals(404, door.call("DELETE", "/v1/messages/" + id, "other-key").status());
    assertEquals("not-found", door.get("/v1/messages/" + id, "other-key").code());
    assertEquals(200, door.get("/v1/messages/" + id, "reseller-key").status());
    assertEquals(200, door.get("/v1/messages/" + id, "admin-key").status());
  }

  @Test
  void whatTheCarrierTakesTheOperatorAloneIsTold() {
    Message m = Message.accepted(door.queue.newId(), Lane.BULK, "demo", "Shop", "+447700900123", "Hello", Encoding.GSM7, 1, "GB", System.currentTimeMillis() + 3_600_000, Origin.NONE);
    Carriage carriage = new Carriage("23415", 7_000, "EUR");
    Event.Money money = Event.Money.reserved(List.of(new Leg("demo", "reseller", 70_000, "EUR"), new Leg("reseller", "operator", 50_000, "EUR")));
    door.write(List.of(new Event.Accepted(m, m.acceptedAt()), new Event.Routed(m.id(), 2, m.acceptedAt(), "sim", "Shop", money, null, carriage),
      new Event.Sent(m.id(), 3, m.acceptedAt(), "sim", List.of("c"), true, null, 1, carriage)));

    for (String key : List.of(HttpDoor.KEY, "reseller-key")) {
      for (String view : List.of("", "/events")) assertFalse(door.get("/v1/messages/" + m.id() + view, key).raw().body().contains("cost"), key + view);
    }
    JsonArray told = door.get("/v1/messages/" + m.id() + "/events", "admin-key").json().getJsonArray("events");
    for (int i : new int[] {1, 2}) assertEquals("7000 EUR", told.getJsonObject(i).getInteger("cost") + " " + told.getJsonObject(i).getString("costCurrency"));
    JsonObject routed = door.get("/v1/messages/" + m.id() + "/events").json().getJsonArray("events").getJsonObject(1);
    assertEquals("23415", routed.getString("network"), "where it went he may know");
    assertEquals(1, routed.getJsonArray("legs").size());
  }

  @Test
  void aReplyToNobodyTheOperatorAloneSees() {
    Message m = Message.received(door.queue.newId(), "+447700900123", "+447700900999", "Hello?", Encoding.GSM7, 1, "GB", System.currentTimeMillis() + 3_600_000, "sim");
    door.write(List.of(new Event.Received(m, m.acceptedAt(), null, List.of())));

    assertEquals("RECEIVED", door.get("/v1/messages/" + m.id(), "admin-key").json().getString("status"));
    assertEquals(1, door.get("/v1/messages/" + m.id() + "/events", "admin-key").json().getJsonArray("events").size());
    for (String key : List.of(HttpDoor.KEY, "reseller-key")) assertEquals(404, door.get("/v1/messages/" + m.id(), key).status(), key);
  }

  @Test
  void keyedRequestIsDoneOnce() {
    String body = HttpDoor.sms().encode();
    HttpDoor.Answer first = door.post("/v1/messages", body, "Idempotency-Key", "k-1");
    HttpDoor.Answer again = door.post("/v1/messages", body, "Idempotency-Key", "k-1");
    HttpDoor.Answer other = door.post("/v1/messages", HttpDoor.sms().put("text", "Other").encode(), "Idempotency-Key", "k-1");

    assertEquals(202, first.status(), first.raw().body());
    assertEquals(first.json(), again.json());
    assertEquals(409, other.status());
    assertEquals("idempotency-conflict", other.code());
    assertEquals(1, door.events().size());
  }

  @Test
  void keyedRequestsThatComeAtTheSameTimeAreDoneOnceEach() {
    List<CompletableFuture<HttpDoor.Answer>> sending = new ArrayList<>();
    for (int i = 0; i < 60; i++) sending.add(door.sending("/v1/messages", HttpDoor.sms().encode(), "Idempotency-Key", "k-" + i % 20));
    sending.forEach(s -> assertEquals(202, s.join().status(), s.join().raw().body()));
    Set<String> accepted = sending.stream().map(s -> s.join().id()).collect(Collectors.toSet());

    assertEquals(20, accepted.size());
    assertEquals(20, door.events().size());
    assertEquals(20, door.find("idempotency").size());
  }

  @Test
  void previewTellsEncodingAndSegmentsAndStoresNothing() {
    JsonObject preview = door.post("/v1/messages/preview", new JsonObject().put("text", "x".repeat(161))).json();

    assertEquals("gsm7", preview.getString("encoding"));
    assertEquals(2, preview.getInteger("segments"));
    assertEquals(145, preview.getInteger("unitsLeft"));
    assertTrue(door.parcels().isEmpty());
  }

  @Test
  void previewTellsThePriceToARecipient() {
    JsonObject text = new JsonObject().put("text", "x".repeat(161));
    assertNull(door.post("/v1/messages/preview", text).json().getString("price"), "nobody knows whereto");
    JsonObject toBritain = text.copy().put("to", "+447700900123");
    assertNull(door.post("/v1/messages/preview", toBritain).json().getString("price"), "there is no price");
    door.entry("rate", "wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("44", 40_000)));
    door.entry("rate", "retail", new JsonObject().put("seller", "reseller").put("currency", "EUR").put("prices", new JsonObject().put("44", 75_000)));

    Await.until("prices are read", () -> door.post("/v1/messages/preview", toBritain).json().getString("price") != null);
    JsonObject preview = door.post("/v1/messages/preview", toBritain).json();
    assertEquals("0.15 EUR", preview.getString("price") + " " + preview.getString("currency"));
    assertEquals("invalid-recipient", door.post("/v1/messages/preview", text.copy().put("to", "12")).code());
  }

  static List<String> ids(Document parcel) {
    return parcel.getList("m", Document.class).stream().filter(m -> !m.getBoolean("d", false)).map(m -> m.getString("id")).toList();
  }
}
