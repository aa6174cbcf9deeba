package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Carriage;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A carrier's invoice beside what its link took, through the door, the projection and PostgreSQL. */
class InvoiceTest {
  private static final String CHECK = "/v1/links/north/invoices/check";
  private static final long LAST_SECOND = Instant.parse("2026-10-31T23:59:59Z").toEpochMilli();
  private static final long NOVEMBER = LAST_SECOND + 1_000;
  private static Stand stand;
  private static ReportDoor door;

  @BeforeAll static void open() {
    stand = new Stand();
    door = new ReportDoor(stand);
    List<Event> events = new ArrayList<>();
    send(events, 10, "north", LAST_SECOND, new Carriage("26201", 14_000, "EUR"));
    send(events, 5, "north", NOVEMBER, new Carriage("26201", 14_000, "EUR"));
    send(events, 3, "north", NOVEMBER, new Carriage("26202", 20_000, "EUR"));
    send(events, 1, "north", NOVEMBER, Carriage.over("26203"));
    send(events, 2, "north", NOVEMBER, new Carriage(null, 40_000, "EUR"));
    send(events, 7, "south", NOVEMBER, new Carriage("26201", 9_000, "USD"));
    stand.write(events);
    stand.project();
    stand.awaitCaughtUp();
  }

  @AfterAll static void close() {
    door.close();
    stand.close();
  }

  /** Messages of two segments each, accepted an hour before; whatever became of them: one of three failed, one is still waited for. */
  private static void send(List<Event> events, int messages, String link, long sent, Carriage carriage) {
    MessageId.Generator ids = new MessageId.Generator(0, events.size(), () -> sent - 3_600_000);
    for (int i = 0; i < messages; i++) {
      Message m = Message.accepted(ids.next(), Lane.BULK, "acme", "Acme", "+491700000" + i, "hello", Encoding.GSM7, 2, "DE", sent + 1000, Origin.NONE);
      events.addAll(List.of(new Event.Accepted(m, sent - 3_600_000), new Event.Routed(m.id(), 2, sent - 10, link, "Acme", null, null, carriage),
        new Event.Sent(m.id(), 3, sent, link, List.of("c1", "c2"), false, null, 2, carriage)));
      if (i % 3 == 0) events.add(new Event.Delivered(m.id(), 4, sent + 20, -1, null));
      if (i % 3 == 1) events.add(new Event.Undeliverable(m.id(), 4, sent + 20, Failure.of("absent", null), -1, null));
    }
  }

  private static JsonObject checked(String query, String csv) {
    HttpResponse<String> answer = door.post("operator", CHECK + query, csv);
    assertEquals(200, answer.statusCode(), answer.body());
    return new JsonObject(answer.body());
  }

  private static List<String> verdicts(JsonObject check) {
    return check.getJsonArray("rows").stream().map(JsonObject.class::cast)
      .map(row -> row.getString("day").substring(5) + " " + row.getString("network") + " " + row.getString("verdict")).toList();
  }

  private static final String INVOICE = """
    day,mccmnc,segments,amount,currency
    2026-10-31,26201,20,0.14,EUR
    2026-11-01,26201,12,0.084,EUR
    2026-11-01,26202,6,0.12,EUR
    2026-11-01,26203,2,0.02,EUR
    2026-11-01,26207,4,0.04,EUR
    """;

  @Test void eachDayAndNetworkIsJudgedAndAllAddsUp() {
    JsonObject check = checked("", INVOICE);
    assertEquals(List.of("10-31 26201 MATCH", "11-01 null MISSING_THERE", "11-01 26201 SEGMENTS_DIFFER", "11-01 26202 COST_DIFFERS", "11-01 26203 COST_UNKNOWN", "11-01 26207 MISSING_HERE"),
      verdicts(check));
    assertEquals(new JsonObject("""
      {"day": "2026-11-01", "network": "26202", "ours": {"segments": 6, "amount": "0.06", "unpricedSegments": 0}, "theirs": {"segments": 6, "amount": "0.12"},
       "difference": {"segments": 0, "amount": "0.06"}, "verdict": "COST_DIFFERS"}"""), check.getJsonArray("rows").getJsonObject(3));
    JsonObject totals = check.getJsonObject("totals");
    assertEquals(new JsonObject().put("segments", 42).put("amount", (Object) null).put("unpricedSegments", 2), totals.getJsonObject("ours"), "where a cost is unknown, so is the sum");
    assertEquals(new JsonObject().put("segments", 44).put("amount", "0.404"), totals.getJsonObject("theirs"));
    assertEquals(2, totals.getJsonObject("difference").getInteger("segments"));
    assertEquals("{\"MATCH\":1,\"SEGMENTS_DIFFER\":1,\"COST_DIFFERS\":1,\"COST_UNKNOWN\":1,\"MISSING_HERE\":1,\"MISSING_THERE\":1}", totals.getJsonObject("verdicts").encode());
    assertEquals("EUR 2026-10-31 2026-11-01", check.getString("currency") + " " + check.getString("from") + " " + check.getString("to"));
    assertTrue(Instant.parse(check.getString("sentUntil")).isBefore(Instant.now()));
  }

