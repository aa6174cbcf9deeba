package io.godwit.simulator;

import static io.godwit.simulator.Esme.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.simulator.Counters.Count;
import io.godwit.smpp.Receipt;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the simulator answers a submit_sm, if it does, and what waits for that. */
@ExtendWith(VertxExtension.class)
class AnswersTest {
  private static final JsonObject AT_ONCE = new JsonObject().put("receiptDelayMin", 0).put("receiptDelayMax", 0);
  private static final int BIND = 9;
  private static final int SUBMIT = 4;
  private static final int UNBIND = 6;
  private static final int ENQUIRE = 0x15;
  private static final int RESPONSE = 0x80000000;

  /** The enquire_link behind it is answered at once: an unbind that waits for something is answered after it. */
  @Test
  void anUnbindDoesNotWaitForWhatIsNeverAnswered(Vertx vertx) throws Exception {
    Raw esme = new Raw(vertx, smsc(vertx, new JsonObject()));
    esme.bindAndSubmit("447709990007");
    esme.unbindAndEnquire();
    assertEquals(RESPONSE + UNBIND, esme.next());
    assertEquals(RESPONSE + ENQUIRE, esme.next());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"paused\": true}", "{\"answerDelayMin\": 86400000, \"answerDelayMax\": 86400000}"})
  void anUnbindDoesNotWaitForWhatAResetHasForgotten(String profile, Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, new JsonObject(profile));
    Raw esme = new Raw(vertx, smsc);
    esme.bindAndSubmit("447700900123");
    await(smsc.counters().await(Count.SUBMITS, 1));
    await(smsc.reset());
    esme.unbindAndEnquire();
    assertEquals(RESPONSE + UNBIND, esme.next());
    assertEquals(RESPONSE + ENQUIRE, esme.next());
  }

  @Test
  void aReceiptWithoutDelayComesAfterALateAnswer(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE.copy().put("answerDelayMin", 200).put("answerDelayMax", 200));
    Esme esme = Esme.bind(vertx, smsc);
    assertEquals(0, await(deliveredBeforeTheAnswer(esme)));
    assertTrue(Receipt.isReceipt(esme.next()));
  }

  @Test
  void whatWasHeldBackGoesOutAnswersFirst(Vertx vertx) throws Exception {
    Simulator smsc = smsc(vertx, AT_ONCE.copy().put("paused", true));
    Esme esme = Esme.bind(vertx, smsc);
    Future<Integer> delivered = deliveredBeforeTheAnswer(esme);
    await(smsc.counters().await(Count.SUBMITS, 1));
    await(smsc.profile(Profile.from(AT_ONCE)));
    assertEquals(0, await(delivered));
    assertTrue(Receipt.isReceipt(esme.next()));
  }

  /** Submits, and counts what was delivered when the answer is read. */
  private static Future<Integer> deliveredBeforeTheAnswer(Esme esme) {
    return Future.future(told -> esme.session().context().runOnContext(v ->
      esme.trySubmit("447700900123", "Hello").map(answer -> esme.delivered.size()).onComplete(told)));
  }

  private static Simulator smsc(Vertx vertx, JsonObject profile) throws Exception {
    return await(Simulator.start(vertx, SimulatorConfig.embedded(Profile.from(profile))));
  }

  /** An ESME without a session of ours, which would itself wait with its unbind for what is not answered. */
  private static final class Raw {
    private static final int PATIENCE_S = 30;
    private final BlockingQueue<Integer> commands = new LinkedBlockingQueue<>();
    /** Only referred to: one that nothing refers to is closed, and its connections with it. */
    @SuppressWarnings("unused")
    private final NetClient client;
    private final NetSocket socket;

    Raw(Vertx vertx, Simulator smsc) throws Exception {
      client = vertx.createNetClient();
      socket = await(client.connect(smsc.port(), "127.0.0.1"));
      RecordParser parser = RecordParser.newFixed(4);
      boolean[] isLength = {true};
      socket.handler(parser.handler(octets -> {
        if (isLength[0]) parser.fixedSizeMode(octets.getInt(0) - 4);
        else {
          commands.add(octets.getInt(0));
          parser.fixedSizeMode(4);
        }
        isLength[0] = !isLength[0];
      }));
    }

    void bindAndSubmit(String to) throws Exception {
      socket.write(pdu(BIND, 1, "esme\0any\0\0\64\0\0\0").appendBuffer(pdu(SUBMIT, 2, "\0\5\0Godwit\0\1\1" + to + "\0\0\0\0\0\0\0\0\0\0\1x")));
      assertEquals(RESPONSE + BIND, next());
    }

    void unbindAndEnquire() {
      socket.write(pdu(UNBIND, 3, "").appendBuffer(pdu(ENQUIRE, 4, "")));
    }

    private static Buffer pdu(int command, int sequence, String body) {
      return Buffer.buffer().appendInt(16 + body.length()).appendInt(command).appendInt(0).appendInt(sequence).appendBytes(body.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The command_id of the next PDU that comes. */
    int next() throws InterruptedException {
      Integer command = commands.poll(PATIENCE_S, TimeUnit.SECONDS);
      if (command == null) throw new AssertionError("nothing came within " + PATIENCE_S + " s");
      return command;
    }
  }
}
