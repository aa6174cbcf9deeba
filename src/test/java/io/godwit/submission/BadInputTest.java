package io.godwit.submission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Limits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** After each of them nothing is stored. */
class BadInputTest {
  static HttpDoor door;

  @BeforeAll
  static void open() {
    door = new HttpDoor();
  }

  @AfterAll
  static void close() {
    door.close();
  }

  @AfterEach
  void nothingIsStored() {
    assertEquals(List.of(), door.parcels());
    assertEquals(List.of(), door.pages());
  }

  static void isProblem(HttpDoor.Answer answer, int status, String code, String field) {
    assertEquals(status, answer.status(), answer.raw().body());
    assertEquals("application/problem+json", answer.raw().headers().firstValue("Content-Type").orElse(""));
    assertEquals(code, answer.code(), answer.raw().body());
    assertEquals(field, answer.field(), answer.raw().body());
    assertEquals("urn:godwit:problem:" + code, answer.json().getString("type"));
    assertEquals(status, answer.json().getInteger("status"));
    assertFalse(answer.json().getString("title").isBlank());
    assertFalse(answer.json().getString("detail").isBlank());
  }

  static Stream<Arguments> messages() {
    return Stream.of(
      wrong("missing-field", "to", m -> m.remove("to")),
      wrong("missing-field", "text", m -> m.remove("text")),
      wrong("unknown-field", "txt", m -> m.put("txt", "Hello")),
      wrong("invalid-field", "to", m -> m.put("to", 447700900123L)),
      wrong("invalid-field", "text", m -> m.put("text", new JsonArray())),
      wrong("invalid-recipient", "to", m -> m.put("to", "+4477")),
      wrong("invalid-recipient", "to", m -> m.put("to", "07700 900123")),
      wrong("invalid-recipient", "to", m -> m.put("to", "")),
      wrong("invalid-sender", "from", m -> m.put("from", "TwelveLetters")),
      wrong("empty-text", "text", m -> m.put("text", "")),
      wrong("empty-text", "text", m -> m.put("text", " \n")),
      wrong("too-many-segments", "text", m -> m.put("text", "x".repeat(10 * 153 + 1))),
      wrong("too-many-segments", "text", m -> m.put("text", "ж".repeat(10 * 67 + 1))),
      wrong("too-many-segments", "text", m -> m.put("text", "x".repeat(1_000_000))),
      wrong("unencodable-text", "text", m -> m.put("text", "жук").put("encoding", "gsm7")),
      wrong("invalid-field", "encoding", m -> m.put("encoding", "utf8")),
      wrong("invalid-field", "priority", m -> m.put("priority", "urgent")),
      wrong("invalid-field", "replyable", m -> m.put("replyable", "yes")),
      wrong("invalid-field", "validFor", m -> m.put("validFor", "2 hours")),
      wrong("invalid-validity", "validFor", m -> m.put("validFor", "PT0S")),
      wrong("invalid-validity", "validFor", m -> m.put("validFor", "PT-5M")),
      wrong("invalid-validity", "validFor", m -> m.put("validFor", "P8D")),
      wrong("invalid-field", "scheduleAt", m -> m.put("scheduleAt", "tomorrow")),
      wrong("invalid-schedule", "scheduleAt", m -> m.put("scheduleAt", "2020-01-01T00:00:00Z")),
      wrong("invalid-schedule", "scheduleAt", m -> m.put("scheduleAt", "2999-01-01T00:00:00Z")),
      wrong("invalid-field", "callbackUrl", m -> m.put("callbackUrl", "ftp://example.com")),
      wrong("invalid-field", "tags", m -> m.put("tags", new JsonArray().add(1))),
      wrong("invalid-field", "tags", m -> m.put("tags", new JsonArray(java.util.Collections.nCopies(Limits.TAGS + 1, "t")))),
      wrong("invalid-field", "clientRef", m -> m.put("clientRef", "r".repeat(Limits.FIELD_CHARS + 1))));
  }

  static Arguments wrong(String code, String field, java.util.function.Consumer<JsonObject> change) {
    JsonObject message = HttpDoor.sms();
    change.accept(message);
    return Arguments.of(code, field, message);
  }