  @Test void theSameAsCsv() {
    HttpResponse<String> answer = door.post("operator", CHECK + "?only=differences", INVOICE, "Accept", "text/csv");
    assertEquals("""
      Day,Network,Our Segments,Our Amount,Their Segments,Their Amount,Segments Difference,Amount Difference,Currency,Verdict
      2026-11-01,,4,0.08,,,-4,-0.08,EUR,MISSING_THERE
      2026-11-01,26201,10,0.07,12,0.084,2,0.014,EUR,SEGMENTS_DIFFER
      2026-11-01,26202,6,0.06,6,0.12,0,0.06,EUR,COST_DIFFERS
      2026-11-01,26203,2,,2,0.02,0,,EUR,COST_UNKNOWN
      2026-11-01,26207,,,4,0.04,4,0.04,EUR,MISSING_HERE
      TOTAL,,42,,44,0.404,2,,EUR,
      """.replace("\n", "\r\n"), answer.body());
  }

  @Test void aToleranceAndAPeriodAreTheOperatorsToSay() {
    assertEquals(List.of("11-01 26201 MATCH"), verdicts(checked("?tolerance=17", "day,mccmnc,segments,amount\n2026-11-01,26201,12,0.084\n")).subList(1, 2));
    assertEquals(List.of("10-31 26201 MISSING_THERE"), verdicts(checked("?from=2026-10-01&currency=EUR", "day,mccmnc,segments,amount\n2026-11-01,26201,10,0.07\n")).subList(0, 1));
    assertEquals(List.of("10-31 26201 COST_UNKNOWN"), verdicts(checked("?currency=USD", "day,mccmnc,segments,amount\n2026-10-31,26201,20,0.15\n")), "our cost is in euro");
  }

  @Test void carriersCallColumnsWhatTheyLike() {
    for (String file : List.of("Date;MCC;MNC;Quantity;Total cost;Comment\n20261031;262;1;20;0.140000;all of it\n", "Traffic Day\tMCC-MNC\tSMS parts\tCharge\n2026-10-31\t262-01\t12\t0.08\n2026-10-31\t262 01\t8\t0.06",
        "\uFEFF\"DAY\",\"MCC/MNC\",\"Segments\",\"Amount\",\"Currency\"\r\n\"2026-10-31\",\"262/01\",\"20\",\"0.1399999\",\"eur\"\r\n")) {
      assertEquals(List.of("10-31 26201 MATCH"), verdicts(checked("", file)), file);
    }
  }

  private static String wrong(String query, String csv) {
    HttpResponse<String> answer = door.post("operator", CHECK + query, csv);
    JsonObject problem = new JsonObject(answer.body());
    return answer.statusCode() + " " + problem.getString("code") + " " + problem.getString("field");
  }

  @Test void whatIsWrongIsNamedByLineAndColumn() {
    HttpResponse<String> answer = door.post("operator", CHECK, "day,Network,parts,amount,currency\n2026-11-31,26201,1,1,EUR\n2026-11-01,2620,-1,\"1,5\",EUR\n\n2026-11-01,26201,1,1,USD\n2026-11-01,26201\n");
    assertEquals(400, answer.statusCode());
    assertEquals(List.of("2 day", "3 Network", "3 parts", "3 amount", "5 currency", "6 null"), errors(answer));
    assertEquals(List.of("1 mccmnc", "1 amount"), errors(door.post("operator", CHECK, "day,segments,price\n2026-11-01,1,1\n")));
    for (String nothing : List.of("", "day,mccmnc,segments,amount\n", "{}")) assertEquals(400, door.post("operator", CHECK, nothing).statusCode(), nothing);
    String fine = "day,mccmnc,segments,amount\n2026-11-01,26201,10,0.07\n";
    assertEquals("400 invalid-parameter from", wrong("?from=2026-11-02", fine));
    assertEquals("400 invalid-parameter to", wrong("?to=2026-10-02", fine));
    assertEquals("400 invalid-parameter from", wrong("?from=2025-10-02", fine));
    assertEquals("400 invalid-parameter currency", wrong("?currency=USD", INVOICE));
    assertEquals("400 invalid-parameter tolerance", wrong("?tolerance=-1", fine));
    assertEquals("400 unknown-parameter colour", wrong("?colour=red", fine));
    String many = "day,mccmnc,segments,amount\n" + "2026-11-01,26201,1,0.1\n".repeat(InvoiceFile.MOST_ROWS + 1);
    assertEquals(List.of((InvoiceFile.MOST_ROWS + 2) + " null"), errors(door.post("operator", CHECK, many)));
  }

  private static List<String> errors(HttpResponse<String> answer) {
    JsonArray errors = new JsonObject(answer.body()).getJsonArray("errors");
    return errors.stream().map(JsonObject.class::cast).map(error -> error.getInteger("line") + " " + error.getString("column")).collect(Collectors.toList());
  }

  @Test void invoicesAreTheOperatorsBusiness() {
    assertEquals(403, door.post("reseller", CHECK, INVOICE).statusCode());
    assertEquals(404, door.post("operator", "/v1/links/nowhere/invoices/check", INVOICE).statusCode());
  }
}
