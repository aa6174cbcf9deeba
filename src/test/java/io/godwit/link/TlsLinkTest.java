package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Message;
import io.godwit.message.Status;
import io.godwit.testing.Await;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link to a carrier that speaks TLS, with certificates that the JDK's keytool makes. */
class TlsLinkTest {
  private static final char[] PASSWORD = "password".toCharArray();
  @TempDir
  private static Path dir;

  private final LinkStand stand = new LinkStand();

  @BeforeAll
  static void makeKeys() throws Exception {
    makeKeys("localhost");
    makeKeys("smsc.example");
    makeKeys("godwit");
  }

  /** NAME.p12 with a self-signed certificate for that host, and the same as NAME.pem and NAME.key. */
  private static void makeKeys(String name) throws Exception {
    Process keytool = new ProcessBuilder(System.getProperty("java.home") + "/bin/keytool", "-genkeypair", "-alias", "key", "-keyalg", "EC", "-dname", "CN=" + name,
      "-ext", "san=dns:" + name, "-storetype", "PKCS12", "-storepass", "password", "-keystore", file(name + ".p12")).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes());
    assertEquals(0, keytool.waitFor(), said);
    KeyStore store = KeyStore.getInstance(Path.of(file(name + ".p12")).toFile(), PASSWORD);
    pem(name + ".pem", "CERTIFICATE", store.getCertificate("key").getEncoded());
    pem(name + ".key", "PRIVATE KEY", store.getKey("key", PASSWORD).getEncoded());
  }

  private static void pem(String file, String what, byte[] octets) throws Exception {
    String text = Base64.getMimeEncoder(64, "\n".getBytes()).encodeToString(octets);
    Files.writeString(Path.of(file(file)), "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }

  private static String file(String name) {
    return dir.resolve(name).toString();
  }

  @AfterEach
  void close() {
    stand.close();
  }

  private RecordingCarrier carrier(String name, NetServerOptions net) {
    return RecordingCarrier.listen(stand.test, net.setSsl(true).setKeyCertOptions(new PfxOptions().setPath(file(name + ".p12")).setPassword("password")));
  }

  private void start(RecordingCarrier carrier, JsonObject tls) {
    stand.configure("sim", carrier.port(), new JsonObject().put("host", "localhost").put("receipts", false).put("tls", tls));
    stand.start();
  }

  private void assertSent() {
    Message message = stand.routed("sim", "secret");
    stand.send(List.of(message));
    assertEquals(Status.SENT, stand.untilFinal(message));
  }

  private void assertRefused(RecordingCarrier carrier) {
    Await.until("the link says that it cannot bind", () -> stand.test.node.readiness().troubles().getOrDefault("link", "").contains("cannot bind"));
    assertTrue(carrier.sessions.isEmpty());
  }

  @Test
  void aLinkTrustsTheCertificateThatItWasGiven() {
    start(carrier("localhost", new NetServerOptions()), new JsonObject().put("trust", file("localhost.pem")));
    assertSent();
  }

  @Test
  void aLinkReadsATrustStore() {
    start(carrier("localhost", new NetServerOptions()), new JsonObject().put("trust", file("localhost.p12")).put("password", "password"));
    assertSent();
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefused() {
    RecordingCarrier carrier = carrier("localhost", new NetServerOptions());
    start(carrier, new JsonObject());
    assertRefused(carrier);
  }

  @Test
  void aCertificateForAnotherHostIsRefused() {
    RecordingCarrier carrier = carrier("smsc.example", new NetServerOptions());
    start(carrier, new JsonObject().put("trust", file("smsc.example.pem")));
    assertRefused(carrier);
  }

  @Test
  void aCertificateForAnotherHostIsTakenWhereTheOperatorSaysSo() {
    start(carrier("smsc.example", new NetServerOptions()), new JsonObject().put("trust", file("smsc.example.pem")).put("verifyHost", false));
    assertSent();
  }

  @Test
  void aCarrierThatAsksForACertificateGetsOurs() {
    NetServerOptions asking = new NetServerOptions().setClientAuth(ClientAuth.REQUIRED).setTrustOptions(new PemTrustOptions().addCertPath(file("godwit.pem")));
    start(carrier("localhost", asking), new JsonObject().put("trust", file("localhost.pem")).put("cert", file("godwit.pem")).put("key", file("godwit.key")));
    assertSent();
  }

  @Test
  void aStoreThatIsMissingIsSaidAndTheLinkKeepsTrying() {
    RecordingCarrier carrier = carrier("localhost", new NetServerOptions());
    start(carrier, new JsonObject().put("trust", file("missing.pem")));
    assertRefused(carrier);
    assertTrue(stand.test.node.readiness().troubles().get("link").contains("missing.pem"), stand.test.node.readiness().troubles().get("link"));
  }
}
