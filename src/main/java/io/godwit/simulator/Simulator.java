package io.godwit.simulator;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.DeliverSm;
import io.godwit.simulator.Counters.Count;
import io.godwit.smpp.AddressPlan;
import io.godwit.smpp.Receipt.State;
import io.godwit.smpp.SessionOptions;
import io.godwit.smpp.SmppServer;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * An SMSC for trying out: takes messages, answers, sends receipts and replies as its {@link Profile} says. Its public methods
 * may be called from any thread.
 */
public final class Simulator {
  private static final int UNANSWERED_MAX = 100_000;
  private static final Runnable NOTHING = () -> { };

  private final SimulatorConfig config;
  private final Context context;
  private final Counters counters = new Counters();
  private final MessageLog log;
  private final TimerWheel wheel;
  private final Dice dice;
  private final Fate.Decider fates;
  private final MessageIds ids;
  private final Handset handset = new Handset();
  private final Map<String, Mailbox> mailboxes = new HashMap<>();
  private final Map<String, RateLimit> rates = new HashMap<>();
  /** Answers held back while the profile is paused. */
  private final ArrayDeque<Answer> heldBack = new ArrayDeque<>();
  private volatile Profile profile;
  private volatile Consumer<String> onAccepted = destination -> { };
  private SmppServer server;

  private Simulator(Context context, SimulatorConfig config) {
    this.context = context;
    this.config = config;
    this.profile = config.profile();
    this.log = new MessageLog(config.logSize());
    this.wheel = new TimerWheel(context.owner());
    this.dice = new Dice(config.seed());
    this.fates = new Fate.Decider(dice);
    this.ids = new MessageIds(System.currentTimeMillis() << 20 & Long.MAX_VALUE);
  }

  public static Future<Simulator> start(Vertx vertx, SimulatorConfig config) {
    Simulator simulator = new Simulator(vertx.getOrCreateContext(), config);
    SessionOptions session = SessionOptions.DEFAULTS.withWindow(config.window()).withMaxUnanswered(UNANSWERED_MAX);
    NetServerOptions net = new NetServerOptions().setHost(config.host()).setPort(config.port());
    return SmppServer.listen(vertx, net, session, accepted -> new SmscSession(simulator)).map(server -> {
      simulator.server = server;
      return simulator;
    });
  }

  public Future<Void> stop() {
    return onLoop(() -> {
      forget();
      return server.close();
    }).compose(closed -> closed);
  }

  // ---- the way of a message

  void receive(SmppSession session, BaseSm<?> message) {
    counters.add(Count.SUBMITS);
    Profile now = profile;
    String destination = message.getDestAddress() == null ? null : message.getDestAddress().getAddress();
    if (now.ratePerSecond() > 0 && !rate(session.systemId()).take(now.ratePerSecond(), System.nanoTime())) {
      refuse(session, message, SmppConstants.STATUS_THROTTLED);
      return;
    }
    if (dice.hit(now.drops())) {
      counters.add(Count.DROPS);
      session.close();
      return;
    }
    Fate fate = fates.decide(destination, now);
    if (!fate.answered()) {
      counters.add(Count.UNANSWERED);
      session.giveUp();
    } else if (fate.status() != SmppConstants.STATUS_OK) {
      refuse(session, message, fate.status());
    } else {
      accept(session, message, fate, now);
    }
  }

  private void refuse(SmppSession session, BaseSm<?> message, int status) {
    counters.add(status == SmppConstants.STATUS_THROTTLED ? Count.THROTTLED : Count.REFUSED);
    answerLater(new Answer(session, message, status, null, NOTHING));
  }

  private void accept(SmppSession session, BaseSm<?> message, Fate fate, Profile now) {
    long id = ids.next();
    String messageId = MessageIds.write(id, now.idForm());
    long receivedAt = System.currentTimeMillis();
    log.add(messageId, session.systemId(), message, now.alphabet(), receivedAt);
    counters.add(Count.ACCEPTED);
    if (message.getDestAddress() != null) onAccepted.accept(message.getDestAddress().getAddress());
    answerLater(new Answer(session, message, SmppConstants.STATUS_OK, messageId, () -> {
      receiptLater(session.systemId(), message, id, fate, now, receivedAt);
      if (fate.reply() != null) replyLater(session.systemId(), message, fate.reply(), now);
    }));
  }

  private void answerLater(Answer answer) {
    Integer drawn = dice.byShare(profile.answerDelays(), null);
    int delay = drawn == null ? dice.delay(profile.answerDelay()) : drawn;
    if (profile.paused()) {
      heldBack.add(answer);
    } else if (delay == 0) {
      answer.run();
    } else {
      wheel.after(delay, answer);
    }
  }

  private void receiptLater(String systemId, BaseSm<?> message, long id, Fate fate, Profile now, long receivedAt) {
    if (fate.state() == null || !wantsReceipt(message, fate, now)) return;
    if (fate.receipts() == 0) counters.add(Count.RECEIPTS_LOST);
    Delivery receipt = new Delivery.ReceiptDelivery(now.receiptFormat(), now.receiptIdForm(), id, message.getSourceAddress(),
      message.getDestAddress(), fate.state(), receivedAt);
    for (int i = 0; i < fate.receipts(); i++) {
      deliverLater(systemId, receipt, dice.delay(now.receiptDelay()));
    }
  }

