package io.godwit.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Form;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** For which messages a route is, condition by condition. */
class MatchTest {
  private final Crossroads crossroads = new Crossroads();

  /** b for what matches, else a. */
  private static String routes(String match) {
    return "{\"all\": {\"links\": [{\"link\": \"a\"}]}, \"some\": {\"match\": " + match + ", \"links\": [{\"link\": \"b\"}]}}";
  }

  private boolean fits(String match) {
    return crossroads.link(routes(match)).equals("b");
  }

  private static List<String> wrong(String match) {
    return assertThrows(Form.Invalid.class, () -> Routes.of(Crossroads.entries(routes(match)))).wrongs().stream().map(wrong -> wrong.path() + " " + wrong.code()).toList();
  }

  @Test
  void eachConditionTakesOneValueOrSeveral() {
    assertTrue(fits("{\"country\": \"DE\"}"));
    assertTrue(fits("{\"country\": [\"AT\", \"DE\"]}"));
    assertTrue(!fits("{\"country\": [\"AT\", \"FR\"]}"));
    assertTrue(fits("{\"prefix\": [\"33\", \"+4917\"]}"));
    assertTrue(!fits("{\"prefix\": [\"33\", \"+4915\"]}"));
    assertTrue(fits("{\"account\": [\"nobody\", \"reseller\"]}"));
    assertTrue(fits("{\"sender\": [\"Other\", \"Godwit\"]}"));
    assertTrue(!fits("{\"sender\": \"godwit\"}"), "senders are compared as they are");
  }

  @Test
  void aNetworkIsKnownOrFitsNoNetwork() {
    assertTrue(!fits("{\"network\": \"26201\"}"));
    crossroads.network = "26201";
    assertTrue(fits("{\"network\": \"26201\"}"));
    assertTrue(fits("{\"network\": [\"26202\", \"26201\"], \"country\": \"DE\", \"prefix\": \"49\"}"));
    assertTrue(!fits("{\"network\": \"26201\", \"country\": \"FR\"}"), "all conditions must fit");
    assertTrue(!fits("{\"network\": \"26202\"}"));
  }

  @Test
  void theLongestOfARoutesPrefixesCounts() {
    assertEquals("b", crossroads.link("""
      {"one": {"match": {"prefix": "4917"}, "links": [{"link": "a"}]}, "two": {"match": {"prefix": ["49", "49170"]}, "links": [{"link": "b"}]}}"""));
  }

  private boolean isOpen(String local, String zone, String window) {
    crossroads.now = LocalDateTime.parse(local).atZone(ZoneId.of(zone)).toInstant().toEpochMilli();
    return fits("{\"time\": " + window + "}");
  }

  @Test
  void aTimeWindowGoesByTheClocksOfItsZoneInSummerAndInWinter() {
    String office = "{\"days\": [\"MON\", \"TUE\", \"WED\", \"THU\", \"FRI\"], \"from\": \"08:00\", \"to\": \"18:00\", \"zone\": \"Europe/Berlin\"}";
    for (String day : List.of("2026-11-27", "2026-07-03")) {
      assertTrue(!isOpen(day + "T07:59:59", "Europe/Berlin", office), day);
      assertTrue(isOpen(day + "T08:00:00", "Europe/Berlin", office), day);
      assertTrue(isOpen(day + "T17:59:59", "Europe/Berlin", office), day);
      assertTrue(!isOpen(day + "T18:00:00", "Europe/Berlin", office), day);
    }
    assertTrue(!isOpen("2026-11-28T12:00:00", "Europe/Berlin", office), "a Saturday");
    assertTrue(isOpen("2026-11-27T02:30:00", "America/New_York", office), "half past eight in Berlin");
  }

