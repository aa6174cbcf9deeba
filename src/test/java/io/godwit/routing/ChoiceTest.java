package io.godwit.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Form;
import io.godwit.billing.Costs;
import io.godwit.link.Order;
import io.godwit.message.Carriage;
import io.godwit.message.Message;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which link of a route is taken, which route comes first, and what an explanation says of it. */
class ChoiceTest {
  private static final String LEAST = """
    {"r": {"strategy": "leastCost", "links": [{"link": "a", "priority": 1}, {"link": "b", "priority": 2}, {"link": "c", "priority": 3}]}}""";
  private static final String FLOOR = """
    {"r": {"minDelivery": 90, "links": [{"link": "a", "priority": 1}, {"link": "b", "priority": 2}, {"link": "c", "priority": 3}]}}""";
  private final Crossroads crossroads = new Crossroads();

  private void costs(String json) {
    crossroads.costs = Costs.Picture.of(Crossroads.entries(json));
  }

  @Test
  void theCheapestLinkByItsOwnPriceListIsTaken() {
    costs("""
      {"a": {"currency": "EUR", "prices": {"49": 900}}, "b": {"currency": "EUR", "prices": {"49": 800, "49170": 950}}, "c": {"currency": "EUR", "prices": {"": 850}}}""");
    assertEquals("c", crossroads.link(LEAST));
    assertEquals("a dearer, b dearer, c taken", crossroads.verdicts(LEAST));
    assertEquals("b", crossroads.link(LEAST, crossroads.to("+4915112345678")));
    crossroads.down = Set.of("c");
    assertEquals("a taken, b dearer, c down", crossroads.verdicts(LEAST));
  }

  @Test
  void linksOfTheSameCostGoByPriorityAndThoseWithoutACostComeLast() {
    costs("""
      {"b": {"currency": "EUR", "prices": {"49": 900}}, "c": {"currency": "EUR", "prices": {"49": 900}}}""");
    assertEquals("a no-cost, b taken, c lower-priority", crossroads.verdicts(LEAST));
    crossroads.down = Set.of("b", "c");
    assertEquals("a", crossroads.link(LEAST));
    costs("{}");
    crossroads.down = Set.of();
    assertEquals("a", crossroads.link(LEAST), "with no cost known, by priority");
  }

  @Test
  void costsInAnotherCurrencyAreNotCompared() {
    costs("""
      {"a": {"currency": "EUR", "prices": {"49": 900}}, "b": {"currency": "USD", "prices": {"49": 1}}, "c": {"currency": "EUR", "prices": {"49": 899}}}""");
    assertEquals("a dearer, b other-currency, c taken", crossroads.verdicts(LEAST));
  }

  @Test
  void theCostOfAllSegmentsAndTheNetworkTravelWithTheMessage() {
    crossroads.network = "26201";
    costs("""
      {"a": {"currency": "EUR", "prices": {"49": 900}}}""");
    String route = "{\"r\": {\"links\": [{\"link\": \"a\"}]}}";
    Message two = crossroads.to(Crossroads.GERMANY).withText("x".repeat(200), 2);
    assertEquals(new Carriage("26201", 1_800, "EUR"), crossroads.choose(route, two).carriage());
    assertEquals(new Carriage("26201", 0, null), crossroads.choose(route, crossroads.to("+33612345678")).carriage());
    crossroads.network = null;
    assertNull(crossroads.choose(route, crossroads.to("+33612345678")).carriage());
  }

  @Test
  void aLinkThatIsKnownToDeliverLessIsPassedOverWhileAnotherOneQualifies() {
    Map<String, Integer> rates = new TreeMap<>(Map.of("a", 899, "b", 900));
    crossroads.quality = (link, country) -> country.equals("DE") ? rates.getOrDefault(link, -1) : -1;
    assertEquals("a delivers-less, b taken, c lower-priority", crossroads.verdicts(FLOOR));
    rates.put("b", 100);
    assertEquals("a delivers-less, b delivers-less, c taken", crossroads.verdicts(FLOOR), "one of which nothing is known qualifies");
    assertEquals("a", crossroads.link(FLOOR, crossroads.to("+33612345678")), "in France nothing is known");
    rates.put("c", 0);
    assertEquals("a", crossroads.link(FLOOR), "with none that qualifies the floor holds for none");
    crossroads.down = Set.of("c");
    rates.put("b", 950);
    assertEquals("b", crossroads.link(FLOOR));
  }

  @Test
  void whenNoLinkCanSendTheNextRouteOfTheChainIsTaken() {
    String chain = """
      {"first": {"match": {"country": "DE"}, "then": "second", "links": [{"link": "a"}]}, "second": {"match": {"country": "FR"}, "then": "third", "links": [{"link": "b"}]},
       "third": {"match": {"country": "GB"}, "links": [{"link": "c"}, {"link": "gone"}]}, "all": {"links": [{"link": "d"}]}}""";
    assertEquals("a", crossroads.link(chain));
    crossroads.down = Set.of("a");
    assertEquals("b", crossroads.link(chain));
    crossroads.orders = Map.of("b", Order.PAUSE);
    assertEquals("a down, b not-open, c taken, gone no-such-link", crossroads.verdicts(chain));
    crossroads.down = Set.of("a", "c", "d");
    Choice waiting = crossroads.choose(chain, crossroads.to(Crossroads.GERMANY));
    assertEquals("a", waiting.link(), "where it waits");
    assertTrue(waiting.waits());
  }

