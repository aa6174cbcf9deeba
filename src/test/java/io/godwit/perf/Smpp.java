package io.godwit.perf;

import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.type.Address;
import io.godwit.simulator.Profile;
import io.godwit.simulator.Simulator;
import io.godwit.simulator.SimulatorConfig;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.BindOptions;
import io.godwit.smpp.BindType;
import io.godwit.smpp.Pdus;
import io.godwit.smpp.ResponseHandler;
import io.godwit.smpp.SessionHandler;
import io.godwit.smpp.SessionOptions;
import io.godwit.smpp.SmppClient;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/** How many submit_sm a second one session carries to the simulator, both in this process, over loopback; with or without receipts. */
public final class Smpp implements SessionHandler, ResponseHandler {
  private static final Address FROM = AddressPlan.DEFAULT.address("Godwit");
  private static final Address TO = AddressPlan.DEFAULT.address("447700900123");
  private static final byte[] TEXT = "x".repeat(100).getBytes();

  private final boolean receipts;
  private SmppSession session;
  private int toSend;
  private int toAnswer;
  private int toReceive;
  private Promise<Void> done;

  private Smpp(boolean receipts) {
    this.receipts = receipts;
  }

  public static void main(String[] words) {
    Arguments.measure(words, Smpp::run);
  }

  private static JsonObject run(Arguments arguments) throws Exception {
    int window = arguments.number("window");
    int messages = arguments.number("messages");
    Vertx vertx = Vertx.vertx();
    Profile profile = Profile.from(new JsonObject().put("receiptDelayMin", 100).put("receiptDelayMax", 500));
    Simulator smsc = Simulator.start(vertx, SimulatorConfig.embedded(profile)).await(30, TimeUnit.SECONDS);
    JsonArray rounds = new JsonArray();
    for (boolean receipts : new boolean[] {false, true}) {
      Smpp run = new Smpp(receipts);
      BindOptions bind = BindOptions.of("127.0.0.1", smsc.port(), receipts ? "with" : "without", "any", BindType.TRX)
        .withSession(SessionOptions.DEFAULTS.withWindow(window));
      run.session = new SmppClient(vertx).bind(bind, run).await(30, TimeUnit.SECONDS);
      run.round(messages);   // warm-up
      for (int round = 0; round < arguments.number("rounds"); round++) {
        long start = System.nanoTime();
        run.round(messages);
        rounds.add(new JsonObject().put("receipts", receipts).put("per_second", messages / ((System.nanoTime() - start) / 1e9)));
      }
    }
    return new JsonObject().put("rounds", rounds);
  }

  private void round(int messages) throws Exception {
    Promise<Void> finished = Promise.promise();
    session.context().runOnContext(v -> {
      toSend = messages;
      toAnswer = messages;
      toReceive = receipts ? messages : 0;
      done = finished;
      onWindowOpen(session);
    });
    finished.future().await(5, TimeUnit.MINUTES);
  }

  @Override
  public void onWindowOpen(SmppSession at) {
    for (int free = at.free(); free > 0 && toSend > 0; free--, toSend--) {
      at.request(Pdus.submit(FROM, TO, TEXT, (byte) 0, false, receipts), this);
    }
  }

  @Override
  public void onResponse(PduResponse response) {
    toAnswer--;
    finishIfDone();
  }

  @Override
  public void onRequest(SmppSession at, PduRequest<?> request) {
    at.respond(request.createResponse());
    toReceive--;
    finishIfDone();
  }

  private void finishIfDone() {
    if (toAnswer == 0 && toReceive == 0) {
      done.complete();
    }
  }

  @Override
  public void onUnanswered(Unanswered reason) {
    done.tryFail(reason.toString());
  }
}
