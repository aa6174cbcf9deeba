package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What a carrier's refusals mean, as usual and as a link says. */
class ErrorTableTest {
  private static final int VENDORS_OWN = 0x400;

  private static ErrorTable table(String errors) {
    return ErrorTable.from(new LinkEntry("link", "sim", new JsonObject(errors)));
  }

  private static SubmitSmResp answer(int status) {
    SubmitSmResp answer = new SubmitSmResp();
    answer.setCommandStatus(status);
    return answer;
  }

  private static String meaning(ErrorTable table, int status) {
    return (table.failure(answer(status)).temporary() ? "temporary " : "permanent ") + table.pauseMs(answer(status));
  }

  @Test
  void whereNothingIsSaidThrottlingAndTroubleAreTemporaryAndAllElseIsPermanent() {
    for (ErrorTable table : List.of(ErrorTable.DEFAULT, table("{}"))) {
      assertEquals("temporary 1000", meaning(table, SmppConstants.STATUS_THROTTLED));
      assertEquals("temporary 1000", meaning(table, SmppConstants.STATUS_MSGQFUL));
      assertEquals("temporary 1000", meaning(table, SmppConstants.STATUS_INVBNDSTS), "a carrier that has forgotten the bind says so to everything");
      assertEquals("temporary 0", meaning(table, SmppConstants.STATUS_X_T_APPN));
      assertEquals("temporary 0", meaning(table, SmppConstants.STATUS_SYSERR));
      assertEquals("permanent 0", meaning(table, SmppConstants.STATUS_INVDSTADR));
      assertEquals("permanent 0", meaning(table, SmppConstants.STATUS_X_P_APPN));
      assertEquals("permanent 0", meaning(table, VENDORS_OWN));
    }
  }

  @Test
  void everyEntryCanBeSaidByNameOrNumberAndTheRestByAStar() {
    ErrorTable table = table("""
      {"ESME_RTHROTTLED": {"pauseMs": 5000}, "rsyserr": {"as": "permanent"}, "0x0000000B": {"as": "temporary"}, "1024": {"as": "temporary", "pauseMs": 7}, "*": {"as": "temporary"},
       "0xFFFFFFFF": {"as": "permanent"}}""");
    assertEquals("temporary 5000", meaning(table, SmppConstants.STATUS_THROTTLED));
    assertEquals("permanent 0", meaning(table, SmppConstants.STATUS_SYSERR));
    assertEquals("temporary 0", meaning(table, SmppConstants.STATUS_INVDSTADR));
    assertEquals("temporary 7", meaning(table, VENDORS_OWN));
    assertEquals("temporary 0", meaning(table, VENDORS_OWN + 1));
    assertEquals("permanent 0", meaning(table, 0xFFFFFFFF));
  }

  @Test
  void aFailureNamesTheCarriersCode() {
    assertEquals("0x00000058", table("{}").failure(answer(SmppConstants.STATUS_THROTTLED)).carrierCode());
    assertTrue(table("{}").failure(answer(SmppConstants.STATUS_THROTTLED)).text().endsWith("ESME_RTHROTTLED"));
    assertTrue(table("{}").failure(answer(VENDORS_OWN)).text().endsWith("an unknown status"));
  }

  @Test
  void aLinkTriesAgainWhatItsTableCallsTemporaryAndGivesUpWhatItCallsPermanent() {
    try (LinkStand stand = new LinkStand()) {
      RecordingCarrier carrier = RecordingCarrier.listen(stand.test, new NetServerOptions());
      ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>(List.of(VENDORS_OWN, SmppConstants.STATUS_OK, SmppConstants.STATUS_THROTTLED));
      carrier.status = pdu -> answers.isEmpty() ? SmppConstants.STATUS_OK : answers.poll();
      stand.configure("sim", carrier.port(), new JsonObject("{\"receipts\": false, \"errors\": {\"0x400\": {\"as\": \"temporary\"}, \"ESME_RTHROTTLED\": {\"as\": \"permanent\"}}}"));
      stand.start();
      Message again = stand.routed("sim", "Hello");
      stand.send(List.of(again));
      assertEquals(Status.SENT, stand.untilFinal(again));
      assertEquals(List.of("ACCEPTED", "RETRIED", "SENT"), stand.types(again));
      Message never = stand.routed("sim", "Hello");
      stand.send(List.of(never));
      assertEquals(Status.TELCO_ERROR, stand.untilFinal(never));
      assertEquals("0x00000058", stand.state(never).error().carrierCode());
      assertFalse(stand.types(never).contains("RETRIED"));
    }
  }
}
