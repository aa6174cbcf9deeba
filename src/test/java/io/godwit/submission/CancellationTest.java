package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CancellationTest {
  final HttpDoor door = new HttpDoor();

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void waitingMessageIsCancelledAndLeavesItsParcel() {
    String kept = door.post("/v1/messages", HttpDoor.sms()).id();
    String id = door.post("/v1/messages", HttpDoor.sms()).id();

    assertEquals("CANCELLED", door.delete("/v1/messages/" + id).json().getString("status"));
    assertEquals("CANCELLED", door.get("/v1/messages/" + id).json().getString("status"));
    assertEquals(List.of(kept), door.parcels().stream().flatMap(p -> MessagesTest.ids(p).stream()).toList());
    assertEquals(200, door.delete("/v1/messages/" + id).status());
  }

  @Test
  void messageOfABatchIsCancelledWhileTheOthersStay() {
    JsonArray accepted = door.post("/v1/batches", new JsonObject().put("text", "Hi").put("recipients", HttpDoor.recipients(3))).json().getJsonArray("messages");
    String id = accepted.getJsonObject(1).getString("id");

    assertEquals(200, door.delete("/v1/messages/" + id).status());
    assertEquals(List.of(accepted.getJsonObject(0).getString("id"), accepted.getJsonObject(2).getString("id")), MessagesTest.ids(door.parcels().get(0)));
  }

  @Test
  void cancelledMessageOnItsWayToALinkGetsItsReservedMoneyBack() {
    Message m = routed(new Leg("demo", "reseller", 45_000, "EUR"), new Leg("reseller", "operator", 30_000, "EUR"));

    assertEquals("CANCELLED", door.delete("/v1/messages/" + m.id()).json().getString("status"));
    assertEquals(List.of(), door.parcels());
    Document allotment = door.find("allotments").get(0);
    assertEquals(List.of(45_000L, 30_000L), List.of(held(allotment, "demo"), held(allotment, "reseller")));
    JsonArray events = door.get("/v1/messages/" + m.id() + "/events").json().getJsonArray("events");
    JsonObject last = events.getJsonObject(events.size() - 1);
    assertEquals("RELEASED", last.getString("money"));
    assertEquals(3, last.getInteger("n"));
    assertEquals(new JsonArray().add(new JsonObject().put("account", "demo").put("seller", "reseller").put("amount", "0.045").put("currency", "EUR")),
      last.getJsonArray("legs"), "what the reseller pays is not his customer's business");
    assertEquals("0", door.get("/v1/messages/" + m.id()).json().getString("price"));
  }

  /** What is there, or on its way home from there, as it is from the next second on: these accounts have no balance where it could arrive. */
  private static long held(Document allotment, String account) {
    Document home = allotment.get("home", Document.class).get(account, Document.class);
    return allotment.get("a", Document.class).getLong(account) + (home == null ? 0 : home.getLong("amount"));
  }

  @Test
  void messageThatALinkMayHaveSubmittedIsTooLateToCancel() {
    Message m = routed();
    change(new Document("tried", 1));

    HttpDoor.Answer answer = door.delete("/v1/messages/" + m.id());
    assertEquals(409, answer.status());
    assertEquals("too-late", answer.code());
    assertEquals("ROUTED", door.get("/v1/messages/" + m.id()).json().getString("status"));
  }

  @Test
  void messageThatWaitsForItsReceiptIsTooLateToCancel() {
    Message m = routed();
    change(new Document("q", Parcel.await("sim")));
    assertEquals("too-late", door.delete("/v1/messages/" + m.id()).code());
  }

  @Test
  void finalMessageIsNotCancelled() {
    Message m = routed();
    commit(new Step().event(new Event.Delivered(m.id(), 3, door.queue.now(), -1, null)));

    HttpDoor.Answer answer = door.delete("/v1/messages/" + m.id());
    assertEquals(409, answer.status());
    assertEquals("already-final", answer.code());
  }

  @Test
  void batchIsTakenBackByOneCallAndOthersStay() {
    String other = door.post("/v1/messages", HttpDoor.sms()).id();
    JsonObject batch = door.post("/v1/batches", new JsonObject().put("text", "Hi").put("recipients", HttpDoor.recipients(1_200))).json();
    String path = "/v1/batches/" + batch.getString("id");

    assertEquals(1_200, door.delete(path).json().getInteger("cancelled"));
    assertEquals(List.of(other), door.parcels().stream().flatMap(p -> MessagesTest.ids(p).stream()).toList());
    for (int i : List.of(0, 600, 1_199)) {
      String id = batch.getJsonArray("messages").getJsonObject(i).getString("id");
      assertEquals("CANCELLED", door.get("/v1/messages/" + id).json().getString("status"));
    }
    assertEquals(0, door.delete(path).json().getInteger("cancelled"), "nothing is left to take back");
  }

  @Test
  void whatALinkMayHaveSubmittedOfABatchGoesOn() {
    String batch = door.queue.newId();
    List<Message> messages = List.of(routed(batch), routed(batch), routed(batch));
    commit(new Step().put(Parcel.of(door.queue.newId(), Parcel.link("sim"), Lane.BULK, door.queue.now(), 0, messages)));
    change(new Document("tried", 1));

    assertEquals(2, door.delete("/v1/batches/" + batch).json().getInteger("cancelled"));
    assertEquals(List.of("ROUTED", "CANCELLED", "CANCELLED"), messages.stream().map(m -> door.get("/v1/messages/" + m.id()).json().getString("status")).toList());
  }

  @Test
  void batchThatIsNotTheCallersOwnIsNotFound() {
    String path = "/v1/batches/" + door.post("/v1/batches", new JsonObject().put("text", "Hi").put("recipients", HttpDoor.recipients(2))).id();
    assertEquals(404, door.call("DELETE", path, "other-key").status());
    assertEquals(404, door.delete("/v1/batches/" + door.queue.newId()).status());
    assertEquals(404, door.delete("/v1/batches/nonsense").status());
    assertEquals(2, door.call("DELETE", path, "reseller-key").json().getInteger("cancelled"), "a reseller takes back what his customers sent");
  }

  /** A routed message of a batch, in no parcel yet. */
  private Message routed(String batch) {
    long now = door.queue.now();
    Message m = Message.accepted(door.queue.newId(), Lane.BULK, "demo", "Godwit", "+447700900123", "Hello", Encoding.GSM7, 1, "GB", now + 60_000,
      new Origin(null, null, List.of(), null, batch, 0, false));
    commit(new Step().event(new Event.Accepted(m, now)).event(new Event.Routed(m.id(), 2, now, "sim", "Godwit", Event.Money.reserved(List.of()), null)));
    return m.next().withRoute("sim", List.of());
  }

  /** A message that waits for a link, as the worker would have put it. */
  private Message routed(Leg... legs) {
    long now = door.queue.now();
    Message m = Message.accepted(door.queue.newId(), Lane.BULK, "demo", "Godwit", "+447700900123", "Hello", Encoding.GSM7, 1, "GB", now + 60_000, Origin.NONE);
    Message routed = m.next().withRoute("sim", List.of(legs));
    commit(new Step().event(new Event.Accepted(m, now)).event(new Event.Routed(m.id(), 2, now, "sim", "Godwit", Event.Money.reserved(List.of(legs)), null))
      .put(Parcel.of(door.queue.newId(), Parcel.link("sim"), Lane.BULK, now, 0, List.of(routed))));
    return routed;
  }

  private void commit(Step step) {
    Await.on(door.context, () -> {
      Slot slot = door.queue.openSlot("test-" + door.queue.newId());
      return slot.commit(step);
    });
  }

  private void change(Document fields) {
    Await.on(door.context, () -> Mongo.first(door.context, door.sets.control().db().getCollection("parcels").updateOne(new Document(), new Document("$set", fields))));
  }
}
