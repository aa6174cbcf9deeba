package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Alphabet;
import io.godwit.message.Concat;
import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.simulator.MessageLog;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Texts as carriers of all kinds get them. */
class TextOverLinkTest {
  private static final String LONG = "All [work] and no play makes Jack a dull boy. ".repeat(10);

  private final LinkStand stand = new LinkStand();

  @AfterEach
  void close() {
    stand.close();
  }

  private Simulator carrier(Alphabet alphabet) {
    return stand.test.await(() -> Simulator.start(stand.test.vertx, SimulatorConfig.embedded(Profile.from(new JsonObject().put("alphabet", alphabet.wireName())
      .put("receiptDelayMin", 20).put("receiptDelayMax", 20)))));
  }

  private static String joined(Simulator carrier) {
    return carrier.log().entries().stream().sorted(Comparator.comparingInt(MessageLog.Entry::seq)).map(MessageLog.Entry::text).collect(Collectors.joining());
  }

  @ParameterizedTest
  @EnumSource(Alphabet.class)
  void aCarrierReadsALongTextInItsOwnDefaultAlphabet(Alphabet alphabet) {
    Simulator carrier = carrier(alphabet);
    stand.configure("sim", carrier.port(), new JsonObject().put("alphabet", alphabet.wireName()));
    stand.start();
    Message message = stand.routed("sim", LONG);
    stand.send(List.of(message));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
    assertEquals(LONG, joined(carrier));
    assertEquals(message.segments(), carrier.log().count());
    assertEquals(0, carrier.log().entries().get(0).dataCoding());
  }

  @ParameterizedTest
  @EnumSource(Concat.class)
  void aLongTextIsJoinedInTheCarriersWayAndDeliveredWhenAllOfItIs(Concat concat) {
    Simulator carrier = carrier(Alphabet.GSM7);
    stand.configure("sim", carrier.port(), new JsonObject().put("concat", concat.name().toLowerCase()));
    stand.start();
    Message message = stand.routed("sim", LONG);
    stand.send(List.of(message));
    assertEquals(Status.DELIVERED, stand.untilFinal(message));
    assertEquals(LONG, joined(carrier));
    int requests = concat == Concat.PAYLOAD ? 1 : message.segments();
    assertEquals(requests, carrier.log().count());
    assertEquals(requests, carrier.log().entries().get(0).total());
    assertEquals(requests, ((Event.Sent) stand.events(message).get(1)).carrierIds().size());
    if (concat == Concat.UDH16 || concat == Concat.SAR) assertEquals(message.id().hashCode() & 0xFFFF, carrier.log().entries().get(0).ref());
  }

  @Test
  void aMessageThatWouldTakeMoreSegmentsThanItsPriceIsRefusedAndHoldsUpNobody() {
    Simulator carrier = carrier(Alphabet.GSM7);
    stand.configure("sim", carrier.port(), new JsonObject().put("concat", "udh16"));
    stand.start();
    Message tooLong = stand.routed("sim", "x".repeat(306));
    Message next = stand.routed("sim", "x".repeat(304));
    stand.send(List.of(tooLong, next));
    assertEquals(Status.DELIVERED, stand.untilFinal(next));
    assertEquals(Status.TELCO_ERROR, stand.untilFinal(tooLong));
    assertEquals("segments-exceeded", stand.state(tooLong).error().code());
    assertEquals("its link would need more than the 2 segments of the price", stand.state(tooLong).error().text(), "which one is no customer's business");
    assertEquals(2, carrier.log().count());
  }
}
