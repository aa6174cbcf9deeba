package io.godwit.smppserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudhopper.smpp.SmppConstants;
import com.mongodb.client.model.Filters;
import io.godwit.accounts.SmppLogin;
import io.godwit.smpp.BindType;
import io.godwit.smpp.CloseReason;
import io.godwit.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.JksOptions;
import io.vertx.core.net.NetClientOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
    Future<Credentials.Answer> waiting = Await.start(door.context, () -> credentials.look(login, "guess3", "192.0.2.1"));
    assertEquals(Credentials.Answer.BUSY, look(credentials, login, "guess4", "192.0.2.1"), "one look at a time");
    assertEquals(Credentials.Answer.RIGHT, look(credentials, login, SmppDoor.PASSWORD, "192.0.2.1"), "without a look");
    assertEquals(Credentials.Answer.WRONG, Await.await(waiting));
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

  @Test
  void theBindsOfADeadProcessAreFreeAgain() {
    door.terms("binds", 1);
    Document left = new Document("_id", "demo").append("n", 1).append("by", new Document("99-1", new Document("inc", 99).append("n", 1)));
    Await.first(door.node.sets.control().db().getCollection(Binds.COLLECTION).insertOne(left));
    assertEquals(SmppConstants.STATUS_OK, door.bindStatus("demo", SmppDoor.PASSWORD));
    Document now = Await.first(door.node.sets.control().db().getCollection(Binds.COLLECTION).find(Filters.eq("_id", "demo")));
    assertEquals(1, now.getInteger("n"));
    assertEquals(1, now.get("by", Document.class).size());
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
    assertEquals(1, door.find(Binds.COLLECTION).get(0).getInteger("n"));
    client.unbind();
    Await.until("the count is taken back", () -> door.find(Binds.COLLECTION).get(0).getInteger("n") == 0);
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
    assertEquals(0, door.find(Binds.COLLECTION).get(0).getInteger("n"));
  }
}
