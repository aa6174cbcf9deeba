package io.godwit.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassedTlvsTest {
  private static JsonObject entry(String parent, String links) {
    return new JsonObject().put("parent", parent).put("links", links == null ? null : new JsonObject(links));
  }

  @Test
  void whatIsNamedForAnAccountHoldsForAllBelowItOverThatLinkAlone() {
    PassedTlvs passed = PassedTlvs.of(Map.of("operator", entry(null, null),
      "reseller", entry("operator", "{\"one\": {\"passTlvs\": [\"0x1400\"]}, \"two\": {\"tlvs\": {}}}"),
      "shop", entry("reseller", "{\"one\": {\"passTlvs\": [\"0x1401\", \"0x3fff\"]}, \"two\": {\"passTlvs\": [\"0x1402\"]}}"),
      "other", entry("operator", null)));
    assertEquals(Set.of(0x1400, 0x1401, 0x3FFF, 0x1402), passed.of("shop"));
    assertEquals(Set.of(0x1400, 0x1401, 0x3FFF), passed.of("shop", "one"));
    assertEquals(Set.of(0x1402), passed.of("shop", "two"));
    assertEquals(Set.of(0x1400), passed.of("reseller"));
    assertEquals(Set.of(), passed.of("reseller", "two"));
    assertEquals(Set.of(), passed.of("other"));
    assertEquals(Set.of(), passed.of("nobody", "one"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"0x13FF\"]", "[\"0x4000\"]", "[\"0x0424\"]", "[\"5120\"]", "[\"0x14000\"]", "[\"PE_ID\"]", "[5120]", "[]", "\"0x1400\"",
    "[\"0x1400\", \"0x1401\", \"0x1402\", \"0x1403\", \"0x1404\", \"0x1405\", \"0x1406\", \"0x1407\", \"0x1408\", \"0x1409\", \"0x140a\", \"0x140b\", \"0x140c\", \"0x140d\", \"0x140e\", \"0x140f\", \"0x1410\"]"})
  void whatIsNoListOfVendorsTagsIsNamed(String tags) {
    JsonObject account = entry(null, "{\"sim\": {\"passTlvs\": " + tags + "}}");
    Form.Invalid invalid = assertThrows(Form.Invalid.class, () -> PassedTlvs.of(Map.of("demo", account)));
    assertEquals("/account/demo/links/sim/passTlvs", invalid.wrongs().get(0).path());
  }
}
