package io.godwit.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Form;
import io.godwit.message.Encoding;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.worker.MessageHandler.Decision;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Which rule says what about a sender. */
class SenderRulesTest {
  private static final AccountTree TREE = AccountTree.of(new HashMap<>(Map.of("operator", new JsonObject(), "reseller", new JsonObject().put("parent", "operator"),
    "shop", new JsonObject().put("parent", "reseller"))));
  private final Map<String, JsonObject> entries = new HashMap<>();

  private void rule(String id, String json) {
    entries.put(id, new JsonObject(json));
  }

  private static Message message(String account, String from, String country) {
    return Message.accepted("00000000000000000000000001", Lane.BULK, account, from, "+4915112345678", "Hello", Encoding.GSM7, 1, country, Long.MAX_VALUE, Origin.NONE);
  }

  private static List<Account> lineage(String account) {
    return TREE.lineage(account);
  }

  /** "allowed", "blocked", "refused", or the substitute. */
  private String fate(String account, String from, String country) {
    SenderRules rules = SenderRules.of(entries);
    Message message = message(account, from, country);
    if (rules.blocking(message, lineage(account)) != null) return "blocked";
    SenderRule ruling = rules.ruling(message, lineage(account));
    if (ruling == null || ruling.allows(from)) return "allowed";
    return ruling.substitute() == null ? "refused" : ruling.substitute();
  }

  @Test
  void aCountryTakesTheKindsOfSendersThatItsRuleNames() {
    rule("de", "{'country': 'DE', 'kinds': ['numeric', 'shortCode'], 'substitute': '+49100200300'}".replace('\'', '"'));
    rule("fr", "{'country': 'FR', 'kinds': ['alphanumeric']}".replace('\'', '"'));
    assertEquals("allowed", fate("shop", "+447700900123", "DE"));
    assertEquals("allowed", fate("shop", "12345", "DE"));
    assertEquals("+49100200300", fate("shop", "Shop", "DE"));
    assertEquals("+49100200300", fate("shop", "", "DE"), "who names none gets the default");
    assertEquals("allowed", fate("shop", "Shop", "FR"));
    assertEquals("refused", fate("shop", "12345", "FR"));
    assertEquals("allowed", fate("shop", "", "FR"), "where nothing is registered by name, Godwit may choose");
    assertEquals("allowed", fate("shop", "Shop", "US"), "of no rule");
  }

  @Test
  void whatIsRegisteredForAnAccountIsAllowedToItAndAllBelowItAlone() {
    rule("all", "{'senders': ['+49100'], 'substitute': 'Godwit'}".replace('\'', '"').replace("+49100", "+491001234"));
    rule("theirs", "{'account': 'reseller', 'senders': ['Shop', '491009999']}".replace('\'', '"'));
    assertEquals("allowed", fate("shop", "Shop", "DE"));
    assertEquals("allowed", fate("shop", "+491009999", "DE"), "numbers with and without '+' are the same");
    assertEquals("refused", fate("shop", "SHOP", "DE"), "carriers register senders letter by letter");
    assertEquals("refused", fate("shop", "", "DE"));
    assertEquals("Godwit", fate("operator", "Shop", "DE"));
    assertEquals("allowed", fate("operator", "491001234", "DE"));
  }

  @Test
  void theNearestAccountsRuleDecidesAndOfThatTheCountrysOwn() {
    rule("a", "{'kinds': ['numeric'], 'substitute': 'Any'}".replace('\'', '"'));
    rule("b", "{'country': 'DE', 'kinds': ['numeric'], 'substitute': 'Germany'}".replace('\'', '"'));
    rule("c", "{'account': 'reseller', 'kinds': ['numeric'], 'substitute': 'Theirs'}".replace('\'', '"'));
    assertEquals("Theirs", fate("shop", "Shop", "DE"));
    assertEquals("Germany", fate("operator", "Shop", "DE"));
    assertEquals("Any", fate("operator", "Shop", "FR"));
  }

