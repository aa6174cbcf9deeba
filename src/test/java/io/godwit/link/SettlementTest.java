package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** By whose terms a message is paid for that a reseller's customer sends. */
class SettlementTest {
  private static final List<Leg> CHAIN = List.of(new Leg("demo", "reseller", 70, "EUR"), new Leg("reseller", "operator", 50, "EUR"));
  private static final JsonObject STRICT = new JsonObject();
  private static final JsonObject LAX = new JsonObject().put("refundOnFailure", true);

  private final LinkStand stand = new LinkStand();

  @BeforeEach
  void aLink() {
    Simulator carrier = stand.test.await(() -> Simulator.start(stand.test.vertx,
      SimulatorConfig.embedded(Profile.from(new JsonObject().put("receiptDelayMin", 20).put("receiptDelayMax", 20)))));
    stand.configure("sim", carrier.port(), new JsonObject());
    stand.test.put("account", "operator", new JsonObject());
    stand.start();
  }

  @AfterEach
  void close() {
    stand.close();
  }

  /** What became of a message that the carrier took and could not deliver. */
  private List<Event> failed(JsonObject reseller, JsonObject demo) {
    stand.test.put("account", "reseller", reseller.copy().put("parent", "operator"));
    stand.test.put("account", "demo", demo.copy().put("parent", "reseller"));
    Message message = stand.routed("sim", "Godwit", "+4915119990001", "Hello").withRoute("sim", CHAIN);
    stand.send(List.of(message));
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(message));
    List<Event> events = stand.events(message);
    assertEquals(List.of("ACCEPTED", "SENT", "UNDELIVERABLE"), events.stream().map(Event::type).toList());
    return events;
  }

  private static void assertBilledWhenSent(List<Event> events) {
    assertEquals(Money.billed(CHAIN), events.get(1).money());
    assertNull(events.get(2).money());
  }

  @Test
  void aResellerWhoGivesHisCustomersTheirMoneyBackStillPaysForWhatWasSent() {
    assertBilledWhenSent(failed(STRICT, LAX));
    assertBilledWhenSent(failed(STRICT, new JsonObject().put("billOn", "DELIVERED")));
  }

  @Test
  void aCustomerWithStricterTermsThanHisResellerPaysForWhatWasSent() {
    assertBilledWhenSent(failed(LAX, STRICT));
  }

  @Test
  void whatFailsCostsNothingWhereAllOfTheChainAgreedOnThat() {
    List<Event> events = failed(LAX, new JsonObject().put("billOn", "DELIVERED"));
    assertNull(events.get(1).money());
    assertEquals(Money.released(CHAIN), events.get(2).money());
  }
}
