package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.CancelSm;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.QuerySm;
import com.cloudhopper.smpp.pdu.QuerySmResp;
import com.cloudhopper.smpp.type.Address;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.Segment;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.smpp.BindType;
import io.godwit.smpp.SmppTime;
import io.godwit.smpp.SubmitMultiResp;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How customers ask over SMPP what became of a message, and take it back, on a real MongoDB without a worker. */
class QueryTest {
  private final SmppDoor door = new SmppDoor();
  private final Client client = door.client(BindType.TRX);

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void aMessageIsQueriedAndCancelledByItsOwnAccountOnly() {
    String id = client.submit(Client.sms("Hello"));
    Client stranger = door.client("other", BindType.TRX);
    assertEquals(SmppConstants.STATUS_QUERYFAIL, stranger.status(query(id)));
    assertEquals(SmppConstants.STATUS_INVMSGID, stranger.status(cancel(id)));
    assertEquals(1, ((QuerySmResp) client.ask(query(id))).getMessageState(), "ENROUTE");
    assertEquals(SmppConstants.STATUS_OK, client.status(cancel(id)));
    assertEquals(List.of("ACCEPTED", "CANCELLED"), door.types(id).subList(0, 2), "its receipt may be on its way by now");
    QuerySmResp answer = (QuerySmResp) client.ask(query(id));
    assertEquals(4, answer.getMessageState(), "DELETED");
    assertNotEquals(SmppTime.NONE, SmppTime.parse(answer.getFinalDate(), 0));
    assertEquals(SmppConstants.STATUS_OK, client.status(cancel(id)), "who asks twice is answered twice");
    assertEquals(SmppConstants.STATUS_QUERYFAIL, client.status(query("no id")));
  }

  @Test
  void aMessageOfWhichTheCarrierHasTakenASegmentIsNotTakenBack() {
    Message m = door.node.message("demo", "Godwit", "+4915112345678", 2, Origin.NONE);
    List<Segment> parts = List.of(new Segment(List.of("7"), List.of(7L), Segment.State.SENT), new Segment(List.of(), List.of(), Segment.State.SENT));
    Message waiting = m.withRoute("sim", List.of()).withParts(parts).again(false);
    door.commit(new Step().event(new Event.Accepted(m, door.queue.now())).put(Parcel.of(door.queue.newId(), Parcel.link("sim"), Lane.BULK, door.queue.now(), 0, List.of(waiting))));
    assertEquals(SmppConstants.STATUS_CANCELFAIL, client.status(cancel(m.id())));
    assertEquals(List.of("ACCEPTED"), door.types(m.id()));
  }

  /** Its message_id. */
  private String submitMulti(int destinations) {
    String[] to = IntStream.range(0, destinations).mapToObj(i -> "49151123456" + (10 + i)).toArray(String[]::new);
    return ((SubmitMultiResp) client.ask(Client.multi(to))).getMessageId();
  }

  private List<String> messagesOf(String batch) {
    return door.parcels().stream().flatMap(parcel -> parcel.getList("m", Document.class).stream())
      .filter(m -> batch.equals(m.get("o", Document.class).getString("batch"))).map(m -> m.getString("id")).toList();
  }

  private void delivered(List<String> ids) {
    Step step = new Step();
    ids.forEach(id -> step.event(new Event.Delivered(id, 2, door.queue.now(), -1, null)));
    door.commit(step);
  }

  private int state(String id) {
    return ((QuerySmResp) client.ask(query(id))).getMessageState();
  }

  @Test
  void aSubmitMultiIsCancelledByItsId() {
    String batch = submitMulti(3);
    List<String> ids = messagesOf(batch);
    assertEquals(SmppConstants.STATUS_INVMSGID, door.client("other", BindType.TRX).status(cancel(batch)));
    assertEquals(SmppConstants.STATUS_OK, client.status(cancel(batch)));
    assertEquals(3, ids.size());
    for (String id : ids) assertEquals(List.of("ACCEPTED", "CANCELLED"), door.types(id));
    assertEquals(SmppConstants.STATUS_CANCELFAIL, client.status(cancel(batch)), "nothing is left to take back");
  }

