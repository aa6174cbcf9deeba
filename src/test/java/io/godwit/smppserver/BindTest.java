package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.godwit.accounts.SmppLogin;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CloseReason;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.JksOptions;
import io.vertx.core.net.NetClientOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may bind to the SMPP server, on a real MongoDB. */
class BindTest {
  private SmppDoor door = new SmppDoor();

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void transmittersReceiversAndTransceiversAreBound() {
    for (BindType type : BindType.values()) assertEquals("demo", door.client(type).session().systemId());
    assertEquals(SmppConstants.STATUS_INVBNDSTS, door.client(BindType.RX).status(Client.sms("a receiver submits nothing")));
  }

  @Test
  void aWrongPasswordAndAnUnknownSystemIdAreToldApart() {
    assertEquals(SmppConstants.STATUS_INVPASWD, door.bindStatus("demo", "guess"));
    assertEquals(SmppConstants.STATUS_INVSYSID, door.bindStatus("nobody", "guess"));
    assertEquals(SmppConstants.STATUS_OK, door.bindStatus("demo", SmppDoor.PASSWORD));
  }

  @Test
  void whoGuessesIsSlowedAndARememberedPasswordIsNot() {
    Credentials credentials = new Credentials(door.node.vertx, 200, System::nanoTime);
    SmppLogin login = SmppLogin.all(Map.of("demo", door.node.directory.entry("smpp", "demo"))).get("demo");
    assertEquals(Credentials.Answer.RIGHT, look(credentials, login, SmppDoor.PASSWORD, "192.0.2.1"));
    long began = System.nanoTime();
    for (int i = 0; i < 3; i++) assertEquals(Credentials.Answer.WRONG, look(credentials, login, "guess" + i, "192.0.2.1"));
    long guessing = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    assertTrue(guessing >= 200 + 2 * 200 + 200 + 400, () -> "three guesses took " + guessing + " ms");
    List<Future<Credentials.Answer>> atOnce = Await.on(door.context, () -> Future.succeededFuture(
      Stream.of("guess3", "guess4", SmppDoor.PASSWORD).map(password -> credentials.look(login, password, "192.0.2.1")).toList()));
    assertEquals(Credentials.Answer.BUSY, Await.await(atOnce.get(1)), "one look at a time");
    assertEquals(Credentials.Answer.RIGHT, Await.await(atOnce.get(2)), "without a look");
    assertEquals(Credentials.Answer.WRONG, Await.await(atOnce.get(0)));
  }

  /** As after an outage: more sessions than looks may wait. */
  @Test
  void sessionsThatComeWithTheSamePasswordAtOnceWaitForOneHash() {
    Credentials credentials = new Credentials(door.node.vertx, 200, System::nanoTime);
    Map<String, SmppLogin> logins = SmppLogin.all(Map.of("demo", door.node.directory.entry("smpp", "demo"), "demo2", door.node.directory.entry("smpp", "demo2")));
    List<Future<Credentials.Answer>> looks = Await.on(door.context, () -> Future.succeededFuture(IntStream.range(0, 500)
      .mapToObj(i -> credentials.look(logins.get(i % 2 == 0 ? "demo" : "demo2"), SmppDoor.PASSWORD, "192.0.2.1")).toList()));
    Await.await(Future.all(looks));
    for (Future<Credentials.Answer> look : looks) assertEquals(Credentials.Answer.RIGHT, look.result());
  }

  /** As after an outage of an aggregator, who binds all of his customers from one host. */
  @Test
  void differentPasswordsFromOneHostWaitForTheirTurnsAndNoneIsRefused() {
    Credentials credentials = new Credentials(door.node.vertx, 200, System::nanoTime);
    JsonObject stored = door.node.directory.entry("smpp", "demo");
    Map<String, SmppLogin> logins = SmppLogin.all(IntStream.range(0, 20).boxed().collect(Collectors.toMap(i -> "bind" + i, i -> stored)));
    List<Future<Credentials.Answer>> looks = Await.on(door.context, () -> Future.succeededFuture(IntStream.range(0, 500)
      .mapToObj(i -> credentials.look(logins.get("bind" + i % 20), SmppDoor.PASSWORD, "192.0.2.1")).toList()));
    Await.await(Future.all(looks));
    for (Future<Credentials.Answer> look : looks) assertEquals(Credentials.Answer.RIGHT, look.result());
  }

