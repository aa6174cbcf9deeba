package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.testing.Await;
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
    List<CompletableFuture<HttpDoor.Answer>> sending = new ArrayList<>();
    for (int i = 0; i < 200; i++) sending.add(door.sending("/v1/messages", HttpDoor.sms().encode()));
    Set<String> accepted = sending.stream().map(s -> s.join().id()).collect(Collectors.toSet());

    List<Document> parcels = door.parcels();
    assertEquals(accepted, parcels.stream().flatMap(p -> ids(p).stream()).collect(Collectors.toSet()));
    assertTrue(parcels.size() < 100, "200 messages in " + parcels.size() + " parcels");
    assertEquals(200, door.events().size());
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
