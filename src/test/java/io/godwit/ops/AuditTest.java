package io.godwit.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.accounts.Amount;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.message.SmppOrigin;
import io.godwit.ops.Finding.Kind;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an audit of a real mongod finds when somebody has spoilt the books, one at a time. */
class AuditTest {
  private static final List<Leg> LEGS = List.of(new Leg("demo", null, 100, "EUR"));
  private static final long ENDOWMENT = 1_000;

  @TempDir
  Path home;
  private final TestNode node = TestNode.start(1);
  private final Context context = node.vertx.getOrCreateContext();
  private Slot slot;
  private Message waiting;
  private Message delivered;
  private long billed;

  /** One message of each kind, and an account that paid for both. */
  @BeforeEach
  void fill() {
    node.put("account", "demo", new JsonObject().put("currency", "EUR"));
    slot = Await.on(context, () -> Future.succeededFuture(node.node.queue(0).openSlot("test")));
    insert("topups", new Document("_id", "start").append("account", "demo").append("currency", "EUR").append("amount", ENDOWMENT));
    insert("balances", new Document("_id", "demo").append("seq", 0L).append("free", ENDOWMENT).append("open", new Document()).append("in", new Document()));
    waiting = wait("+491511111111");
    delivered = deliver("+491512222222", "c1");
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void cleanBooksHaveNoFindings() {
    Totals totals = assertFinds(audit -> audit);
    assertEquals("checked", totals.toJson().getString("money"));
    assertEquals("{DELIVERED=1, SUBMITTED=1}", totals.messages().toString());
    assertEquals("{route=1}", totals.waiting().toString());
  }

  // ---- places and numbers

  @Test
  void aMessageWhoseParcelIsGoneIsLost() {
    Await.on(context, () -> Mongo.first(context, collection("parcels").deleteMany(Filters.eq("q", Parcel.ROUTE))));
    assertFinds(audit -> audit, Kind.LOST);
  }

  @Test
  void aMessageInTwoParcelsIsFound() {
    Document parcel = all("parcels").get(0);
    insert("parcels", new Document(parcel).append("_id", parcel.getString("_id") + "x"));
    assertFinds(audit -> audit, Kind.IN_TWO_PLACES);
  }

  @Test
  void aMessageThatIsMarkedAsGoneIsNotInItsParcel() {
    update("parcels", Filters.eq("q", Parcel.ROUTE), Updates.set("m.0.d", true));
    assertFinds(audit -> audit, Kind.LOST);
  }

  @Test
  void anEventThatIsMissingIsFound() {
    Bson routed = Filters.eq("type", "ROUTED");
    for (String day : days()) update(day, Filters.elemMatch("e", routed), Updates.pull("e", routed));
    assertFinds(audit -> audit, Kind.GAP, Kind.MONEY_TWICE);
  }

  @Test
  void anEventThatStandsThereTwiceIsFound() {
    for (String day : days()) {
      for (Document page : all(day)) if (page.toString().contains("DELIVERED")) insert(day, new Document(page).append("_id", page.getString("_id") + "x").append("e", last(page)));
    }
    assertFinds(audit -> audit, Kind.REPEATED);
  }

  private static List<Document> last(Document page) {
    List<Document> events = page.getList("e", Document.class);
    return events.subList(events.size() - 1, events.size());
  }

  // ---- money

  @Test
  void moneyThatCameFromNowhereIsFound() {
    update("balances", Filters.eq("_id", "demo"), Updates.inc("free", 1L));
    assertFinds(audit -> audit, Kind.MONEY_OFF);
  }

  @Test
  void moneyThatIsGoneIsFound() {
    update("topups", Filters.eq("_id", "start"), Updates.inc("amount", 5L));
    assertFinds(audit -> audit, Kind.MONEY_OFF);
  }

  @Test
  void moneyOfAnotherCurrencyDoesNotMakeUpForIt() {
    update("topups", Filters.eq("_id", "start"), Updates.set("currency", "USD"));
    assertFinds(audit -> audit, Kind.MONEY_OFF, Kind.MONEY_OFF);
  }

  @Test
  void anAccountWhoseMoneyStandsStillIsJudgedThoughThatOfAnotherMoves() {
    for (String idle : List.of("idle", "honest")) {
      node.put("account", idle, new JsonObject().put("currency", "EUR"));
      insert("topups", new Document("_id", idle).append("account", idle).append("currency", "EUR").append("amount", ENDOWMENT));
      insert("balances", new Document("_id", idle).append("seq", 0L).append("free", ENDOWMENT).append("open", new Document()).append("in", new Document()));
    }
    update("balances", Filters.eq("_id", "idle"), Updates.inc("free", 1L));
    List<Finding> found = new ArrayList<>();
    Totals totals = new Totals();
    MoneyCheck check = new MoneyCheck(context, found::add, totals);
    Await.on(context, () -> check.open(node.sets.all()));
    update("balances", Filters.eq("_id", "demo"), Updates.inc("free", -1L));
    Await.on(context, check::close);
    assertEquals("moved", totals.toJson().getString("money"));
    assertEquals(Set.of("demo"), totals.unjudged());
    assertEquals(1, totals.toJson().getInteger("unjudged"));
    assertEquals(List.of("idle MONEY_OFF"), found.stream().map(finding -> finding.id() + " " + finding.kind()).toList());
  }

  @Test
  void moneyInAllotmentsAndOnItsWayCounts() {
    update("balances", Filters.eq("_id", "demo"), Updates.inc("free", -60L));
    insert("allotments", new Document("_id", "1/worker").append("inc", 1).append("open", true).append("seq", 1L).append("a", new Document("demo", 20L))
      .append("in", new Document()).append("home", new Document("demo", new Document("seq", 1L).append("amount", 40L))));
    assertFinds(audit -> audit);
  }

  @Test
  void anAccountThatSpentWhatItDoesNotHaveIsFound() {
    update("balances", Filters.eq("_id", "demo"), Updates.inc("free", -billed - ENDOWMENT));
    update("topups", Filters.eq("_id", "start"), Updates.inc("amount", -billed - ENDOWMENT));
    assertFinds(audit -> audit, Kind.OVERDRAWN);
  }

  /** He is stopped, and not accused of what he was allowed. */
  @Test
  void anAccountWhoseCreditLimitWasLoweredIsFoundOnlyBelowTheOldOne() {
    update("balances", Filters.eq("_id", "demo"), Updates.inc("free", -billed - ENDOWMENT));
    update("topups", Filters.eq("_id", "start"), Updates.inc("amount", -billed - ENDOWMENT));
    long below = -Await.first(collection("balances").find(Filters.eq("_id", "demo"))).getLong("free");
    Document postpaid = new Document("currency", "EUR").append("creditMode", "POSTPAID").append("creditLimit", Amount.text(below));
    insert("changes", new Document("_id", "1").append("account", "demo").append("kind", "account").append("id", "demo").append("before", postpaid).append("after", new Document("currency", "EUR")));
    assertFinds(audit -> audit);
    update("changes", Filters.eq("_id", "1"), Updates.set("before.creditLimit", Amount.text(below - 1)));
    assertFinds(audit -> audit, Kind.OVERDRAWN);
  }

  @Test
  void eachDamageToTheLedgerNamesItsAccounts() {
    node.put("account", "shop", new JsonObject().put("parent", "demo"));
    insert("transfers", new Document("_id", "t").append("from", "demo").append("to", "shop").append("currency", "EUR").append("amount", 70L));
    update("balances", Filters.eq("_id", "demo"), Updates.inc("free", -70L));
    insert("balances", new Document("_id", "shop").append("seq", 1L).append("free", 50L).append("in", new Document())
      .append("open", new Document("0:1/worker", new Document("seq", 1L).append("amount", 20L).append("set", 0).append("slot", "1/worker").append("at", new Date(0)))));
    assertEquals(List.of(), named());
    damage("balances", Updates.inc("free", 7L), "shop MONEY_OFF: 7 micro-EUR too much");
    damage("balances", Updates.unset("open.0:1/worker"), "shop MONEY_OFF: -20 micro-EUR too much");
    damage("transfers", Updates.set("to", "nobody"), "nobody MONEY_OFF: -70 micro-EUR too much", "shop MONEY_OFF: 70 micro-EUR too much");
    Await.on(context, () -> Mongo.first(context, collection("transfers").deleteMany(new Document())));
    assertEquals(List.of("demo MONEY_OFF: -70 micro-EUR too much", "shop MONEY_OFF: 70 micro-EUR too much"), named());
  }

  @Test
  void aLegInAnotherCurrencyIsFoundInBoth() {
    for (String day : days()) update(day, Filters.eq("e.type", "SENT"), Updates.set("e.2.legs.0.currency", "USD"));
    assertEquals(List.of("demo MONEY_OFF: -100 micro-EUR too much", "demo MONEY_OFF: 100 micro-USD too much"), named());
  }

  @Test
  void whatIsBilledTwiceIsFoundWithItsPayer() {
    Message m = message("+491514444444");
    long at = node.clock.get();
    commit(new Event.Accepted(m, at), new Event.Routed(m.id(), 2, at, "sim", "Godwit", Money.reserved(LEGS), null), new Event.Sent(m.id(), 3, at, "sim", List.of("c7"), false, Money.billed(LEGS)),
      new Event.Delivered(m.id(), 4, at, -1, Money.billed(LEGS)));
    update("balances", Filters.eq("_id", "demo"), Updates.inc("free", -200L));
    assertEquals(List.of(m.id() + " MONEY_TWICE: event 4 says BILLED of demo 100 micro-EUR", "demo MONEY_OFF: -100 micro-EUR too much"), named());
  }

  @Test
  void aLongMessageThatFailedOrExpiredAndWasPaidForSinceAPartOfItWasTakenIsClean() {
    Message failed = message("+491514444444");
    Message expired = message("+491515555555");
    long at = node.clock.get();
    for (Message m : List.of(failed, expired)) commit(new Event.Accepted(m, at), new Event.Routed(m.id(), 2, at, "sim", "Godwit", Money.reserved(LEGS), null));
    commit(new Event.Failed(failed.id(), 3, at, "sim", Failure.of("carrier-refused", "no"), Money.billed(LEGS)), new Event.Expired(expired.id(), 3, at, "too late", Money.billed(LEGS)));
    update("balances", Filters.eq("_id", "demo"), Updates.inc("free", -200L));
    assertEquals(List.of(), named());
  }

  /** Spoils the first document of the account {@code shop}, looks, and puts it back. */
  private void damage(String collection, Bson change, String... found) {
    Bson shop = Filters.or(Filters.eq("_id", "shop"), Filters.eq("to", "shop"));
    Document before = Await.on(context, () -> Mongo.first(context, collection(collection).find(shop)));
    update(collection, shop, change);
    assertEquals(List.of(found), named());
    Await.on(context, () -> Mongo.first(context, collection(collection).replaceOne(Filters.eq("_id", before.get("_id")), before)));
  }

  /** Whose each finding is, its kind, and what it says in short. */
  private List<String> named() {
    List<String> named = new ArrayList<>();
    Await.on(context, () -> new Audit(context, finding -> named.add(finding.id() + " " + finding.kind() + ": " + finding.detail().split(": ")[0])).run(node.sets.all()));
    return named;
  }

  // ---- what customers were told

  @Test
  void acceptedMessagesThatAreThereAndEndedAsExpectedAreClean() throws IOException {
    Path file = file(waiting.id() + " DELIVERED", delivered.id() + " EXPIRED|DELIVERED");
    Totals totals = assertFinds(audit -> audit.withAccepted(file));
    assertEquals(2, totals.toJson().getInteger("acceptedAndFound"));
    assertEquals(1, totals.toJson().getInteger("acceptedAndOpen"));
  }

  @Test
  void anAcceptedMessageThatNobodyKnowsIsFound() throws IOException {
    List<String> strangers = List.of(node.node.queue(0).newId(), node.node.queue(0).newId());
    Path file = file(waiting.id(), strangers.get(0), strangers.get(1) + " DELIVERED");
    assertFinds(audit -> audit.withAccepted(file), Kind.NEVER_HEARD_OF, Kind.NEVER_HEARD_OF);
  }

  @Test
  void aMessageThatEndedOtherwiseIsFound() throws IOException {
    Path file = file(delivered.id() + " EXPIRED");
    assertFinds(audit -> audit.withAccepted(file), Kind.ANOTHER_END);
  }

  @Test
  void anIdThatWasGivenTwiceIsFound() throws IOException {
    Path file = file(delivered.id(), delivered.id());
    assertFinds(audit -> audit.withAccepted(file), Kind.ID_TWICE);
  }

  @Test
  void aFileThatIsNotSortedIsRefused() throws IOException {
    Path file = file(delivered.id(), waiting.id());
    assertThrows(IllegalArgumentException.class, () -> run(audit -> audit.withAccepted(file), new Totals[1]));
  }

  // ---- what customers were told over SMPP

  @Test
  void aReceiptThatWasAskedForAndToldTwiceIsClean() throws IOException {
    Message m = deliverAsking(1);
    Path file = file(m.id() + " DELIVERED", m.id() + " SENT|DELIVERED");
    Totals totals = assertFinds(audit -> audit.withReceipts(file));
    assertEquals(1, totals.toJson().getInteger("receiptsTold"));
  }

  @Test
  void aReceiptThatIsDueAndNobodyHadIsFound() throws IOException {
    deliverAsking(1);
    deliverAsking(2);
    Path file = file();
    assertFinds(audit -> audit.withReceipts(file), Kind.RECEIPT_MISSING);
  }

  @Test
  void aReceiptOfAnotherEndIsFoundEvenBesideTheRightOne() throws IOException {
    Message m = deliverAsking(1);
    Path file = file(m.id() + " DELIVERED", m.id() + " EXPIRED|TELCO_ERROR");
    assertFinds(audit -> audit.withReceipts(file), Kind.RECEIPT_WRONG);
  }

  @Test
  void aReceiptThatNobodyAskedForIsFoundAndSoIsOneOfAMessageThatHasNotEnded() throws IOException {
    Path file = file(waiting.id() + " DELIVERED", delivered.id() + " DELIVERED");
    assertFinds(audit -> audit.withReceipts(file), Kind.RECEIPT_WRONG, Kind.RECEIPT_WRONG);
  }

  @Test
  void aReceiptOfAMessageThatWasNeverAcceptedIsFound() throws IOException {
    Path file = file(node.node.queue(0).newId() + " DELIVERED");
    assertFinds(audit -> audit.withReceipts(file), Kind.RECEIPT_WRONG);
  }

  // ---- what carriers say

  @Test
  void carriersIdsThatAreThoseOfTheSentEventsAreClean() throws IOException {
    Path file = file("c1 491512222222");
    assertFinds(audit -> audit.withCarrierIds(file, 0));
  }

  @Test
  void aCarriersIdThatNoCarrierGaveOutIsFound() throws IOException {
    Path file = file();
    assertFinds(audit -> audit.withCarrierIds(file, 0), Kind.CARRIER_ID_INVENTED);
  }

  @Test
  void whatWasSentBeforeTheCarriersListBeginsIsNotCompared() throws IOException {
    Path file = file();
    assertFinds(audit -> audit.withCarrierIds(file, node.clock.get() + 31));
    assertFinds(audit -> audit.withCarrierIds(file, node.clock.get() + 30), Kind.CARRIER_ID_INVENTED);
  }

  @Test
  void aCarriersIdInTwoMessagesIsFound() throws IOException {
    deliver("+491513333333", "c1");
    Path file = file("c1 491512222222");
    assertFinds(audit -> audit.withCarrierIds(file, 0), Kind.CARRIER_ID_TWICE);
  }

  @Test
  void whatACarrierTookWithoutASentEventIsFound() throws IOException {
    Path file = file("c9 491519999999", "c1 491512222222");
    assertFinds(audit -> audit.withCarrierIds(file, 0), Kind.SENT_SILENTLY);
  }

  @Test
  void aCopyThatAResendExplainsIsClean() throws IOException {
    Message m = message("+491514444444");
    commit(new Event.Accepted(m, 1), new Event.Retried(m.id(), 2, 2, "sim", Failure.of("outcome-unknown", "lost"), true, 3), new Event.Sent(m.id(), 3, 4, "sim", List.of("c3"), true, null));
    Path file = file("c1 491512222222", "c2 491514444444", "c3 491514444444");
    Totals totals = assertFinds(audit -> audit.withCarrierIds(file, 0));
    assertEquals(1, totals.toJson().getInteger("carrierIdsExplained"));
  }

  @Test
  void aSecondCopyThatOneResendDoesNotExplainIsFound() throws IOException {
    Message m = message("+491514444444");
    commit(new Event.Accepted(m, 1), new Event.Retried(m.id(), 2, 2, "sim", Failure.of("outcome-unknown", "lost"), true, 3), new Event.Sent(m.id(), 3, 4, "sim", List.of("c3"), true, null));
    Path file = file("c1 491512222222", "c2 491514444444", "c3 491514444444", "c4 491514444444");
    assertFinds(audit -> audit.withCarrierIds(file, 0), Kind.SENT_SILENTLY);
  }

  @Test
  void aCopyOfAMessageThatWasSentAndHadNoReceiptIsFound() throws IOException {
    Message m = message("+491514444444");
    commit(new Event.Accepted(m, 1), new Event.Sent(m.id(), 2, 2, "sim", List.of("c2"), false, null), new Event.Unknown(m.id(), 3, 3, "no receipt came in its time", null));
    Path file = file("c1 491512222222", "c2 491514444444", "c3 491514444444");
    assertFinds(audit -> audit.withCarrierIds(file, 0), Kind.SENT_SILENTLY);
  }

  @Test
  void aCopyOfAMessageWhoseAnswerWasLostIsClean() throws IOException {
    Message m = message("+491514444444");
    commit(new Event.Accepted(m, 1), new Event.Unknown(m.id(), 2, 2, "the carrier's answer was lost", null));
    Path file = file("c1 491512222222", "c2 491514444444");
    assertFinds(audit -> audit.withCarrierIds(file, 0));
  }

  @Test
  void timingsSayHowLongMessagesTook() throws IOException {
    Path file = home.resolve("timings");
    assertFinds(audit -> audit.withTimings(file));
    JsonObject minute = new JsonObject(Files.readAllLines(file).get(0));
    assertEquals(2, minute.getInteger("accepted"));
    assertEquals(30, minute.getJsonObject("sent").getInteger("p50"));
    assertEquals(70, minute.getJsonObject("final").getInteger("p99"));
  }

  // ---- the stores

  private Message message(String to) {
    return node.message("demo", to);
  }

  private Message wait(String to) {
    Message m = message(to);
    Step step = new Step().event(new Event.Accepted(m, node.clock.get()));
    step.put(Parcel.of(node.node.queue(0).newId(), Parcel.ROUTE, Lane.BULK, 0, m.validUntil(), List.of(m)));
    Await.on(context, () -> slot.commit(step));
    return m;
  }

  /** A message that came over SMPP with that registered_delivery. */
  private Message deliverAsking(int registered) {
    SmppOrigin.Party party = new SmppOrigin.Party(1, 1, "491515555555");
    SmppOrigin smpp = new SmppOrigin(registered, party, party, null, false);
    return deliver(message("+491515555555").withOrigin(Origin.NONE.withSmpp(smpp)), "c5");
  }

  private Message deliver(String to, String carrierId) {
    return deliver(message(to), carrierId);
  }

  private Message deliver(Message m, String carrierId) {
    long at = node.clock.get();
    commit(new Event.Accepted(m, at), new Event.Routed(m.id(), 2, at, "sim", "Godwit", Money.reserved(LEGS), null),
      new Event.Sent(m.id(), 3, at + 30, "sim", List.of(carrierId), false, Money.billed(LEGS)), new Event.Delivered(m.id(), 4, at + 70, -1, null));
    update("balances", Filters.eq("_id", "demo"), Updates.inc("free", -100L));
    billed += 100;
    return m;
  }

  private void commit(Event... events) {
    Step step = new Step();
    for (Event event : events) step.event(event);
    Await.on(context, () -> slot.commit(step));
  }

  private List<String> days() {
    return Await.on(context, () -> Mongo.all(context, node.sets.control().db().listCollectionNames())).stream().filter(name -> name.startsWith("events_")).toList();
  }

  private MongoCollection<Document> collection(String name) {
    return node.sets.control().db().getCollection(name);
  }

  private void insert(String collection, Document document) {
    Await.on(context, () -> Mongo.first(context, collection(collection).insertOne(document)));
  }

  private void update(String collection, Bson which, Bson change) {
    Await.on(context, () -> Mongo.first(context, collection(collection).updateOne(which, change)));
  }

  private List<Document> all(String collection) {
    return Await.on(context, () -> Mongo.all(context, collection(collection).find()));
  }

  private Path file(String... lines) throws IOException {
    return Files.write(home.resolve("lines"), List.of(lines));
  }

  private Totals assertFinds(UnaryOperator<Audit> asked, Kind... kinds) {
    Totals[] totals = new Totals[1];
    assertEquals(List.of(kinds), run(asked, totals));
    return totals[0];
  }

  private List<Kind> run(UnaryOperator<Audit> asked, Totals[] totals) {
    List<Finding> findings = new ArrayList<>();
    totals[0] = Await.on(context, () -> asked.apply(new Audit(context, findings::add)).run(node.sets.all()));
    return findings.stream().map(Finding::kind).toList();
  }
}
