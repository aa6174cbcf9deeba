package io.godwit.billing;

import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.message.Leg;
import io.godwit.node.Node;
import io.godwit.queue.Slot;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A commit slot's allotment as the slot itself knows it: what it may still reserve, in memory, and how it gets more and gives back. What memory says is never more than what
 * the stored allotment holds beyond the reservations in flight: it is raised only after a write that is known to be durable, and lowered before.
 *
 * <p>A stage that only releases opens a purse as well, so that its slot has an allotment, and tells it by {@link #released} what came in; it finds its way home by itself. Once a
 * second what the slot does not need is returned. Confined to the context that opened it. Amounts are micro-units.
 */
public final class Purse {
  private static final Logger log = LoggerFactory.getLogger(Purse.class);
  private static final long TICK_MS = 1_000;
  private static final long NOTHING = -1;

  private final Sets sets;
  private final MongoSet set;
  private final Slot slot;
  private final ToLongFunction<String> floor;
  private final Context context;
  private final Map<String, Pocket> pockets = new HashMap<>();
  private String allotment;
  private int life;
  private final Doubts doubts;
  private final Fetches fetches;
  private final Renewal renewal;
  private long timer;
  private long reservedAfter = NOTHING; // how many commits had ended when something was reserved the last time
  private long returns; // that began or ended
  private boolean recounting;
  private boolean ticking;
  private boolean closed;

  private Purse(Sets sets, int set, Slot slot, ToLongFunction<String> floor) {
    this.sets = sets;
    this.set = sets.get(set);
    this.slot = slot;
    this.floor = floor;
    this.context = sets.control().here();
    this.doubts = new Doubts(sets.control().clock());
    this.fetches = new Fetches(sets, this.set, context, floor);
    this.renewal = new Renewal(context, sets, this.set, slot);
  }

  /** Creates the slot's allotment: before its first step that moves money. */
  public static Future<Purse> open(Node node, int set, Slot slot) {
    Directory.View<AccountTree> accounts = AccountTree.view(node.directory());
    return open(node.sets(), set, slot, id -> accounts.get().get(id) == null ? 0 : accounts.get().get(id).postpaidFloor())
      .onSuccess(purse -> purse.timer = purse.context.owner().setPeriodic(TICK_MS, t -> purse.context.runOnContext(v -> purse.tick())));
  }

  /** One that returns and fetches ahead only when it is told to. */
  static Future<Purse> open(Sets sets, int set, Slot slot, ToLongFunction<String> floor) {
    Purse purse = new Purse(sets, set, slot, floor);
    return purse.ready().map(v -> {
      purse.set.onRebirth(() -> purse.context.runOnContext(x -> purse.ready().onFailure(e -> log.warn("no allotment: {}", e.toString()))));
      return purse;
    });
  }

  /** Makes sure that the allotment of the slot's present life exists. What an earlier life had goes home with its death. */
  Future<Void> ready() {
    String present = slot.allotment();
    if (closed || present.equals(allotment)) return Future.succeededFuture();
    return Allotments.open(context, set, present).onSuccess(v -> begin(present));
  }

  private void begin(String present) {
    if (present.equals(allotment)) return;
    allotment = present;
    life++;
    pockets.clear();
  }

  /** Counts the slot's lives, and its allotments in them: what was reserved in an earlier one is not undone in a later. */
  int life() {
    return life;
  }

  String allotment() {
    return allotment;
  }

  public long available(String account) {
    Pocket pocket = pockets.get(account);
    return pocket == null ? 0 : pocket.available;
  }

  /** What a slot knew when it began to ask the stores. */
  record Moment(int life, long returns) { }

  Moment moment() {
    return new Moment(life, returns);
  }

  /**
   * What there may be of it beside what is available, when so much is stored: nothing, unless an answer was lost, or some went home since then, which may have been
   * seen neither here nor there; all of it goes home when that was in an earlier life.
   */
  long unknown(String account, long stored, Moment asked) {
    if (asked.life != life) return stored;
    boolean returning = returns != asked.returns || pocket(account).returning > 0;
    return returning || doubts.areOpen() ? Math.max(0, stored - available(account)) : 0;
  }

  /** Takes the price of one message for the next step of the slot: all legs or none. */
  public boolean reserve(List<Leg> legs) {
    for (Leg leg : legs) if (available(leg.account()) < leg.amount()) return false;
    for (Leg leg : legs) if (leg.amount() > 0) pocket(leg.account()).spend(leg.amount());
    reservedAfter = slot.commits();
    return true;
  }

  /** What was reserved until now is committed, or undone. */
  void settled() {
    reservedAfter = NOTHING;
  }

  /** Whether no step of the slot is under way or in the making: what memory says is what the store says, but for transfers. */
  private boolean isSettled() {
    return !slot.isBusy() && reservedAfter < slot.commits();
  }

  /** What was reserved did not become part of a committed step: perhaps since memory said more than the store. */
  public void undo(List<Leg> legs) {
    doubts.rise();
    for (Leg leg : legs) if (leg.amount() > 0) pocket(leg.account()).refund(leg.amount());
  }

  /**
   * A committed step put these amounts into what was the slot's allotment when it began; call with {@code Step.money()}. What is not positive is passed over. The slot may have begun
   * a life of which nobody has told here then, or have ended one since: what came into the present allotment is found when it is counted, and the rest went home with its life.
   */
  void released(String into, Map<String, Long> amounts) {
    if (!into.equals(allotment)) doubts.rise();
    else amounts.forEach((account, amount) -> {
      if (amount > 0) pocket(account).move(amount);
    });
  }

  private Pocket pocket(String account) {
    return pockets.computeIfAbsent(account, a -> renewal.pocket());
  }

  /**
   * Fetches money from the account's balance, so much that {@code need} is available if the balance has it, and more when the
   * slot has been spending much. Completes when what was granted, perhaps nothing, is available; fails when a store does
   * not answer: then nothing is known about the account's credit.
   *
   * @param least nothing is fetched unless this much becomes available: less would help no message
   */
  public Future<Void> draw(String account, long need, long least) {
    Pocket pocket = pocket(account);
    if (!sets.control().isHealthy()) return Future.failedFuture(new IllegalStateException("the control set does not answer: no credit can be fetched now"));
    if (pocket.drawing != null) return pocket.drawing.transform(done -> draw(account, need, least));
    long missing = need - pocket.available;
    if (missing <= 0) return Future.succeededFuture();
    long useful = Math.max(1, Math.min(missing, least - pocket.available));
    Draw.Wish wish = new Draw.Wish(useful, missing, Math.max(missing, pocket.appetite()));
    return fetch(account, pocket, wish);
  }

  private Future<Void> fetch(String account, Pocket pocket, Draw.Wish wish) {
    Future<Void> drawing = ready().compose(v -> {
      int drawingLife = life;
      return fetches.fetch(account, allotment, wish, draw -> {
        if (drawingLife == life) pocket(account).arrive(draw);
      }).compose(x -> drawingLife == life ? Future.succeededFuture() : Future.failedFuture(new IllegalStateException("the slot began a new life while it fetched credit")));
    });
    if (drawing.isComplete()) return drawing;
    pocket.drawing = drawing;
    return drawing.onFailure(e -> doubts.rise()).andThen(done -> pocket.drawing = null);
  }

  /** While either set does not answer everything stays as it is: what is here can go on being spent. Between two steps, for whoever changes the allotment during one aborts it. */
  Future<Void> tick() {
    if (ticking || !set.isHealthy() || !sets.control().isHealthy()) return Future.succeededFuture();
    ticking = true;
    return ready().compose(v -> recount()).compose(v -> slot.idle()).onSuccess(v -> renew()).compose(v -> sendHome()).compose(v -> fetchAhead())
      .compose(v -> closed ? Future.succeededFuture() : renewal.prepare())
      .onFailure(e -> log.warn("transfers of allotment {} have to wait: {}", allotment, e.toString())).onComplete(done -> ticking = false);
  }

  /** Nothing may be under way that belongs to the old allotment, but for transfers: they turn round, or go home with it. */
  private void renew() {
    if (!closed && renewal.isDue() && isSettled() && pockets.values().stream().allMatch(pocket -> pocket.drawing == null)) begin(renewal.goOn(allotment));
  }

  /** While there is plenty, a slot that spends steadily never waits for money: what lasts for a second is fetched before it is needed. */
  private Future<Void> fetchAhead() {
    List<Future<Void>> fetched = new ArrayList<>();
    List.copyOf(pockets.entrySet()).forEach(entry -> {
      Pocket pocket = entry.getValue();
      if (pocket.isLow() && pocket.drawing == null) fetched.add(fetch(entry.getKey(), pocket, new Draw.Wish(pocket.appetite(), 1, pocket.appetite())));
    });
    return Future.join(fetched).mapEmpty();
  }

  /**
   * Returns what is above what the slot needs by its spending before the last calls: everything, where nothing was spent for a while.
   * Completes when it is home or on its way there.
   */
  public Future<Void> sendHome() {
    if (closed) return Future.succeededFuture();
    pockets.values().forEach(Pocket::tick);
    Future<Void> home = Draws.inSlices(List.copyOf(pockets.keySet()), slice -> give(surplus(slice), false));
    pockets.values().removeIf(Pocket::isForgettable);
    return home;
  }

  private Map<String, Long> surplus(List<String> accounts) {
    Map<String, Long> surplus = new LinkedHashMap<>();
    accounts.stream().filter(pockets::containsKey).filter(account -> pockets.get(account).drawing == null).forEach(account -> surplus.put(account, pockets.get(account).surplus()));
    surplus.values().removeIf(amount -> amount <= 0);
    return surplus;
  }

  /** An unknown outcome leaves memory low until the allotment is counted again. {@code finished}: what earlier returns left open was finished a moment ago. */
  private Future<Void> give(Map<String, Long> amounts, boolean finished) {
    if (amounts.isEmpty()) return Future.succeededFuture();
    String from = allotment;
    List<Pocket> giving = new ArrayList<>();
    amounts.forEach((account, amount) -> giving.add(pocket(account).give(amount)));
    returns++;
    return Returns.prepare(context, set, from, amounts).compose(prepared -> prepared.isEmpty() ? Future.succeededFuture(false) : Returns.finish(context, sets, prepared).map(true))
      .onFailure(e -> doubts.rise()).andThen(done -> {
        giving.forEach(pocket -> pocket.returning--);
        returns++;
        if (done.succeeded() && !done.result() && from.equals(allotment)) amounts.forEach((account, amount) -> pocket(account).move(amount));
      }).compose(gone -> gone ? Future.succeededFuture() : giveInHalves(from, List.copyOf(amounts.keySet()), finished));
  }

  private Future<Void> giveInHalves(String from, List<String> accounts, boolean finished) {
    doubts.rise();
    Future<Void> ready = finished ? Future.succeededFuture() : Returns.finishAll(context, sets, set, from);
    int half = accounts.size() / 2;
    if (half == 0 || !from.equals(allotment)) return ready;
    return ready.compose(v -> give(surplus(accounts.subList(0, half)), true)).compose(v -> give(surplus(accounts.subList(half, accounts.size())), true));
  }

  /**
   * After an answer was lost there may be more in the allotment than memory knows, which nobody would spend or return, or less: then it is counted again, at a moment
   * when no step of the slot is under way or in the making, and nothing of the account on its way.
   */
  Future<Void> recount() {
    if (recounting || !doubts.areDue() || !isSettled() || !set.isHealthy() || !sets.control().isHealthy()) return Future.succeededFuture();
    String counted = allotment;
    int now = life;
    long began = doubts.begin();
    recounting = true;
    pockets.values().forEach(Pocket::count);
    return Draws.finishAll(context, sets, set.index(), counted).compose(v -> Returns.finishAll(context, sets, set, counted)).compose(v -> Allotments.read(context, set, counted)).<Void>map(stored -> {
      if (stored != null && now == life && isSettled() && take(stored)) doubts.settled(began);
      return null;
    }).andThen(done -> recounting = false);
  }

  /** Whether all of it could be counted. */
  private boolean take(Document stored) {
    Set<String> accounts = new HashSet<>(stored.get("a", Document.class).keySet());
    accounts.addAll(pockets.keySet());
    boolean all = true;
    for (String account : accounts) {
      long held = Allotments.number(stored, "a", account);
      if (held == available(account)) continue;
      if (!pockets.containsKey(account)) pocket(account).count();
      all &= pocket(account).counted(held, Allotments.number(stored, "in", account));
    }
    return all;
  }

  /** Closes the allotment and sends everything home: after the last step of the slot. What fails here is finished by {@link Treasury}. */
  public Future<Void> close() {
    if (closed) return Future.succeededFuture();
    closed = true;
    context.owner().cancelTimer(timer);
    pockets.clear();
    return renewal.leave(allotment);
  }
}
