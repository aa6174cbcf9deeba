package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Carriage;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import io.godwit.testing.Await;
import io.godwit.testing.PostgresServer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static final long NOON = 1_774_958_400_000L;   // 2026-03-31T12:00:00Z
  private static final MessageId.Generator IDS = new MessageId.Generator(0, 7, () -> NOON);
  private static final String BATCH = IDS.next();
  private static Stand stand;
  private static ReportDoor door;
  private static String delivered;
  private static String reply;

  @BeforeAll static void open() {
    stand = new Stand();
    door = new ReportDoor(stand);
    stand.write(story());
    stand.project();
    stand.awaitCaughtUp();
  }

  @AfterAll static void close() {
    door.close();
    stand.close();
  }

  private static final Carriage CARRIAGE = new Carriage("310410", 8_000, "EUR");

  /** Three delivered (of one of them the cost is not known), one under way and one with a reply of acme's, one that was refused of softmill's. */
  private static List<Event> story() {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Message m = accepted(events, "acme", "+1201555010" + i, "US", new Origin("M7Hxv9CsR4", "order, " + i, List.of("otp", "x\"y"), null, i < 2 ? BATCH : null, 0, false), 2);
      events.add(new Event.Routed(m.id(), 2, NOON, "link1", "Acme", Event.Money.reserved(legs()), null, i == 2 ? null : CARRIAGE));
      events.add(new Event.Sent(m.id(), 3, NOON + 5, "link1", List.of("c"), false, Event.Money.billed(legs()), 2, i == 2 ? null : CARRIAGE));
      events.add(new Event.Delivered(m.id(), 4, NOON + 9, -1, null));
      delivered = m.id();
    }
    accepted(events, "acme", "+447700900123", "GB", new Origin("=cmd|'x'!A1", null, List.of(), null, null, 0, false), 1);
    Message refused = accepted(events, "softmill", "+88212345678", "", Origin.NONE, 1);
    events.add(new Event.Refused(refused.id(), 2, NOON, Status.USER_BLOCKED, Failure.of("user-blocked", "the account is blocked"), null));
    Message mo = Message.received(IDS.next(), "+12015550102", "12345", "STOP", Encoding.GSM7, 1, "US", NOON, "link1").withAccount("acme");
    events.add(new Event.Received(mo, NOON, delivered, List.of()));
    reply = mo.id();
    return events;
  }

  private static Message accepted(List<Event> events, String account, String to, String country, Origin origin, int segments) {
    Message m = Message.accepted(IDS.next(), Lane.ALERT, account, "Acme", to, "hello", Encoding.GSM7, segments, country, NOON + 1000, origin);
    events.add(new Event.Accepted(m, NOON));
    return m;
  }

  private static List<Leg> legs() {
    return List.of(new Leg("acme", "reseller", 12_345, "EUR"), new Leg("reseller", "operator", 10_000, "EUR"));
  }

  @Test void theVolumeReportAsCsv() {
    HttpResponse<String> answer = door.get("operator", "/v1/reports/volume?format=csv");
    assertEquals(200, answer.statusCode());
    assertEquals("""
      Customer,Integration ID,Country,Status,Volume,Segments,Price,Currency,Cost,Cost Currency,Margin
      acme,'=cmd|'x'!A1,United Kingdom,SUBMITTED,1,1,0,,,,
      acme,M7Hxv9CsR4,United States of America,DELIVERED,3,6,0.037035,EUR,0.016,EUR,0.004
      acme,,United States of America,RECEIVED,1,1,0,,,,
      softmill,,,USER_BLOCKED,1,1,0,,,,
      """.replace("\n", "\r\n"), answer.body());
    assertEquals(answer.body(), door.get("operator", "/v1/reports/volume", "Accept", "text/csv").body());
    assertTrue(answer.headers().firstValue("Content-Type").orElseThrow().startsWith("text/csv"));
  }

  @Test void theVolumeReportAsJsonByOtherThings() {
    assertEquals(new JsonObject("""
      {"groupBy": ["customer", "day"], "rows": [
        {"customer": "acme", "day": "2026-03-31", "volume": 5, "segments": 8, "price": "0.037035", "currency": "EUR"},
        {"customer": "softmill", "day": "2026-03-31", "volume": 1, "segments": 1, "price": "0", "currency": null}]}"""),
      door.json("reseller", "/v1/reports/volume?groupBy=customer,day"), "what carriers charge is no reseller's business");
    assertEquals(new JsonObject("""
      {"groupBy": ["network", "link"], "rows": [
        {"network": "310410", "link": "link1", "volume": 2, "segments": 4, "price": "0.02469", "currency": "EUR", "cost": "0.016", "costCurrency": "EUR", "margin": "0.004"},
        {"network": null, "link": "link1", "volume": 2, "segments": 3, "price": "0.012345", "currency": "EUR", "cost": null, "costCurrency": null, "margin": null},
        {"network": null, "link": null, "volume": 2, "segments": 2, "price": "0", "currency": null, "cost": null, "costCurrency": null, "margin": null}]}"""),
      door.json("operator", "/v1/reports/volume?groupBy=network,link"));
    assertEquals(200, door.get("acme", "/v1/reports/volume?groupBy=network").statusCode());
  }

  @Test void sinceAndUntilBoundTheTimeOfAcceptance() {
    assertEquals(0, rows("operator", "?until=2026-03-31T12:00:00Z"));
    assertEquals(4, rows("operator", "?since=2026-03-31T12:00:00Z&until=2026-03-31T12:00:00.001Z"));
    assertEquals(4, rows("operator", "?since=2026-03-31&until=2026-04-01"));
    assertEquals(0, rows("operator", "?since=2026-04-01"));
  }

  @Test void everybodySeesHisOwnAndThoseBelowHim() {
    assertEquals(4, rows("reseller", ""));
    assertEquals(3, rows("acme", ""));
    assertEquals(1, rows("softmill", ""));
    assertEquals(0, door.json("softmill", "/v1/messages?batch=" + BATCH).getJsonArray("items").size());
    assertEquals(404, door.get("softmill", "/v1/batches/" + BATCH).statusCode());
  }

  private static int rows(String key, String query) {
    return door.json(key, "/v1/reports/volume" + query).getJsonArray("rows").size();
  }

  @Test void messagesAreFoundByWhatTheCustomerKnowsOfThem() {
    for (String query : List.of("status=DELIVERED&limit=1", "to=%2B12015550102&from=Acme", "to=+12015550102&status=DELIVERED", "to=12015550102&from=Acme",
        "clientRef=order,%202", "tag=otp&integrationId=M7Hxv9CsR4&limit=1", "since=2026-03-31&until=2026-04-01&status=DELIVERED&limit=1")) {
      List<String> found = ids(door.json("acme", "/v1/messages?" + query));
      assertEquals(List.of(delivered), found, query);
    }
    JsonObject one = door.json("acme", "/v1/messages?clientRef=order,%202").getJsonArray("items").getJsonObject(0);
    assertEquals("0.012345", one.getString("price"));
    assertEquals(List.of("otp", "x\"y"), one.getJsonArray("tags").getList());
    assertEquals("2026-03-31T12:00:00.009Z", one.getString("doneAt"));
    assertFalse(one.containsKey("link"), "carriers are no customer's business");
  }

  @Test void aListIsReadPageByPageWithoutGapsAndRepeats() {
    List<String> all = ids(door.json("acme", "/v1/messages"));
    assertEquals(5, all.size());
    List<String> paged = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonObject page = door.json("acme", "/v1/messages?limit=2" + cursor);
      paged.addAll(ids(page));
      cursor = page.containsKey("next") ? "&cursor=" + page.getString("next") : null;
    }
    assertEquals(all, paged);
    assertEquals(all.stream().sorted(Comparator.reverseOrder()).toList(), all);
  }

  @Test void repliesAreFoundByWhatTheyAnswer() {
    assertEquals(List.of(reply), ids(door.json("acme", "/v1/replies")));
    JsonObject answer = door.json("acme", "/v1/replies?to=12345&inReplyTo=" + delivered);
    assertEquals(List.of(reply), ids(answer));
    assertEquals("STOP", answer.getJsonArray("items").getJsonObject(0).getString("text"));
    assertEquals(delivered, answer.getJsonArray("items").getJsonObject(0).getString("inReplyTo"));
    assertEquals(List.of(), ids(door.json("acme", "/v1/replies?inReplyTo=" + reply)));
  }

  private static List<String> ids(JsonObject answer) {
    return answer.getJsonArray("items").stream().map(item -> ((JsonObject) item).getString("id")).toList();
  }

  @Test void aBatchIsCountedByStatus() {
    assertEquals(new JsonObject().put("id", BATCH).put("messages", 2).put("final", true).put("statuses", new JsonObject().put("DELIVERED", 2)),
      door.json("acme", "/v1/batches/" + BATCH));
    assertEquals(404, door.get("acme", "/v1/batches/none").statusCode());
  }

  @Test void whatIsWrongWithAQuestionIsNamed() {
    for (String bad : List.of("reports/volume?groupBy=customer,moon groupBy", "reports/volume?groupBy=day,day groupBy", "reports/volume?since=yesterday since",
        "reports/volume?until=2026-13-01 until", "reports/volume?format=xml format", "reports/volume?colour=red colour", "messages?status=LOST status", "messages?limit=0 limit",
        "messages?limit=1001 limit", "messages?cursor=abc cursor", "messages?to=a&to=b to", "messages?inReplyTo=x inReplyTo", "replies?inReplyTo=x inReplyTo")) {
      String[] parts = bad.split(" ");
      HttpResponse<String> answer = door.get("acme", "/v1/" + parts[0]);
      assertEquals(400, answer.statusCode(), bad);
      assertEquals(parts[1], new JsonObject(answer.body()).getString("field"), bad);
      assertEquals("application/problem+json", answer.headers().firstValue("Content-Type").orElseThrow());
    }
    assertEquals(403, door.get("reseller", "/v1/reports/volume?groupBy=link").statusCode());
  }

  @Test void theViewsSayTheSame() {
    assertEquals(List.of("acme|=cmd|'x'!A1|United Kingdom|SUBMITTED|1", "acme|M7Hxv9CsR4|United States of America|DELIVERED|3",
      "acme|null|United States of America|RECEIVED|1", "softmill|null|null|USER_BLOCKED|1"), stand.lines("SELECT * FROM volume ORDER BY 1, 2, 3"));
    assertEquals(List.of("4|0.02469|0.016|EUR|0.004|310410", "2|0.012345|null|null|null|null"),
      stand.lines("SELECT segments, trim_scale(price), trim_scale(cost), cost_currency, trim_scale(margin), network FROM volume_by_day WHERE status = 'DELIVERED' ORDER BY network"));
  }

  @Test void everyColumnIsDocumented() {
    assertEquals(List.of(), stand.lines("""
      SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relname IN ('message', 'volume', 'volume_by_day', 'billed', 'carried') AND col_description(c.oid, a.attnum) IS NULL"""));
  }

  @Test void withoutPostgresReportsAreUnavailableAndComeBack() {
    try (PostgresServer postgres = PostgresServer.start(); Stand own = new Stand(postgres); ReportDoor other = new ReportDoor(own)) {
      assertEquals(200, other.get("acme", "/v1/messages").statusCode());
      postgres.suspend();
      for (String path : List.of("/v1/messages", "/v1/replies", "/v1/reports/volume", "/v1/batches/" + BATCH)) {
        HttpResponse<String> answer = other.get("acme", path);
        assertEquals(503, answer.statusCode(), path);
        assertEquals("reporting-unavailable", new JsonObject(answer.body()).getString("code"), path);
      }
      postgres.resume();
      Await.until("the reports are back", () -> other.get("acme", "/v1/messages").statusCode() == 200);
    }
  }
}