  /** registered_delivery: 1 for any final state, 2 for failures only (SMPP 3.4 §5.2.17). */
  private static boolean wantsReceipt(BaseSm<?> message, Fate fate, Profile now) {
    int asked = message.getRegisteredDelivery() & SmppConstants.REGISTERED_DELIVERY_SMSC_RECEIPT_MASK;
    boolean failed = fate.state() != State.DELIVERED;
    return now.receiptsAlways() || asked == 1 || asked == 2 && failed;
  }

  private void replyLater(String systemId, BaseSm<?> message, String text, Profile now) {
    List<DeliverSm> parts = handset.send(message.getDestAddress(), message.getSourceAddress(), text, now.repliesShuffled());
    int delay = dice.delay(now.replyDelay());
    parts.forEach(part -> deliverLater(systemId, new Delivery.ReplyDelivery(part), delay));
  }

  private void deliverLater(String systemId, Delivery delivery, int delay) {
    Mailbox mailbox = mailbox(systemId);
    if (delay == 0) {
      mailbox.put(delivery);
    } else {
      wheel.after(delay, () -> mailbox.put(delivery));
    }
  }

  // ---- what others ask of it

  public int port() {
    return server.port();
  }

  public MessageLog log() {
    return log;
  }

  /** Told each accepted segment's destination the moment it was read, on the simulator's event loop: for measuring. */
  public void onAccepted(Consumer<String> listener) {
    onAccepted = listener;
  }

  public Counters counters() {
    return counters;
  }

  public Profile profile() {
    return profile;
  }

  /** Behaves differently from now on; what was held back by {@code paused} and {@code deliveriesHeld} goes out, the answers first. */
  public Future<Void> profile(Profile newProfile) {
    return onLoop(() -> {
      profile = newProfile;
      while (!newProfile.paused() && !heldBack.isEmpty()) heldBack.poll().run();
      mailboxes.values().forEach(mailbox -> mailbox.pause(newProfile.holdsDeliveries()));
      return null;
    });
  }

  /**
   * A handset sends a message.
   *
   * @param systemId whose message it is; null for the one that is bound as receiver, if there is just one
   * @return how many parts it has
   */
  public Future<Integer> mo(String from, String to, String text, String systemId) {
    return onLoop(() -> {
      Mailbox mailbox = mailbox(systemId == null ? onlyReceiver() : systemId);
      List<DeliverSm> parts = handset.send(AddressPlan.DEFAULT.address(from), AddressPlan.DEFAULT.address(to), text,
        profile.repliesShuffled());
      parts.forEach(part -> mailbox.put(new Delivery.ReplyDelivery(part)));
      return parts.size();
    });
  }

  private String onlyReceiver() {
    List<String> receivers = server.sessions().stream().filter(s -> s.free() > 0 && s.bindType().receives())
      .map(SmppSession::systemId).distinct().toList();
    if (receivers.size() != 1) {
      throw new IllegalArgumentException("systemId is needed: bound as receivers are " + receivers);
    }
    return receivers.get(0);
  }

  /**
   * Drops connections without unbind.
   *
   * @param systemId whose; null for all
   * @return how many
   */
  public Future<Integer> drop(String systemId) {
    return onLoop(() -> {
      List<SmppSession> dropped = server.sessions().stream()
        .filter(session -> systemId == null || systemId.equals(session.systemId())).toList();
      dropped.forEach(SmppSession::close);
      return dropped.size();
    });
  }

  /** Forgets messages, counters and everything that waits; sessions and profile stay. What waits for its answer gets none. */
  public Future<Void> reset() {
    return onLoop(() -> {
      mailboxes.values().forEach(Mailbox::clear);
      rates.clear();
      fates.reset();
      log.reset();
      counters.reset();
      forget();
      return null;
    });
  }

  /** Drops what waits for its time. No session waits for the answers among it any more: one may read on at once, hence the last step of a reset. */
  private void forget() {
    List<Runnable> dropped = new ArrayList<>(heldBack);
    heldBack.clear();
    dropped.addAll(wheel.clear());
    for (Runnable each : dropped) if (each instanceof Answer answer) answer.giveUp();
  }

  /** The sessions that are connected now, bound or not. */
  public Future<List<SmppSession>> sessions() {
    return onLoop(() -> server.sessions());
  }

  /** Receipts and replies whose time has come and that nobody has taken yet. */
  public Future<Integer> waiting() {
    return onLoop(() -> mailboxes.values().stream().mapToInt(Mailbox::waiting).sum());
  }

  SimulatorConfig config() {
    return config;
  }

  Mailbox mailbox(String systemId) {
    return mailboxes.computeIfAbsent(systemId, id -> {
      Mailbox mailbox = new Mailbox(config.waitingMax(), counters, wheel);
      mailbox.pause(profile.holdsDeliveries());
      return mailbox;
    });
  }

  private RateLimit rate(String systemId) {
    return rates.computeIfAbsent(systemId, id -> new RateLimit());
  }

  private <T> Future<T> onLoop(Callable<T> step) {
    return Future.future(done -> context.runOnContext(v -> {
      try {
        done.complete(step.call());
      } catch (Exception e) {
        done.fail(e);
      }
    }));
  }
}
