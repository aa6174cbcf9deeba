package io.godwit.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmppLoginTest {
  private static final String STORED = PasswordHash.of("secret", 1_000, new byte[] {1, 2, 3});

  @Test
  void aPasswordIsStoredWithItsOwnSaltAndRounds() {
    assertTrue(PasswordHash.matches("secret", STORED));
    assertFalse(PasswordHash.matches("Secret", STORED));
    assertNotEquals(PasswordHash.of("secret"), PasswordHash.of("secret"));
    assertTrue(PasswordHash.isValid(STORED));
    for (String stored : new String[] {null, "", "secret", "pbkdf2-sha256$0$AQID$AQID", "pbkdf2-sha256$1000$!$!", "md5$1000$AQID$AQID"}) assertFalse(PasswordHash.isValid(stored), stored);
  }

  @Test
  void rangesOfAddressesMayEndWithinAnOctet() {
    AddressRange range = AddressRange.of("192.0.2.128/25");
    assertTrue(range.contains("192.0.2.200"));
    assertFalse(range.contains("192.0.2.100"));
    assertFalse(range.contains("::1"));
    assertTrue(AddressRange.of("2001:db8::/32").contains("2001:db8:1::2"));
    assertTrue(AddressRange.of("192.0.2.1").contains("192.0.2.1"));
    for (String text : new String[] {"example.com", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2"}) assertThrows(IllegalArgumentException.class, () -> AddressRange.of(text), text);
  }

  @Test
  void anEntryThatCannotBeUsedIsNamed() {
    assertTrue(failure("demo", new JsonObject().put("password", STORED)).contains("/smpp/demo/account"));
    assertTrue(failure("demo", new JsonObject().put("account", "demo").put("password", "secret")).contains("/smpp/demo/password"));
    assertTrue(failure("a name that is far too long", new JsonObject()).contains("system_id"));
    assertTrue(assertThrows(IllegalArgumentException.class, () -> SmppTerms.all(Map.of("demo", new JsonObject().put("smpp", new JsonObject().put("binds", 0)))))
      .getMessage().contains("account 'demo': smpp: binds"));
  }

  private static String failure(String systemId, JsonObject body) {
    return assertThrows(IllegalArgumentException.class, () -> SmppLogin.all(Map.of(systemId, body))).getMessage();
  }

  @Test
  void repliesAreKeptForAccountsThatTakeThem() {
    JsonObject body = new JsonObject().put("account", "demo").put("password", STORED).put("addresses", new JsonArray().add("127.0.0.1"));
    assertTrue(SmppLogin.takesReplies(SmppLogin.all(Map.of("demo", body)), "demo"));
    assertFalse(SmppLogin.takesReplies(SmppLogin.all(Map.of("demo", body)), "other"));
    assertFalse(SmppLogin.takesReplies(SmppLogin.all(Map.of("demo", body.copy().put("replies", false))), "demo"));
    assertEquals(SmppTerms.DEFAULT, SmppTerms.all(Map.of("demo", new JsonObject())).get("demo"));
  }
}
