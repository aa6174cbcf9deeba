package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.store.CommitSlot;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchesTest {
  final HttpDoor door = new HttpDoor();

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void thousandMessagesAreAcceptedInOneCommit() {
    long before = CommitSlot.COMMITTED.get();
    HttpDoor.Answer answer = door.post("/v1/batches", new JsonObject().put("text", "Hi").put("recipients", HttpDoor.recipients(1_000)));

    assertEquals(202, answer.status(), answer.raw().body());
    assertEquals(1, CommitSlot.COMMITTED.get() - before);
    assertEquals(1_000, answer.json().getInteger("accepted"));
    List<Document> parcels = door.parcels();
    assertEquals(2, parcels.size());
    Set<String> stored = new HashSet<>();
    parcels.forEach(p -> stored.addAll(MessagesTest.ids(p)));
    answer.json().getJsonArray("messages").forEach(m -> assertTrue(stored.contains(((JsonObject) m).getString("id"))));
    assertEquals(1_000, door.events().size());
  }

  @Test
  void tenThousandMessagesAreAcceptedInOneCommit() {
    HttpDoor.Answer answer = door.post("/v1/batches", new JsonObject().put("text", "Hi").put("recipients", HttpDoor.recipients(10_000)));

    assertEquals(202, answer.status(), answer.raw().body());
    assertEquals(10_000, door.events().size());
  }

  @Test
  void templateIsFilledForEachRecipient() {
    JsonArray recipients = new JsonArray()
      .add(new JsonObject().put("to", "+447700900001").put("vars", new JsonObject().put("name", "Ann").put("n", 3)))
      .add(new JsonObject().put("to", "+447700900002").put("vars", new JsonObject().put("name", "{{n}}").put("n", 4)));
    HttpDoor.Answer answer = door.post("/v1/batches", new JsonObject().put("text", "Hi {{name}}, {{ n }} new {{}}").put("recipients", recipients).put("integrationId", "crm"));

    assertEquals(202, answer.status(), answer.raw().body());
    List<Document> messages = door.parcels().get(0).getList("m", Document.class);
    assertEquals(List.of("Hi Ann, 3 new {{}}", "Hi {{n}}, 4 new {{}}"), messages.stream().map(m -> m.getString("text")).toList());
    assertEquals("crm", messages.get(0).get("o", Document.class).getString("integrationId"));
    assertEquals(answer.id(), messages.get(0).get("o", Document.class).getString("batch"));
  }

  @Test
  void wrongLinesAreRejectedByTheirIndexAndTheOthersAreAccepted() {
    String lines = HttpDoor.sms().encode() + "\n{broken\n\n" + HttpDoor.sms().put("to", "+1").encode() + "\r\n" + HttpDoor.sms().put("tex", "").encode() + "\n" + HttpDoor.sms().encode();
    HttpDoor.Answer answer = door.post("/v1/batches", lines, "Content-Type", "application/x-ndjson; charset=utf-8");

    assertEquals(202, answer.status(), answer.raw().body());
    assertEquals(2, answer.json().getInteger("accepted"));
    assertEquals(List.of("1 malformed-json", "2 invalid-recipient", "3 unknown-field"), answer.json().getJsonArray("rejected").stream()
      .map(r -> ((JsonObject) r).getInteger("index") + " " + ((JsonObject) r).getString("code")).toList());
    assertEquals(4, answer.json().getJsonArray("messages").getJsonObject(1).getInteger("index"));
    assertEquals(2, door.events().size());
  }

  @Test
  void largeSenderSharesNoParcel() {
    door.post("/v1/batches", new JsonObject().put("text", "Hi").put("recipients", HttpDoor.recipients(600)));
    HttpDoor.Answer few = door.post("/v1/messages", HttpDoor.sms().encode(), "Authorization", "Bearer other-key");

    Document of = door.parcels().stream().filter(p -> MessagesTest.ids(p).contains(few.id())).findFirst().orElseThrow();
    assertEquals(1, of.getList("m", Document.class).size());
  }

  @Test
  void parcelHoldsMessagesOfOneLaneAndOneTime() {
    String soon = java.time.Instant.now().plusSeconds(3_600).toString();
    String later = java.time.Instant.now().plusSeconds(7_200).toString();
    String lines = Stream.of(HttpDoor.sms(), HttpDoor.sms().put("priority", "alert"), HttpDoor.sms().put("scheduleAt", soon), HttpDoor.sms().put("scheduleAt", later),
      HttpDoor.sms().put("scheduleAt", soon), HttpDoor.sms()).map(JsonObject::encode).collect(Collectors.joining("\n"));
    HttpDoor.Answer answer = door.post("/v1/batches", lines, "Content-Type", "application/x-ndjson");

    assertEquals(6, answer.json().getInteger("accepted"), answer.raw().body());
    assertEquals(List.of("0 ready 1", "1 later 1", "1 later 2", "1 ready 2"), door.parcels().stream()
      .map(p -> p.getInteger("lane") + " " + p.getString("s") + " " + MessagesTest.ids(p).size()).sorted().toList());
  }

  @Test
  void keyedBatchIsDoneOnce() {
    String body = new JsonObject().put("text", "Hi").put("recipients", HttpDoor.recipients(5)).encode();
    HttpDoor.Answer first = door.post("/v1/batches", body, "Idempotency-Key", "b");
    assertEquals(first.json(), door.post("/v1/batches", body, "Idempotency-Key", "b").json());
    assertEquals(5, door.events().size());
  }
}