  @ParameterizedTest(name = "{0} {1} {index}")
  @MethodSource("messages")
  void messageIsRefusedWithCodeAndField(String code, String field, JsonObject message) {
    isProblem(door.post("/v1/messages", message), 400, code, field);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void bodyThatIsNoJsonObjectIsMalformed(String body) {
    isProblem(door.post("/v1/messages", body), 400, "malformed-json", null);
    isProblem(door.post("/v1/batches", body), 400, "malformed-json", null);
    isProblem(door.post("/v1/messages/preview", body), 400, "malformed-json", null);
  }

  static Stream<String> malformed() {
    return Stream.of("", "{", "nonsense", "[]", "7", "null", "\"text\"", "{\"to\":\"+447700900123\"} trailing", "[".repeat(5000));
  }

  @Test
  void halfACharacterIsRefused() {
    isProblem(door.post("/v1/messages", "{\"to\":\"+447700900123\",\"text\":\"half \\ud83d\"}"), 400, "invalid-field", "text");
    isProblem(door.post("/v1/messages", "{\"to\":\"+447700900123\",\"text\":\"half \\ude00\\ud83d\"}"), 400, "invalid-field", "text");
  }

  @Test
  void bodyAboveTheLimitIsTooLarge() {
    String body = HttpDoor.sms().put("text", "x".repeat(Limits.BODY_BYTES)).encode();
    isProblem(door.post("/v1/messages", body), 413, "body-too-large", null);
  }

  @Test
  void contentTypeThatNobodyReadsIsRefused() {
    isProblem(door.post("/v1/messages", HttpDoor.sms().encode(), "Content-Type", "text/xml"), 415, "unsupported-media-type", null);
    isProblem(door.post("/v1/messages", HttpDoor.sms().encode(), "Content-Type", "application/x-ndjson"), 415, "unsupported-media-type", null);
  }

  @Test
  void callerWithoutARightKeyIsUnauthorized() {
    for (String header : List.of("Bearer wrong-key", "Bearer ", "Basic !!!", "Basic ZGVtbw==", "demo-key", "Digest demo-key")) {
      isProblem(door.post("/v1/messages", HttpDoor.sms().encode(), "Authorization", header), 401, "unauthorized", null);
    }
    isProblem(door.get("/v1/account", null), 401, "unauthorized", null);
    assertTrue(door.get("/v1/account", null).raw().headers().firstValue("WWW-Authenticate").isPresent());
  }

  @Test
  void closedAccountIsUnauthorized() {
    door.entry("account", "gone", new JsonObject().put("parent", "reseller").put("status", "CLOSED"));
    door.entry("key", "gone", new JsonObject().put("account", "gone").put("hash", io.godwit.accounts.ApiKey.hash("gone-key")));
    isProblem(door.get("/v1/account", "gone-key"), 401, "unauthorized", null);
  }

  @Test
  void unknownIdIsNotFound() {
    String never = io.godwit.message.MessageId.lowest(System.currentTimeMillis());
    for (String id : List.of("nonsense", never, "ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "00000000000000000000000000", "%00")) {
      isProblem(door.get("/v1/messages/" + id), 404, "not-found", null);
      isProblem(door.get("/v1/messages/" + id + "/events"), 404, "not-found", null);
      isProblem(door.delete("/v1/messages/" + id), 404, "not-found", null);
    }
  }

  @Test
  void unknownPathIsNotFoundAndAWrongMethodNamesTheRightOnes() {
    isProblem(door.get("/v1/nonsense"), 404, "not-found", null);
    isProblem(door.get("/nonsense"), 404, "not-found", null);
    isWrongMethod(door.call("PUT", "/v1/batches", HttpDoor.KEY), "POST");
    isWrongMethod(door.call("PATCH", "/v1/messages/06H0CR1PQR0000000400000000", HttpDoor.KEY), "DELETE, GET");
  }

  private static void isWrongMethod(HttpDoor.Answer answer, String allowed) {
    isProblem(answer, 405, "method-not-allowed", null);
    assertEquals(allowed, answer.raw().headers().firstValue("Allow").orElse("none"));
  }

  @Test
  void batchOfTooManyOrNoneIsRefusedWhole() {
    JsonObject batch = new JsonObject().put("text", "Hi").put("recipients", HttpDoor.recipients(10_001));
    isProblem(door.post("/v1/batches", batch), 400, "too-many-messages", "recipients");
    isProblem(door.post("/v1/batches", new JsonObject().put("messages", HttpDoor.recipients(10_001))), 400, "too-many-messages", "messages");
    isProblem(door.post("/v1/batches", new JsonObject().put("messages", new JsonArray())), 400, "empty-batch", "messages");
    HttpDoor.Answer lines = door.post("/v1/batches", "{}\n".repeat(1_000_000), "Content-Type", "application/x-ndjson");
    isProblem(lines, 400, "too-many-messages", "messages");
    assertEquals("a batch has no more than 10000 messages", lines.json().getString("detail"), "nobody counted them");
    isProblem(door.post("/v1/batches", new JsonObject().put("text", "Hi")), 400, "empty-batch", "recipients");
    isProblem(door.post("/v1/batches", "\n\n", "Content-Type", "application/x-ndjson"), 400, "empty-batch", "messages");
    isProblem(door.post("/v1/batches", new JsonObject()), 400, "missing-field", "text");
    isProblem(door.post("/v1/batches", batch.copy().put("recipents", 1)), 400, "unknown-field", "recipents");
  }

  /** What is decoded into objects takes up to a hundred bytes of memory for three. */
  @Test
  void aBodyOfMoreValuesThanAnyoneNeedsIsRefusedBeforeItIsDecoded() {
    String many = "{},".repeat(1_300_000) + "{}";
    HttpDoor.Answer batch = door.post("/v1/batches", "{\"messages\":[" + many + "]");   // it does not end: nobody came that far
    isProblem(batch, 400, "too-many-messages", "messages");
    assertEquals("a batch has no more than 10000 messages", batch.json().getString("detail"));
    isProblem(door.post("/v1/batches", "{\"text\":\"Hi\",\"recipients\":[" + many + "]"), 400, "too-many-messages", "recipients");
    isProblem(door.post("/v1/batches", "{\"messages\":[{\"tags\":[" + many + "]}]"), 400, "too-many-values", "messages");
    isProblem(door.post("/v1/messages", "{\"to\":\"+447700900123\",\"tags\":[" + many + "]"), 400, "too-many-values", "tags");
    isProblem(door.post("/v1/messages/preview", "{\"text\":{\"a\":[" + "0,".repeat(1_300_000) + "0]}"), 400, "too-many-values", "text");
  }

  @Test
  void bracesAndCommasInATextAreNoValues() {
    HttpDoor.Answer answer = door.post("/v1/messages", HttpDoor.sms().put("text", "[{,".repeat(300_000)));
    isProblem(answer, 400, "too-many-segments", "text");
  }

  @Test
  void batchOfWhichNothingCanBeSentIsRefusedWithEveryReason() {
    JsonObject batch = new JsonObject().put("text", "Hi {{name}}").put("recipients", new JsonArray().add(new JsonObject().put("to", "+447700900123"))
      .add(7).add(new JsonObject().put("to", "none").put("vars", new JsonObject().put("name", "Ann"))));
    HttpDoor.Answer answer = door.post("/v1/batches", batch);

    isProblem(answer, 400, "nothing-accepted", null);
    assertEquals(List.of("missing-variable", "invalid-field", "invalid-recipient"),
      answer.json().getJsonArray("rejected").stream().map(r -> ((JsonObject) r).getString("code")).toList());
  }

  @Test
  void idempotencyKeyWithoutContentIsRefused() {
    isProblem(door.post("/v1/messages", HttpDoor.sms().encode(), "Idempotency-Key", " "), 400, "invalid-idempotency-key", "Idempotency-Key");
    isProblem(door.post("/v1/messages", HttpDoor.sms().encode(), "Idempotency-Key", "k".repeat(256)), 400, "invalid-idempotency-key", "Idempotency-Key");
  }

  @Test
  void templateThatGrowsWithoutEndIsRefused() {
    JsonObject vars = new JsonObject().put("a", "x".repeat(3_000));
    JsonObject batch = new JsonObject().put("text", "{{a}}".repeat(700)).put("recipients", new JsonArray().add(new JsonObject().put("to", "+447700900123").put("vars", vars)));
    assertEquals("too-many-segments", door.post("/v1/batches", batch).json().getJsonArray("rejected").getJsonObject(0).getString("code"));
  }
}
