package io.godwit.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.AccountTree;
import io.godwit.message.Message;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which link is chosen, and what is blocked: decisions without any store. */
class RoutingTest {
  private final Crossroads crossroads = new Crossroads();

  private Message to(String number, String... tags) {
    return crossroads.to(number, tags);
  }

  private String link(String routes, Message message) {
    return crossroads.link(routes, message);
  }

  @Test
  void theLongestPrefixWinsAmongEqualPriorities() {
    String routes = """
      {"all": {"links": [{"link": "a"}]}, "de": {"match": {"prefix": "+49"}, "links": [{"link": "b"}]}, "d1": {"match": {"prefix": "49151"}, "links": [{"link": "c"}]}}""";
    assertEquals("a", link(routes, to("+3361")));
    assertEquals("b", link(routes, to("+49170")));
    assertEquals("c", link(routes, to("+491511")));
  }

  @Test
  void aLowerPriorityNumberComesBeforeALongerPrefix() {
    assertEquals("a", link("""
      {"all": {"priority": 1, "links": [{"link": "a"}]}, "de": {"match": {"prefix": "49"}, "links": [{"link": "b"}]}}""", to("+49170")));
  }

  @Test
  void theRouteWithMoreConditionsWinsAndAnAncestorsRouteHoldsForItsCustomers() {
    assertEquals("b", link("""
      {"all": {"links": [{"link": "a"}]}, "theirs": {"match": {"account": "reseller", "country": "DE"}, "links": [{"link": "b"}]},
       "others": {"match": {"account": "someone", "country": "DE", "sender": "Godwit"}, "links": [{"link": "c"}]}}""", to("+49170")));
  }

  @Test
  void aTagAndASenderCanChooseTheRoute() {
    String routes = """
      {"all": {"links": [{"link": "a"}]}, "otp": {"match": {"tag": "otp", "sender": "Godwit"}, "links": [{"link": "b"}]}}""";
    assertEquals("a", link(routes, to("+49170")));
    assertEquals("b", link(routes, to("+49170", "otp")));
  }

  @Test
  void theFirstLinkThatIsUpIsTakenAndWhenNoneIsTheFirst() {
    String routes = """
      {"all": {"links": [{"link": "b", "priority": 2}, {"link": "a", "priority": 1}]}}""";
    assertEquals("a", link(routes, to("+49170")));
    crossroads.down = Set.of("a");
    assertEquals("b", link(routes, to("+49170")));
    crossroads.down = Set.of("a", "b");
    assertEquals("a", link(routes, to("+49170")));
  }

  @Test
  void aLinkThatIsNotConfiguredIsNoneAndARouteOfSuchIsPassedOver() {
    assertEquals("b", link("{\"r\": {\"links\": [{\"link\": \"gone\", \"priority\": 1}, {\"link\": \"b\"}]}}", to("+49170")));
    assertEquals("a", link("{\"all\": {\"links\": [{\"link\": \"a\"}]}, \"de\": {\"match\": {\"prefix\": \"49\"}, \"links\": [{\"link\": \"gone\"}]}}", to("+49170")));
    assertNull(link("{\"de\": {\"match\": {\"prefix\": \"49\"}, \"links\": [{\"link\": \"a\"}]}}", to("+3361")));
  }

  @Test
  void linksOfEqualPriorityShareTheMessagesByWeightAndAMessageStaysWithItsLink() {
    String routes = """
      {"all": {"links": [{"link": "a", "weight": 3}, {"link": "b", "weight": 1}]}}""";
    int a = 0;
    for (int i = 0; i < 2_000; i++) {
      Message message = to("+49170");
      String link = link(routes, message);
      assertEquals(link, link(routes, message));
      if (link.equals("a")) a++;
    }
    assertTrue(a > 1_400 && a < 1_600, a + " of 2000 went to the link that gets three quarters");
  }

  @Test
  void aRouteThatCannotBeReadNamesItself() {
    assertEquals("/route/r/links is missing", assertThrows(IllegalArgumentException.class, () -> link("{\"r\": {}}", to("+49170"))).getMessage());
  }

  @Test
  void aLinkIsDownOnlyWhileEveryoneWhoSpeaksOfItSaysSo() {
    AtomicLong nanos = new AtomicLong();
    LinkStates states = new LinkStates(nanos::get);
    assertTrue(states.isUp("sim"));
    states.heard(new JsonObject().put("link", "sim").put("up", false).put("node", "one"));
    assertTrue(!states.isUp("sim"));
    states.heard(new JsonObject().put("link", "sim").put("up", true).put("node", "two"));
    assertTrue(states.isUp("sim"));
    states.heard(new JsonObject().put("link", "sim").put("up", false).put("node", "two"));
    assertTrue(!states.isUp("sim"));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(4));
    assertTrue(states.isUp("sim"), "silence is no news of a fault");
  }

  @Test
  void blocksHoldForEveryoneOrForAnAccountAndAllBelowIt() {
    BlockList blocks = BlockList.of(Crossroads.entries("""
      {"a": {"number": "+491"}, "b": {"prefix": "+881", "account": "reseller"}, "c": {"prefix": "33", "account": "someone"}}"""));
    assertTrue(blocks.blocks("+491", Crossroads.TREE.lineage("demo")));
    assertTrue(!blocks.blocks("+4912", Crossroads.TREE.lineage("demo")));
    assertTrue(blocks.blocks("+88199", Crossroads.TREE.lineage("demo")));
    assertTrue(!blocks.blocks("+88199", Crossroads.TREE.lineage("operator")));
    assertTrue(!blocks.blocks("+33612", Crossroads.TREE.lineage("demo")));
  }

  @Test
  void accountsInACircleAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> AccountTree.of(Crossroads.entries("{\"a\": {\"parent\": \"b\"}, \"b\": {\"parent\": \"a\"}}")));
  }
}