  @Test
  void blockedSendersAddUpWhateverIsAllowedNearer() {
    rule("banks", "{'blocked': ['Bank'], 'blockedPatterns': ['^pay.?pal']}".replace('\'', '"'));
    rule("theirs", "{'account': 'shop', 'senders': ['BANK', 'Pay-Pal 24', 'Shop'], 'blocked': ['+491009999']}".replace('\'', '"'));
    assertEquals("blocked", fate("shop", "bank", "DE"));
    assertEquals("blocked", fate("shop", "Pay-Pal 24", "DE"));
    assertEquals("blocked", fate("shop", "491009999", "DE"));
    assertEquals("allowed", fate("reseller", "491009999", "DE"));
    assertEquals("allowed", fate("shop", "Shop", "DE"));
  }

  private String refusal(String from) {
    return assertInstanceOf(Decision.Refuse.class, SenderHandler.by(SenderRules.of(entries), message("shop", from, "DE"), lineage("shop"))).error().text();
  }

  @Test
  void whoIsRefusedIsNotToldByWhichRule() {
    rule("secret", "{'country': 'DE', 'senders': ['Shop'], 'blocked': ['Bank']}".replace('\'', '"'));
    assertEquals("the sender 'Bank' is blocked", refusal("Bank"));
    assertEquals("the sender 'Other' is not allowed to +4915112345678", refusal("Other"));
    assertEquals("a message without a sender is not allowed to +4915112345678", refusal(""));
  }

  @Test
  void noPatternHoldsUpAnEventLoop() {
    rule("evil", "{'blockedPatterns': ['^(a+)+$', '(x*)*y']}".replace('\'', '"'));
    Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
      for (int i = 0; i < 1_000; i++) assertEquals("allowed", fate("shop", "a".repeat(2_000) + "!", "DE"));
    });
  }

  @Test
  void aLinksRulesSayWhichSendersItTakes() {
    rule("link", "{'link': 'one', 'country': 'DE', 'senders': ['Shop']}".replace('\'', '"'));
    rule("open", "{'link': 'one', 'account': 'reseller', 'kinds': ['numeric'], 'senders': ['Theirs'], 'blocked': ['+491009999']}".replace('\'', '"'));
    SenderRules rules = SenderRules.of(entries);
    assertTrue(rules.admits(message("operator", "Shop", "DE"), lineage("operator"), "one"));
    assertFalse(rules.admits(message("operator", "Other", "DE"), lineage("operator"), "one"));
    assertTrue(rules.admits(message("operator", "Other", "DE"), lineage("operator"), "two"));
    assertTrue(rules.admits(message("shop", "Theirs", "DE"), lineage("shop"), "one"));
    assertFalse(rules.admits(message("shop", "Shop", "DE"), lineage("shop"), "one"));
    assertFalse(rules.admits(message("shop", "+491009999", "DE"), lineage("shop"), "one"));
    assertNull(rules.ruling(message("operator", "Other", "DE"), lineage("operator")), "no link is chosen yet");
  }

  private List<String> wrong(String json) {
    return assertThrows(Form.Invalid.class, () -> SenderRule.of("x", new JsonObject(json.replace('\'', '"')))).wrongs().stream().map(Form.Wrong::path).toList();
  }

  @Test
  void whatIsWrongInARuleIsToldFieldByField() {
    assertEquals(List.of("/senderrule/x/knds", "/senderrule/x/country", "/senderrule/x/blockedPatterns", "/senderrule/x/substitute"),
      wrong("{'knds': [], 'country': 'de', 'blocked': ['x'], 'blockedPatterns': ['('], 'substitute': 'a much too long sender'}"));
    assertEquals(List.of("/senderrule/x/kinds"), wrong("{'country': 'DE'}"));
    assertEquals(List.of("/senderrule/x/kinds"), wrong("{'kinds': ['numeric', 'letters']}"));
    assertEquals(List.of("/senderrule/x/senders"), wrong("{'senders': ['this is no sender at all']}"));
    assertEquals(List.of("/senderrule/x/substitute"), wrong("{'link': 'one', 'substitute': 'Shop'}"));
    assertEquals(List.of("/senderrule/x/senders"), wrong(new JsonObject().put("senders", new JsonArray().add(7)).encode()));
  }
}