  @Test
  void aSubmitMultiStandsAsItsLastOpenMessageAndThenAsTheFirstThatFailed() {
    String batch = submitMulti(3);
    List<String> ids = messagesOf(batch);
    assertEquals(SmppConstants.STATUS_QUERYFAIL, door.client("other", BindType.TRX).status(query(batch)));
    assertEquals(SmppConstants.STATUS_OK, client.status(cancel(ids.get(1))));
    delivered(ids.subList(2, 3));
    assertEquals(1, state(batch), "ENROUTE");
    delivered(ids.subList(0, 1));
    QuerySmResp answer = (QuerySmResp) client.ask(query(batch));
    assertEquals(List.of(batch, 4), List.of(answer.getMessageId(), (int) answer.getMessageState()), "DELETED");
    assertNotEquals(SmppTime.NONE, SmppTime.parse(answer.getFinalDate(), 0));
  }

  @Test
  void aSubmitMultiToManyIsDeliveredWhenAllOfItIs() {
    String batch = submitMulti(40);
    List<String> ids = messagesOf(batch);
    delivered(ids.subList(0, 39));
    assertEquals(1, state(batch), "ENROUTE");
    delivered(ids.subList(39, 40));
    assertEquals(2, state(batch), "DELIVERED");
  }

  @Test
  void moreLookUpsAtOnceThanTheStoreIsToBearAreThrottledAndSubmitsAreNot() {
    String id = client.submit(Client.sms("Hello"));
    Client other = door.client("demo2", BindType.TX);
    Client modest = door.client("other", BindType.TX);
    String his = modest.submit(Client.sms("Hello"));
    List<Future<PduResponse>> answers = Await.on(client.session().context(), () -> Future.succeededFuture(IntStream.range(0, 2_000).mapToObj(i -> client.asking(query(id))).toList()));
    assertEquals(SmppConstants.STATUS_OK, modest.status(query(his)), "another account has a share of its own");
    assertEquals(SmppConstants.STATUS_OK, other.status(Client.sms("meanwhile")));
    Set<Integer> statuses = answers.stream().map(answer -> Await.await(answer).getCommandStatus()).collect(Collectors.toSet());
    assertEquals(Set.of(SmppConstants.STATUS_OK, SmppConstants.STATUS_THROTTLED), statuses);
    assertEquals(SmppConstants.STATUS_OK, client.status(query(id)));
  }

  /** Each is looked for among the batches, which has few places. */
  @Test
  void whoAsksForManyIdsAtOnceThatNobodyGaveIsToldThatThereIsNoSuchMessage() {
    List<String> unknown = IntStream.range(0, 20).mapToObj(i -> door.queue.newId()).toList();
    List<Future<PduResponse>> answers = client.askingTogether(unknown.size(), i -> query(unknown.get(i)));
    Set<Integer> statuses = answers.stream().map(answer -> Await.await(answer).getCommandStatus()).collect(Collectors.toSet());
    assertEquals(Set.of(SmppConstants.STATUS_QUERYFAIL), statuses);
  }

  @Test
  void whatASetThatDoesNotAnswerKnowsIsNotDenied() {
    try (Gate gate = new Gate(); SmppDoor cutOff = door.another(gate)) {
      Client customer = cutOff.client("demo2", BindType.TX);
      String id = customer.submit(Client.sms("Hello"));
      gate.cut();
      Await.until("the set is not trusted", () -> !cutOff.node.sets.control().isTrusted());
      assertEquals(SmppConstants.STATUS_X_T_APPN, customer.status(query(id)));
      assertEquals(SmppConstants.STATUS_X_T_APPN, customer.status(cancel(id)));
      gate.heal();
      Await.until("the set answers", () -> customer.status(query(id)) == SmppConstants.STATUS_OK);
    }
  }

  @Test
  void aCancellationOfWhichNobodyKnowsWhetherItWasDoneIsAnsweredSo() {
    try (Gate gate = new Gate(); SmppDoor cutOff = door.another(gate)) {
      Client customer = cutOff.client("demo2", BindType.TX);
      String id = customer.submit(Client.sms("Hello"));
      Gate.Stop commit = gate.before("commitTransaction", null);
      Future<PduResponse> answer = customer.asking(cancel(id));
      commit.reached();
      gate.cut();
      assertEquals(SmppConstants.STATUS_SYSERR, Await.await(answer).getCommandStatus());
      gate.heal();
    }
  }

  private static QuerySm query(String id) {
    QuerySm query = new QuerySm();
    query.setMessageId(id);
    query.setSourceAddress(new Address());
    return query;
  }

  private static CancelSm cancel(String id) {
    CancelSm cancel = new CancelSm();
    cancel.setServiceType("");
    cancel.setMessageId(id);
    cancel.setSourceAddress(new Address());
    cancel.setDestAddress(new Address());
    return cancel;
  }
}
