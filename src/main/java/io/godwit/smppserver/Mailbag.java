package io.godwit.smppserver;

import io.godwit.message.Lane;
import io.godwit.queue.Consumer;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Room;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one account is to be told by this instance, of one set: takes its parcels while a receiver of the account is bound here and takes anything, and returns what
 * was not told when none is left. Confined to its context, but for what the queue calls.
 */
final class Mailbag implements Consumer {
  private static final Logger log = LoggerFactory.getLogger(Mailbag.class);
  private static final int MOST_CLAIMED = 4;

  private final Context context;
  private final MessageQueue queue;
  private final String name;
  private final Post post;
  private final Runnable pump;
  private final Room room = new Room();
  private final Map<Parcel, Held> held = new LinkedHashMap<>();
  private volatile boolean open;
  private volatile boolean backlog;
  private boolean claiming;
  private Promise<Void> emptied;

  /** @param pump called when there may be something to tell */
  Mailbag(Context context, MessageQueue queue, String account, Post post, Runnable pump) {
    this.context = context;
    this.queue = queue;
    this.name = Parcel.deliver(account);
    this.post = post;
    this.pump = pump;
  }

  void open() {
    open = true;
    queue.attach(this);
    wake(Lane.BULK);
  }

  boolean isOpen() {
    return open;
  }

  // ---- what the queue calls, on any event loop

  @Override
  public String queue() {
    return name;
  }

  @Override
  public Place offer(Parcel parcel) {
    if (backlog || !open || !room.offer(parcel)) return null;
    return Place.of(stored -> context.runOnContext(v -> {
      hold(stored);
      pump.run();
    }), () -> room.leave(parcel));
  }

  @Override
  public void wake(Lane lane) {
    backlog = true;
    context.runOnContext(v -> claim());
  }

  @Override
  public void dropAll() {
    context.runOnContext(v -> {
      held.keySet().forEach(room::leave);
      held.clear();
      closeIfOver();
    });
  }

  // ---- taking

  private void hold(Parcel parcel) {
    if (open) {
      held.put(parcel, new Held(parcel));
      return;
    }
    room.leave(parcel);
    queue.giveBack(List.of(parcel), false);
  }

  /** While something is left to tell, what is stored may wait, for other nodes too. */
  private void claim() {
    if (claiming || !open || !backlog || held.values().stream().anyMatch(h -> !h.todo.isEmpty())) return;
    claiming = true;
    backlog = false;
    queue.claim(name, MOST_CLAIMED, 0).onComplete(done -> {
      claiming = false;
      if (done.failed()) log.warn("{}: cannot claim: {}", name, done.cause().toString());
      else {
        if (done.result().size() == MOST_CLAIMED) backlog = true;
        for (Parcel parcel : done.result()) {
          room.enter(parcel);
          hold(parcel);
        }
      }
      closeIfOver();
      pump.run();
    });
  }

  /** A parcel with something to tell, oldest first; null when there is none. */
  Held next() {
    if (!open) return null;
    for (Held each : held.values()) if (!each.todo.isEmpty()) return each;
    claim();
    return null;
  }

  // ---- what became of it

  /** Whether it is still this bag's: else nothing about it can be committed. */
  boolean holds(Held one) {
    return held.get(one.parcel) == one;
  }

  /** After a commit that took something out of it. */
  void settled(Held one) {
    if (one.parcel.isEmpty()) drop(one);
    closeIfOver();
  }

  /** It belongs to somebody else. */
  void lost(Held one) {
    drop(one);
    closeIfOver();
  }

  private void drop(Held one) {
    if (held.remove(one.parcel) != null) room.leave(one.parcel);
  }

  /** No receiver is left here. Completes when what was not told is returned; it may be opened again before that. */
  Future<Void> close() {
    if (!open && emptied == null) return Future.succeededFuture();
    open = false;
    queue.detach(this);
    if (emptied == null) emptied = Promise.promise();
    Future<Void> done = emptied.future();
    closeIfOver();
    return done;
  }

  void closeIfOver() {
    if (open || emptied == null || claiming || held.values().stream().anyMatch(h -> h.inFlight > 0 || post.isSettling(h))) return;
    List<Parcel> rest = new ArrayList<>(held.keySet());
    rest.forEach(room::leave);
    held.clear();
    Promise<Void> over = emptied;
    emptied = null;
    queue.giveBack(rest, false).onComplete(done -> {
      if (done.failed()) log.warn("{}: {} parcels could not be returned, the sweep will: {}", name, rest.size(), done.cause().toString());
      over.tryComplete();
    });
  }

  /** Notices that are here and not told. */
  int waiting() {
    return held.values().stream().mapToInt(h -> h.parcel.left()).sum();
  }
}
