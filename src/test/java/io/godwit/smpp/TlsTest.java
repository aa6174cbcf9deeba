package io.godwit.smpp;

import static io.godwit.smpp.Sessions.await;
import static io.godwit.smpp.Sessions.submit;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.smpp.Sessions.Answering;
import io.godwit.smpp.Sessions.Recorder;
import io.vertx.core.Vertx;
import io.vertx.core.net.JksOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class TlsTest {
  @Test
  void aSessionRunsOverTls(Vertx vertx, @TempDir Path dir) throws Exception {
    JksOptions keys = new JksOptions().setPath(keyStore(dir).toString()).setPassword("password");
    NetServerOptions net = new NetServerOptions().setHost("127.0.0.1").setPort(0).setSsl(true).setKeyCertOptions(keys);
    SmppServer smsc = await(SmppServer.listen(vertx, net, SessionOptions.DEFAULTS, session -> new Answering()));
    SmppClient client = new SmppClient(vertx, new NetClientOptions().setSsl(true).setTrustOptions(keys));
    SmppSession session = await(client.bind(BindOptions.of("localhost", smsc.port(), "esme", "secret", BindType.TRX), new Recorder()));
    for (int i = 0; i < 100; i++) {
      assertEquals(0, await(session.request(submit("secret " + i))).getCommandStatus());
    }
    await(session.unbind());
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
}