  @Test
  void whoGuessesALotAtOnceFromOneHostLeavesLooksToOthers() {
    Credentials credentials = new Credentials(door.node.vertx, 200, System::nanoTime);
    SmppLogin login = SmppLogin.all(Map.of("demo", door.node.directory.entry("smpp", "demo"))).get("demo");
    assertEquals(Credentials.Answer.RIGHT, Await.on(door.context, () -> {
      for (int i = 0; i < 100; i++) credentials.look(login, "guess" + i, "192.0.2.1");
      return credentials.look(login, SmppDoor.PASSWORD, "192.0.2.2");
    }));
  }

  @Test
  void whoGuessesFromManyAddressesOfHisNetworkIsSlowedAsFromOne() {
    Credentials credentials = new Credentials(door.node.vertx, 200, System::nanoTime);
    SmppLogin login = SmppLogin.all(Map.of("demo", door.node.directory.entry("smpp", "demo"))).get("demo");
    assertEquals(Credentials.Answer.WRONG, look(credentials, login, "guess0", "2001:db8:0:1:0:0:0:1"));
    List<Future<Credentials.Answer>> atOnce = Await.on(door.context, () -> Future.succeededFuture(
      Stream.of("2001:db8:0:1:0:0:0:2", "2001:db8:0:1:ffff:0:0:3", "2001:db8:0:2:0:0:0:1").map(host -> credentials.look(login, "guess of " + host, host)).toList()));
    assertEquals(List.of(Credentials.Answer.WRONG, Credentials.Answer.BUSY, Credentials.Answer.WRONG), atOnce.stream().map(Await::await).toList());
  }

  private Credentials.Answer look(Credentials credentials, SmppLogin login, String password, String host) {
    return Await.on(door.context, () -> credentials.look(login, password, host));
  }

  @Test
  void onlyAllowedAddressesMayCome() {
    door.login("demo", "demo", new JsonObject().put("addresses", new JsonArray().add("192.0.2.0/24")));
    assertEquals(SmppConstants.STATUS_BINDFAIL, door.bindStatus("demo", SmppDoor.PASSWORD));
    door.login("demo", "demo", new JsonObject().put("addresses", new JsonArray().add("192.0.2.0/24").add("127.0.0.0/8").add("::1")));
    assertEquals(SmppConstants.STATUS_OK, door.bindStatus("demo", SmppDoor.PASSWORD));
  }

  @Test
  void whoIsNoLongerAtAnAllowedAddressIsUnbound() {
    Client client = door.client(BindType.TRX);
    Client other = door.client("demo2", BindType.TRX);
    door.login("demo", "demo", new JsonObject().put("addresses", new JsonArray().add("192.0.2.0/24")));
    assertEquals(CloseReason.UNBOUND_BY_PEER, client.closed());
    assertEquals(SmppConstants.STATUS_OK, other.status(Client.sms("by a login that has all addresses")));
  }

  @Test
  void anAccountsBindsAreCountedOverAllNodesAndLogins() {
    door.terms("binds", 2);
    try (SmppDoor second = door.another()) {
      Client first = door.client(BindType.TRX);
      second.client("demo2", BindType.TX);
      assertEquals(SmppConstants.STATUS_ALYBND, door.bindStatus("demo", SmppDoor.PASSWORD));
      assertEquals(SmppConstants.STATUS_ALYBND, second.bindStatus("demo", SmppDoor.PASSWORD));
      first.unbind();
      Await.until("a bind is free", () -> second.bindStatus("demo", SmppDoor.PASSWORD) == SmppConstants.STATUS_OK);
    }
  }

  @Test
  void anAccountThatHasNoBindHereYetHasAPartOfItsRateAndNoMore() {
    Binds binds = new Binds(door.context, door.node.sets.control(), "test");
    Throttle throttle = new Throttle(5, 0);
    throttle.become(5 * binds.share("demo"), 0);
    assertEquals(5, IntStream.range(0, 100).filter(i -> throttle.take(1, 0)).count());
  }

  private Binds binds(String instance) {
    return new Binds(door.context, door.node.sets.control(), instance);
  }

  private void take(Binds binds, boolean transmits) {
    assertTrue(Await.on(door.context, () -> binds.take("demo", 100, transmits)));
  }

  private double share(Binds binds) {
    return Await.on(door.context, () -> binds.refresh().map(v -> binds.share("demo")));
  }

