package io.godwit.simulator;

import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.type.Address;
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
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/**
 * How many submit_sm a second does one session carry to the simulator, both in this process, over loopback? Arguments: window,
 * messages a round, rounds, receipts (true or false).
 */
public final class SubmitThroughput implements SessionHandler, ResponseHandler {
  private static final Address FROM = AddressPlan.DEFAULT.address("Godwit");
  private static final Address TO = AddressPlan.DEFAULT.address("447700900123");
  private static final byte[] TEXT = "x".repeat(100).getBytes();

  private final boolean receipts;
  private SmppSession session;
  private int toSend;
  private int toAnswer;
  private int toReceive;
  private Promise<Void> done;

  private SubmitThroughput(boolean receipts) {
    this.receipts = receipts;
  }

  public static void main(String[] args) throws Exception {
    int window = args.length > 0 ? Integer.parseInt(args[0]) : 100;
    int messages = args.length > 1 ? Integer.parseInt(args[1]) : 500_000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    boolean receipts = args.length > 3 && Boolean.parseBoolean(args[3]);
    Vertx vertx = Vertx.vertx();
    Simulator smsc = Esme.await(Simulator.start(vertx, SimulatorConfig.embedded(
      Profile.from(new JsonObject().put("receiptDelayMin", 100).put("receiptDelayMax", 500)))));
    SubmitThroughput run = new SubmitThroughput(receipts);
    BindOptions bind = BindOptions.of("127.0.0.1", smsc.port(), "bench", "any", BindType.TRX)
      .withSession(SessionOptions.DEFAULTS.withWindow(window));
    run.session = Esme.await(new SmppClient(vertx).bind(bind, run));
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      run.round(messages);
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf("window %d%s: %,.0f submit_sm/s%n", window, receipts ? " with receipts" : "", messages / seconds);
    }
    vertx.close();
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
    finished.future().toCompletionStage().toCompletableFuture().get(5, TimeUnit.MINUTES);
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
