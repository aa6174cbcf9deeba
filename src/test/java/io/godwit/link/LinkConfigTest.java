package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Form;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a link's entry is said by link and key. */
class LinkConfigTest {
  static JsonObject entry(String more) {
    return new JsonObject("{\"host\": \"smsc.example\", \"systemId\": \"godwit\"}").mergeIn(new JsonObject(more));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
    "{'port': 0} | port: must be a number from 1 to 65535, not '0'",
    "{'binds': 'many'} | binds: must be a number from 1 to 64, not 'many'",
    "{'host': ''} | host: is missing",
    "{'hots': 'x'} | hots: is unknown; known are [",
    "{'receipts': 'yes'} | receipts: must be true or false",
    "{'bindType': 'both'} | bindType: must be one of [trx, tx, rx, tx-rx], not 'both'",
    "{'alphabet': 'ebcdic'} | alphabet: must be one of [gsm7, gsm7-packed, latin1, ascii], not 'ebcdic'",
    "{'interfaceVersion': '4.0'} | interfaceVersion: is none of [3.3, 3.4, 5.0]",
    "{'interfaceVersion': '3.3', 'concat': 'sar'} | interfaceVersion: 3.3 has no optional parameters",
    "{'interfaceVersion': '3.3', 'tlvs': {'0x1400': 'x'}} | interfaceVersion: 3.3 has no optional parameters",
    "{'validity': 'yes'} | validity: must be true or false",
    "{'failoverTries': -1} | failoverTries: must be a number from 0 to 100, not '-1'",
    "{'concat': 'udh32'} | concat: must be one of [udh8, udh16, sar, payload], not 'udh32'",
    "{'addresses': 5} | addresses: must be an object",
    "{'addresses': {'international': '1-1'}} | addresses.international: must be a type of number and numbering plan such as 1/1, not '1-1'",
    "{'addresses': {'ton': '1/1'}} | addresses.ton: is unknown",
    "{'serviceType': 'TOOLONG'} | serviceType: must be a string of at most 5 characters",
    "{'registeredDelivery': 32} | registeredDelivery: must be a number from 0 to 31, not '32'",
    "{'tlvs': {'PE_ID': 'x'}} | tlvs.PE_ID: is no tag such as 0x1400",
    "{'tlvs': {'0x0424': 'x'}} | tlvs.0x0424: is no tag such as 0x1400, or one that Godwit sets itself",
    "{'tlvs': {'0x1400': 'hex:0'}} | tlvs.0x1400: must have hexadecimal digits, two an octet, not '0'",
    "{'tls': true} | tls: must be an object",
    "{'tls': {'trusted': 'x'}} | tls.trusted: is unknown",
    "{'tls': {'cert': 'x'}} | tls.key: is missing",
    "{'timeZone': 'Mars/Olympus'} | timeZone: must be a time zone such as Europe/Berlin or +02:00, not 'Mars/Olympus'",
    "{'timeZone': ''} | timeZone: must be a time zone such as Europe/Berlin or +02:00, not ''",
    "{'timeZone': 2} | timeZone: must be a string of at most 64 characters",
    "{'errors': {'ESME_RTHROTLED': {}}} | errors.ESME_RTHROTLED: is no error such as ESME_RTHROTTLED or 0x58",
    "{'errors': {'0': {}}} | errors.0: is no error",
    "{'errors': {'0x1ffffffff': {}}} | errors.0x1ffffffff: is no error",
    "{'errors': {'0x58': {'as': 'maybe'}}} | errors.0x58.as: must be one of [temporary, permanent], not 'maybe'",
    "{'errors': {'0x58': {'pause': 1}}} | errors.0x58.pause: is unknown; known are [as, pauseMs]",
    "{'errors': {'0x0B': {'pauseMs': 10}}} | errors.0x0B.pauseMs: is for temporary errors",
  })
  void whatIsWrongNamesLinkAndKey(String more, String said) {
    String message = assertThrows(Misconfigured.class, () -> LinkConfig.from("sim", entry(more.strip().replace('\'', '"')))).getMessage();
    assertTrue(message.startsWith("link sim: " + said), message);
  }

  @Test
  void allThatIsWrongIsToldAtOnceEachWithItsPath() {
    JsonObject entry = new JsonObject("""
      {"systemId": 5, "port": 0, "hots": "x", "tls": {"key": "k", "verify": true}, "tlvs": {"PE_ID": 1, "0x1400": "hex:0"}, "errors": {"0x58": {"as": "maybe"}, "0": {"pauseMs": -1}}, "rate": null}""");
    assertEquals(List.of("/link/a~1b/errors/0/pauseMs", "/link/a~1b/errors/0", "/link/a~1b/errors/0x58/as", "/link/a~1b/host", "/link/a~1b/hots", "/link/a~1b/port", "/link/a~1b/rate", "/link/a~1b/systemId",
      "/link/a~1b/tls/cert", "/link/a~1b/tls/verify", "/link/a~1b/tlvs/0x1400", "/link/a~1b/tlvs/PE_ID", "/link/a~1b/tlvs/PE_ID").stream().sorted().toList(),
      assertThrows(Misconfigured.class, () -> LinkConfig.from("a/b", entry)).wrongs().stream().map(Form.Wrong::path).sorted().toList());
  }

  @Test
  void aWrongRegistrationNamesTheAccount() {
    JsonObject account = new JsonObject("{\"links\": {\"sim\": {\"tlv\": {}}}}");
    assertEquals("account demo: links.sim.tlv: is unknown; known are [passTlvs, tlvs]",
      assertThrows(Misconfigured.class, () -> Registrations.of(Map.of("demo", account))).getMessage());
  }

  @Test
  void theTimeZoneIsUtcUnlessSaidAndNeedsNoNewBindWhenItChanges() {
    LinkConfig plain = LinkConfig.from("sim", entry("{}"));
    LinkConfig berlin = LinkConfig.from("sim", entry("{\"timeZone\": \"Europe/Berlin\"}"));
    assertEquals(ZoneId.of("UTC"), plain.timeZone());
    assertEquals(ZoneId.of("Europe/Berlin"), berlin.timeZone());
    assertEquals(ZoneOffset.ofHours(2), LinkConfig.from("sim", entry("{\"timeZone\": \"+02:00\"}")).timeZone());
    assertTrue(plain.hasSameBinds(berlin));
  }

  @Test
  void anUnbindWaitsForAnswersAsLongAsAnyRequestButNotLongerThanAProcessHasToStop() {
    assertEquals(Duration.ofSeconds(10), LinkConfig.from("sim", entry("{}")).bind().session().unbindTimeout());
    assertEquals(Duration.ofSeconds(3), LinkConfig.from("sim", entry("{\"responseTimeout\": 3000}")).bind().session().unbindTimeout());
  }

  @Test
  void unlessSaidABindMaySendItsWindowTwiceAndWhatItsShareOfTheRateIsIn200Milliseconds() {
    assertEquals(10 + 50, LinkConfig.from("sim", entry("{\"window\": 10, \"rate\": 1000, \"binds\": 4}")).unsettledMax());
    assertEquals(10 + 200, LinkConfig.from("sim", entry("{\"window\": 10, \"rate\": 1000}")).unsettledMax());
    assertEquals(50, LinkConfig.from("sim", entry("{\"window\": 10, \"binds\": 4}")).unsettledMax());
  }

  @Test
  void equalEntriesAreEqualConfigurations() {
    String more = "{\"tlvs\": {\"0x1400\": \"1101\"}, \"addresses\": {\"shortCode\": \"6/9\"}}";
    assertEquals(LinkConfig.from("sim", entry(more)), LinkConfig.from("sim", entry(more)));
  }
}