  @Test
  void theRateIsSharedOutByBindsThatMaySubmit() {
    Binds here = binds("here");
    Binds there = binds("there");
    take(here, true);
    take(there, false);
    assertEquals(1, share(here), "a receiver takes no part of it");
    take(there, true);
    Await.until("both have a half", () -> share(here) == 0.5);
    Await.on(door.context, () -> {
      there.release("demo", true);
      return there.refresh();
    });
    Await.until("it is all here again", () -> share(here) == 1);
    assertEquals(2, bound());
  }

  /** Not two seconds later, when it compares what is held. */
  @Test
  void whoBindsAtASecondDoorHasHisPartOfTheRateAtOnce() {
    Binds here = binds("here");
    Binds there = binds("there");
    take(here, true);
    take(there, true);
    double share = Await.on(door.context, () -> Future.succeededFuture(there.share("demo")));
    assertEquals(0.5, share);
  }

  @Test
  void aSecondDoorBeginsWithItsPartOfTheRate() {
    door.terms("rate", 2);
    for (int i = 0; i < 7; i++) door.client(BindType.TX);
    try (SmppDoor second = door.another()) {
      Client client = second.client("demo2", BindType.TX);
      List<Integer> statuses = client.askingTogether(2, i -> Client.sms("Hello")).stream().map(answer -> Await.await(answer).getCommandStatus()).toList();
      assertEquals(List.of(SmppConstants.STATUS_OK, SmppConstants.STATUS_THROTTLED), statuses, "a quarter of a segment a second");
    }
  }

  @Test
  void sendersAndReceiversAreToldApartInTheStore() {
    door.client(BindType.RX);
    door.client(BindType.TX);
    door.client(BindType.TRX);
    Await.until("all three are counted", () -> bound() == 3);
    Document mine = (Document) stored().get("by", Document.class).values().iterator().next();
    assertEquals(List.of(3, 2), List.of(mine.getInteger("n"), mine.getInteger("t")));
  }

  /** As the store knows; it hears of some later, where it was slow to answer. */
  private int bound() {
    return door.find(Binds.COLLECTION).stream().mapToInt(count -> count.getInteger("n")).sum();
  }

  private Document stored() {
    return door.find(Binds.COLLECTION).get(0);
  }

  /** It holds the only bind that there is, and would be refused it if it were counted before it is stored. */
  @Test
  void aBindThatIsBeingTakenIsNotCountedTwice() {
    try (Gate gate = new Gate(); TestNode node = door.node.another(gate)) {
      Context context = node.vertx.getOrCreateContext();
      Binds binds = new Binds(context, node.sets.control(), "test");
      Gate.Stop claim = gate.before("findAndModify", Binds.COLLECTION);
      Future<Boolean> taken = Await.start(context, () -> binds.take("demo", 1, true));
      claim.reached();
      Await.on(context, binds::refresh);
      claim.pass();
      assertTrue(Await.await(taken));
      Await.until("it is counted", () -> {
        Await.on(context, binds::refresh);
        return bound() > 0;
      });
      assertEquals(1, bound());
    }
  }

  /** Always one at a time, and each comes while the store hears of the one before. */
  @Test
  void whoLeavesAndComesAgainAtOnceIsNeverRefused() {
    Binds binds = binds("test");
    for (int i = 0; i < 20; i++) {
      boolean taken = Await.on(door.context, () -> {
        if (binds.here("demo") > 0) binds.release("demo", true);
        return binds.take("demo", 3, true);
      });
      assertTrue(taken);
    }
  }

  @Test
  void thoseWhoLeaveTogetherAreTakenOffTogether() {
    Binds binds = binds("test");
    for (int i = 0; i < 20; i++) take(binds, true);
    MongoDatabase db = door.node.sets.control().db();
    Await.first(db.runCommand(new Document("profile", 2)));
    Await.on(door.context, () -> {
      for (int i = 0; i < 20; i++) binds.release("demo", true);
      return binds.refresh();
    });
    Await.first(db.runCommand(new Document("profile", 0)));
    long reads = Await.first(db.getCollection("system.profile").countDocuments(Filters.and(Filters.eq("op", "query"), Filters.eq("ns", db.getName() + "." + Binds.COLLECTION))));
    assertTrue(reads <= 10, () -> reads + " reads");
    Await.until("none is counted", () -> {
      Await.on(door.context, binds::refresh);
      return stored().getInteger("n") == 0;
    });
    assertEquals(new Document(), stored().get("by"));
  }