  @Test
  void aLinkThatDoesNotTakeTheSenderIsPassedOver() {
    String route = "{\"r\": {\"links\": [{\"link\": \"a\", \"priority\": 1}, {\"link\": \"b\", \"priority\": 2}]}}";
    crossroads.senders = SenderRules.of(Crossroads.entries("{\"numbers\": {\"link\": \"a\", \"country\": \"DE\", \"kinds\": [\"numeric\"]}}"));
    assertEquals("a refuses-sender, b taken", crossroads.verdicts(route));
    assertEquals("a", crossroads.link(route, crossroads.to("+33612345678")));
    crossroads.senders = SenderRules.of(Crossroads.entries("{\"a\": {\"link\": \"a\", \"kinds\": [\"numeric\"]}, \"b\": {\"link\": \"b\", \"blocked\": [\"Godwit\"]}}"));
    assertEquals("sender-not-allowed", crossroads.choose(route, crossroads.to(Crossroads.GERMANY)).refusal().code());
    crossroads.sender = "+491701111111";
    assertEquals("a", crossroads.link(route));
  }

  @Test
  void aChainInACircleEnds() {
    crossroads.down = Set.of("a", "b");
    assertEquals("a", crossroads.link("""
      {"x": {"match": {"prefix": "49"}, "then": "y", "links": [{"link": "a"}]}, "y": {"then": "x", "links": [{"link": "b"}]}}"""));
  }

  @Test
  void anOverrideComesBeforeEverythingAndTheNearestAccountsBeforeOthers() {
    String routes = """
      {"urgent": {"priority": 1, "match": {"prefix": "49170"}, "links": [{"link": "a"}]},
       "resellers": {"override": true, "match": {"account": "reseller", "country": "DE", "tag": "otp"}, "links": [{"link": "b"}]},
       "own": {"override": true, "priority": 900, "match": {"account": "demo"}, "links": [{"link": "c"}]}}""";
    assertEquals("c", crossroads.link(routes, crossroads.to(Crossroads.GERMANY, "otp")));
    assertEquals("b", crossroads.link(routes.replace("\"demo\"", "\"someone\""), crossroads.to(Crossroads.GERMANY, "otp")));
    assertEquals("a", crossroads.link(routes.replace("\"demo\"", "\"someone\"")), "the reseller's is for a tag");
    Form.Invalid nobodys = assertThrows(Form.Invalid.class, () -> crossroads.link("{\"r\": {\"override\": true, \"links\": [{\"link\": \"a\"}]}}"));
    assertEquals("/route/r/override", nobodys.wrongs().get(0).path());
  }

  @Test
  void amongEqualsTheNearerAccountsRouteComesFirst() {
    assertEquals("b", crossroads.link("""
      {"a": {"match": {"account": ["reseller", "operator"]}, "links": [{"link": "a"}]}, "b": {"match": {"account": "demo"}, "links": [{"link": "b"}]}}"""));
    assertEquals("b", crossroads.link("""
      {"a": {"match": {"account": "reseller"}, "links": [{"link": "a"}]}, "b": {"match": {"account": ["demo", "reseller"]}, "links": [{"link": "b"}]}}"""));
  }

  @Test
  void anExplanationSaysWhatPutEachRouteBehindTheTakenOne() {
    String routes = """
      {"a": {"priority": 200, "links": [{"link": "a"}]}, "b": {"match": {"prefix": "49"}, "links": [{"link": "b"}]}, "c": {"match": {"prefix": "49170"}, "links": [{"link": "c"}]},
       "d": {"match": {"prefix": "49170", "country": "DE"}, "links": [{"link": "d"}]}, "e": {"match": {"prefix": "49170", "country": "DE", "sender": "Godwit"}, "links": [{"link": "gone"}]},
       "f": {"match": {"country": "FR"}, "links": [{"link": "a"}]}}""";
    StringBuilder said = new StringBuilder();
    for (Object route : Explanation.of(crossroads.choose(routes, crossroads.to(Crossroads.GERMANY)), true).getJsonArray("routes")) {
      JsonObject json = (JsonObject) route;
      said.append(json.getString("id")).append(' ').append(json.getString("verdict")).append(json.containsKey("by") ? " by " + json.getString("by") : "").append("; ");
    }
    assertEquals("e no-link; d taken; c later by conditions; b later by prefix; a later by priority; ", said.toString());
  }

  @Test
  void anExplanationWithoutCostsNamesNone() {
    costs("""
      {"a": {"currency": "EUR", "prices": {"49": 900}}}""");
    Choice choice = crossroads.choose("{\"r\": {\"links\": [{\"link\": \"a\"}]}}", crossroads.to(Crossroads.GERMANY));
    assertEquals(900, Explanation.of(choice, true).getJsonObject("cost").getLong("amount"));
    assertTrue(!Explanation.of(choice, false).encode().contains("cost"));
    assertTrue(!Explanation.of(choice, false).encode().contains("EUR"));
  }

  @Test
  void whatNoRouteLeadsToIsExplainedToo() {
    JsonObject said = Explanation.of(crossroads.choose("{\"r\": {\"match\": {\"country\": \"DE\"}, \"links\": [{\"link\": \"gone\"}]}}", crossroads.to(Crossroads.GERMANY)), true);
    assertEquals("no-route", said.getJsonObject("refusal").getString("code"));
    assertEquals("no-link", said.getJsonArray("routes").getJsonObject(0).getString("verdict"));
    assertEquals("no-such-link", said.getJsonArray("links").getJsonObject(0).getString("verdict"));
  }
}