  @Test
  void aWindowThatPassesMidnightBelongsToTheDayOnWhichItBegan() {
    String night = "{\"days\": \"FRI\", \"from\": \"22:00\", \"to\": \"06:00\", \"zone\": \"Asia/Kolkata\"}";
    assertTrue(!isOpen("2026-11-27T05:00:00", "Asia/Kolkata", night), "Thursday's night");
    assertTrue(isOpen("2026-11-27T22:00:00", "Asia/Kolkata", night));
    assertTrue(isOpen("2026-11-28T05:59:59", "Asia/Kolkata", night), "still Friday's");
    assertTrue(!isOpen("2026-11-28T06:00:00", "Asia/Kolkata", night));
    assertTrue(!isOpen("2026-11-28T23:00:00", "Asia/Kolkata", night));
    assertTrue(isOpen("2026-11-28T23:00:00", "UTC", "{\"from\": \"22:00\", \"zone\": \"UTC\"}"), "to the end of the day");
  }

  @Test
  void whatIsNoTimeWindowIsToldFieldByField() {
    assertEquals(List.of("/route/some/match/time/days invalid-field", "/route/some/match/time/from invalid-field", "/route/some/match/time/to invalid-field", "/route/some/match/time/zone invalid-field"),
      wrong("{\"time\": {\"days\": [\"MON\", \"Tag\"], \"from\": \"25:00\", \"to\": \"8\", \"zone\": \"Berlin\"}}"));
    assertEquals(List.of("/route/some/match/time/zone missing-field"), wrong("{\"time\": {\"from\": \"08:00\"}}"));
  }

  @Test
  void expressionsFindSendersAndTexts() {
    assertTrue(fits("{\"senderPattern\": \"^God\"}"));
    assertTrue(!fits("{\"senderPattern\": \"^god\"}"));
    crossroads.text = "Your code is 4711.";
    assertTrue(fits("{\"textPattern\": \"(?i)CODE.*[0-9]{4}\"}"));
    crossroads.text = "Your parcel";
    assertTrue(!fits("{\"textPattern\": \"(?i)CODE.*[0-9]{4}\"}"));
  }

  @Test
  void anExpressionThatIsWrongOrTooLargeIsRefused() {
    for (String expression : List.of("(", "a{2000}", "((a{30}){30}){30}", "(a{100}){5}", "(?=x)", "x".repeat(201))) {
      assertEquals(List.of("/route/some/match/textPattern invalid-field"), wrong("{\"textPattern\": \"" + expression + "\"}"), expression);
    }
    String many = java.util.stream.IntStream.rangeClosed(0, Routes.MOST_TEXT_EXPRESSIONS).mapToObj(i -> "\"r" + (100 + i) + "\": {\"match\": {\"textPattern\": \"x\"}, \"links\": [{\"link\": \"a\"}]}")
      .collect(Collectors.joining(", ", "{", "}"));
    Form.Invalid tooMany = assertThrows(Form.Invalid.class, () -> Routes.of(Crossroads.entries(many)));
    assertEquals(List.of("/route/r150/match/textPattern"), tooMany.wrongs().stream().map(Form.Wrong::path).toList());
  }

  @Test
  void whatMakesOtherEnginesHangIsDecidedInMilliseconds() {
    crossroads.text = "x".repeat(1_530);
    Instant began = Instant.now();
    for (String hostile : List.of("(x+x+)+y", "(x*)*y", "(x|x|x)+y", "(.*.*.*)+y")) assertTrue(!fits("{\"textPattern\": \"" + hostile + "\"}"), hostile);
    Duration took = Duration.between(began, Instant.now());
    assertTrue(took.compareTo(Duration.ofSeconds(60)) < 0, took + ": backtracking would take longer than the universe has been there");
  }

  @Test
  void whatIsUnknownOrNoValueIsRefused() {
    assertEquals(List.of("/route/some/match/colour unknown-field"), wrong("{\"colour\": \"red\"}"));
    assertEquals(List.of("/route/some/match/country invalid-field"), wrong("{\"country\": \"Germany\"}"));
    assertEquals(List.of("/route/some/match/network invalid-field"), wrong("{\"network\": [\"26201\", \"262\"]}"));
    assertEquals(List.of("/route/some/match/prefix invalid-field"), wrong("{\"prefix\": \"49x\"}"));
    assertEquals(List.of("/route/some/match/account invalid-field"), wrong("{\"account\": []}"));
  }
}