  @Test
  void theBindsOfADeadProcessAreFreeAgain() {
    door.terms("binds", 1);
    Document left = new Document("_id", "demo").append("n", 1).append("by", new Document("99-1", new Document("inc", 99).append("n", 1)));
    Await.first(door.node.sets.control().db().getCollection(Binds.COLLECTION).insertOne(left));
    assertEquals(SmppConstants.STATUS_OK, door.bindStatus("demo", SmppDoor.PASSWORD));
    Await.until("the living one is counted", () -> bound() == 1 && !stored().get("by", Document.class).containsKey("99-1"));
    assertEquals(1, stored().get("by", Document.class).size());
  }

  @Test
  void aBlockedAccountIsUnboundAndNotBoundAgain() {
    Client client = door.client(BindType.TRX);
    Client stranger = door.client("other", BindType.TRX);
    door.node.put("account", "demo", new JsonObject().put("status", "BLOCKED"));
    assertEquals(CloseReason.UNBOUND_BY_PEER, client.closed());
    assertEquals(SmppConstants.STATUS_BINDFAIL, door.bindStatus("demo", SmppDoor.PASSWORD));
    assertEquals(SmppConstants.STATUS_OK, stranger.status(Client.sms("others are not")));
  }

  @Test
  void whoeverIsBelowABlockedAccountIsUnbound() {
    door.node.put("account", "reseller", new JsonObject());
    door.node.put("account", "demo", new JsonObject().put("parent", "reseller"));
    Client client = door.client(BindType.TRX);
    door.node.put("account", "reseller", new JsonObject().put("status", "BLOCKED"));
    assertEquals(CloseReason.UNBOUND_BY_PEER, client.closed());
    assertEquals(SmppConstants.STATUS_BINDFAIL, door.bindStatus("demo", SmppDoor.PASSWORD));
  }

  @Test
  void aChangedPasswordEndsTheSessionsOfTheOldOne() {
    Client client = door.client(BindType.TRX);
    door.node.put("smpp", "demo", new JsonObject().put("account", "demo").put("password", io.godwit.accounts.PasswordHash.of("another")));
    assertEquals(CloseReason.UNBOUND_BY_PEER, client.closed());
    assertEquals(SmppConstants.STATUS_INVPASWD, door.bindStatus("demo", SmppDoor.PASSWORD));
  }

  @Test
  void whoUnbindsIsNotCountedAnyMore() {
    Client client = door.client(BindType.TRX);
    Await.until("it is counted", () -> bound() == 1);
    client.unbind();
    Await.until("the count is taken back", () -> bound() == 0);
  }

  @Test
  void aSessionRunsOverTls(@TempDir Path dir) throws Exception {
    door.close();
    Path keys = keyStore(dir);
    door = new SmppDoor(new JsonObject().put("tls", new JsonObject().put("port", 0).put("jks", keys.toString()).put("password", "password")));
    JksOptions trust = new JksOptions().setPath(keys.toString()).setPassword("password");
    try (Client client = new Client(door.node.vertx, door.port("smpps"), new NetClientOptions().setSsl(true).setTrustOptions(trust))) {
      assertEquals(SmppConstants.STATUS_OK, client.bind("demo", SmppDoor.PASSWORD, BindType.TRX).status(Client.sms("in secret")));
    }
  }

  private static Path keyStore(Path dir) throws Exception {
    Path file = dir.resolve("keys.jks");
    Process keytool = new ProcessBuilder(System.getProperty("java.home") + "/bin/keytool", "-genkeypair", "-alias", "smsc",
      "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-storepass", "password", "-keypass", "password",
      "-keystore", file.toString()).redirectErrorStream(true).start();
    keytool.getInputStream().readAllBytes();
    assertEquals(0, keytool.waitFor());
    return file;
  }

  @Test
  void aStopUnbindsEverybodyAfterOpenSubmitsWereAnswered() {
    Client client = door.client(BindType.TRX);
    Future<?> open = client.asking(Client.sms("just before"));
    Future<Void> stopped = door.stop();
    assertTrue(Await.await(open) != null);
    assertEquals(CloseReason.UNBOUND_BY_PEER, client.closed());
    Await.await(stopped);
    Await.until("nobody is counted any more", () -> bound() == 0);
  }
}
