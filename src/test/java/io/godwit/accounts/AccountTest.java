package io.godwit.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountTest {
  private static AccountTree chain(int length) {
    Map<String, JsonObject> entries = new HashMap<>();
    for (int i = 1; i <= length; i++) entries.put("a" + i, new JsonObject().put("parent", i == 1 ? null : "a" + (i - 1)));
    return AccountTree.of(entries);
  }

  @Test
  void entriesOfEarlierReleasesAreRead() {
    Account old = Account.from("demo", new JsonObject("""
      {"name": "Demo", "parent": "reseller", "currency": "EUR", "billOn": "DELIVERED", "status": "BLOCKED", "postpaidFloor": -1500000, "share": 3, "smpp": {"rate": 5}}"""));
    assertEquals(Account.CreditMode.POSTPAID, old.creditMode());
    assertEquals(1_500_000, old.creditLimit());
    assertEquals(-1_500_000, old.postpaidFloor());
    assertEquals(Account.State.BLOCKED, old.status());
    assertFalse(old.isBilledWhenSent());
    assertEquals(AccountLimits.NONE, old.limits());
    Account least = Account.from("op", new JsonObject());
    assertNull(least.parent());
    assertEquals(0, least.postpaidFloor());
    assertTrue(least.isBilledWhenSent());
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Account account = Account.from("demo", new JsonObject("""
      {"parent": "r", "name": "Demo & Söhne", "status": "blocked", "currency": "USD", "creditMode": "postpaid", "creditLimit": "250.5", "refundOnFailure": true, "sender": "Demo",
       "contact": "crm/4711", "limits": {"segmentsPerSecond": 5, "segmentsPerDay": 1000, "spendPerDay": 20, "alertAt": 90}, "lowBalance": "0.000001", "resend": false, "share": 2}"""));
    assertEquals(account, Account.from("demo", account.json()));
    assertEquals(250_500_000, account.creditLimit());
    assertEquals(20_000_000, account.limits().spendPerDay());
    assertEquals(1, account.lowBalance());
    assertFalse(account.isBilledWhenSent(), "a refund is only possible while the price is reserved");
  }

  @Test
  void everythingWrongIsToldWithItsPath() {
    Form form = Form.at("/account/demo", new JsonObject("""
      {"name": 5, "status": "GONE", "currency": "euro", "creditLimit": "1", "sender": "much too long a name", "limits": {"alertAt": 0, "perHour": 1}, "lowBalance": "-1", "colour": "red",
       "smpp": {"binds": 0}}"""));
    Account.read("demo", form);
    Account.check("demo", form);
    assertEquals(List.of("/account/demo/creditLimit", "/account/demo/name", "/account/demo/status", "/account/demo/currency", "/account/demo/sender", "/account/demo/limits/alertAt",
      "/account/demo/lowBalance", "/account/demo/colour", "/account/demo/limits/perHour", "/account/demo/smpp"), form.wrongs().stream().map(Form.Wrong::path).toList());
  }

  @Test
  void amountsAreExactOrRefused() {
    assertEquals(12_345_678, Amount.micros("12.345678"));
    assertEquals("12.5", Amount.text(12_500_000));
    assertEquals("-0.000001", Amount.text(-1));
    assertEquals("0", Amount.text(0));
    for (String wrong : List.of("", "1e3", "1.2345678", "1,5", "99999999999", "NaN", "0x1")) assertThrows(IllegalArgumentException.class, () -> Amount.micros(wrong), wrong);
  }

  @Test
  void theTreeKnowsItsHeightAndWhoStandsAboveWhom() {
    AccountTree tree = chain(8);
    assertEquals(8, tree.height("a1"));
    assertEquals(1, tree.height("a8"));
    assertEquals(8, tree.lineage("a8").size());
    assertTrue(tree.isWithin("a8", "a1"));
    assertFalse(tree.isWithin("a1", "a8"));
    assertEquals(List.of("a2"), tree.children("a1").stream().map(Account::id).toList());
    assertEquals(16, chain(16).lineage("a16").size(), "what was deeper already is still read");
    assertThrows(IllegalArgumentException.class, () -> chain(17));
  }

  @Test
  void blockedAboveIsBlockedBelow() {
    AccountTree tree = AccountTree.of(Map.of("op", new JsonObject(), "r", new JsonObject().put("parent", "op").put("status", "BLOCKED"), "c", new JsonObject().put("parent", "r"),
      "gone", new JsonObject().put("parent", "op").put("status", "CLOSED"), "below", new JsonObject().put("parent", "gone")));
    assertEquals("r", tree.inactive("c").id());
    assertNull(tree.inactive("op"));
    assertTrue(tree.isClosed("below"));
    assertFalse(tree.isClosed("c"));
  }
}
