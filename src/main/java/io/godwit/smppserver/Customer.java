package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.DeliverSm;
import io.godwit.accounts.SmppTerms;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One account as one instance of the door knows it: its sessions here, and the pump that tells its receivers. Confined to the instance's context. */
final class Customer {
  private static final Logger log = LoggerFactory.getLogger(Customer.class);
  /** Parts sent before the event loop is let go to others. */
  private static final int TURN = 128;
  private static final Set<Integer> TOO_MUCH = Set.of(SmppConstants.STATUS_THROTTLED, SmppConstants.STATUS_MSGQFUL);

  private final Context context;
  private final String account;
  private final Supplier<SmppTerms> terms;
  private final Throttle throttle;
  private final List<Esme> sessions = new ArrayList<>();
  private final List<Letters> letters = new ArrayList<>();
  /** What a session has heard some parts of, and not all: it hears the others, too, since nobody joins parts that came to several systems. */
  private final Map<SmppSession, Telling> begun = new LinkedHashMap<>();
  /** Of those that were sent too much. */
  private final Map<SmppSession, Respite> respites = new HashMap<>();
  private int sessionsTurn;
  private int bagsTurn;
  private boolean waiting;

  /** What there is to tell of one set. */
  private record Letters(Post post, Mailbag bag) { }

  Customer(Context context, String account, Supplier<SmppTerms> terms) {
    this.context = context;
    this.account = account;
    this.terms = terms;
    this.throttle = new Throttle(terms.get().rate(), System.nanoTime());
  }

  String account() {
    return account;
  }

  SmppTerms terms() {
    return terms.get();
  }

  Throttle throttle() {
    return throttle;
  }

  List<Esme> sessions() {
    return List.copyOf(sessions);
  }

  boolean isAway() {
    return sessions.isEmpty() && letters.stream().noneMatch(of -> of.bag.isOpen() || of.bag.waiting() > 0);
  }

  /** There is a set more to take from. */
  void serve(Post post) {
    Mailbag bag = new Mailbag(context, post.queue(), account, post, this::pump);
    letters.add(new Letters(post, bag));
    if (isReceiving()) bag.open();
  }

  void enter(Esme esme) {
    sessions.add(esme);
    openOrClose();
  }

  void leave(Esme esme) {
    sessions.remove(esme);
    respites.remove(esme.session());
    Telling half = begun.remove(esme.session());
    if (half != null) half.abandon();
    openOrClose();
    pump();
  }

  /** What no receiver here takes now, receivers elsewhere may be told. */
  private void openOrClose() {
    if (isReceiving()) letters.stream().filter(of -> !of.bag.isOpen()).forEach(of -> of.bag.open());
    else letters.forEach(of -> of.bag.close());
  }

  /** Whether a receiver is bound here that is not left alone for a while. */
  private boolean isReceiving() {
    return sessions.stream().map(Esme::session).anyMatch(session -> session.bindType().receives() && !isPausing(session));
  }

  private boolean isPausing(SmppSession session) {
    Respite respite = respites.get(session);
    return respite != null && respite.isPausing();
  }

  // ---- telling

  /** Sends part after part while a receiver has room and there is something to tell. */
  void pump() {
    if (waiting) return;
    begun.values().removeIf(telling -> !telling.hasNext());
    for (int i = 0; i < TURN; i++) {
      SmppSession session = free();
      Telling telling = session == null ? null : next(session);
      if (telling == null) return;
      send(session, telling);
    }
    waiting = true;
    context.runOnContext(v -> {
      waiting = false;
      pump();
    });
  }

  /** One that has begun with something before all others. */
  private SmppSession free() {
    for (SmppSession session : begun.keySet()) if (hasRoom(session)) return session;
    for (int i = 0; i < sessions.size(); i++) {
      SmppSession session = sessions.get(Math.floorMod(sessionsTurn++, sessions.size())).session();
      if (session.bindType().receives() && hasRoom(session)) return session;
    }
    return null;
  }

  private boolean hasRoom(SmppSession session) {
    Respite respite = respites.get(session);
    int most = respite == null ? terms().deliverWindow() : Math.min(respite.most(), terms().deliverWindow());
    return session.free() > 0 && session.inFlight() < most;
  }

  /** What it has answered to one. */
  private void heard(SmppSession session, int status) {
    if (TOO_MUCH.contains(status)) goEasyOn(session);
    Respite respite = respites.get(session);
    if (status != SmppConstants.STATUS_OK || respite == null) return;
    respite.taken();
    if (respite.most() >= terms().deliverWindow()) respites.remove(session);
  }

  private void goEasyOn(SmppSession session) {
    Respite respite = respites.computeIfAbsent(session, s -> new Respite());
    if (respite.isPausing()) return;
    context.owner().setTimer(respite.begin(), t -> {
      respite.end();
      openOrClose();
      pump();
    });
    openOrClose();
  }

  private Telling next(SmppSession session) {
    Telling half = begun.remove(session);
    if (half != null) return half;
    for (int i = 0; i < letters.size(); i++) {
      Letters of = letters.get(Math.floorMod(bagsTurn++, letters.size()));
      Held held = of.bag.next();
      Telling telling = held == null ? null : begin(of, held);
      if (telling != null) return telling;
    }
    return null;
  }

  private Telling begin(Letters of, Held held) {
    int position = held.todo.poll();
    held.inFlight++;
    try {
      List<DeliverSm> parts = Deliveries.of(held.parcel.notice(position), terms());
      return new Telling(held, position, parts, ended -> ended(of, ended));
    } catch (RuntimeException e) {
      log.error("{}: no deliver_sm says {}", account, held.parcel.notice(position).id(), e);
      new Telling(held, position, List.of(), ended -> ended(of, ended)).fail();
      context.runOnContext(v -> pump());
      return null;
    }
  }

  private void send(SmppSession session, Telling telling) {
    try {
      DeliverSm part = telling.part();
      if (!session.request(part, telling.sent(status -> heard(session, status)))) telling.unsent(Telling.Outcome.AGAIN);
    } catch (IllegalArgumentException e) {
      log.error("{}: {} cannot be written as a deliver_sm", account, telling.notice.id(), e);
      telling.unsent(Telling.Outcome.UNTELLABLE);
    }
    if (telling.hasNext()) begun.put(session, telling);
  }

  private void ended(Letters of, Telling telling) {
    telling.held.inFlight--;
    if (telling.outcome() == Telling.Outcome.AGAIN) {
      telling.held.todo.addFirst(telling.position);
      of.bag.closeIfOver();
      context.runOnContext(v -> pump());
    } else {
      of.post.settle(of.bag, telling);
    }
  }

  int waiting() {
    return letters.stream().mapToInt(of -> of.bag.waiting()).sum();
  }

  /** All sessions have ended. */
  Future<Void> close() {
    return Future.join(letters.stream().map(of -> of.bag.close()).toList()).mapEmpty();
  }
}
