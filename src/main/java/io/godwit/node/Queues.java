package io.godwit.node;

import io.godwit.queue.MessageQueue;
import io.godwit.store.Deadline;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The durable queues of the sets that this process has joined: more may come, when a set is joined that could not be reached at the start. Thread-safe. */
public final class Queues {
  private static final Logger log = LoggerFactory.getLogger(Queues.class);
  private static final long TRY_AGAIN_MS = 2_000;

  private final List<MessageQueue> open = new ArrayList<>();
  private final List<User> users = new ArrayList<>();
  private boolean closed;

  /** Somebody who does something in every set. */
  private record User(Context context, Function<MessageQueue, Future<?>> use) { }

  public Queues(MessageQueue... queues) {
    open.addAll(List.of(queues));
  }

  /** In the order in which their sets were joined. */
  public synchronized List<MessageQueue> all() {
    return List.copyOf(open);
  }

  /** The queue of that set; null when it is not joined. */
  public synchronized MessageQueue get(int set) {
    return open.stream().filter(queue -> queue.set() == set).findFirst().orElse(null);
  }

  /**
   * Begins something in every set: one after the other where it is joined, and where it is not, on the same context when it is. What fails
   * later is begun again; it must leave nothing running.
   *
   * @return completes when it has begun in the sets that are joined now
   */
  public Future<Void> each(Function<MessageQueue, Future<?>> use) {
    Context here = Vertx.currentContext();
    List<MessageQueue> now;
    synchronized (this) {
      now = all();
      users.add(new User(here, use));
    }
    Future<Void> begun = Future.succeededFuture();
    for (MessageQueue queue : now) begun = begun.compose(v -> Deadline.told(here, use.apply(queue))).mapEmpty();
    return begun;
  }

  public void add(MessageQueue queue) {
    List<User> waiting;
    synchronized (this) {
      if (closed) return;
      open.add(queue);
      waiting = List.copyOf(users);
    }
    waiting.forEach(user -> begin(user, queue));
  }

  private void begin(User user, MessageQueue queue) {
    user.context.runOnContext(v -> {
      if (isClosed()) return;
      Future.succeededFuture().compose(x -> user.use.apply(queue)).onFailure(e -> {
        log.warn("not all work could begin in set {}, it is tried again: {}", queue.set(), e.toString());
        user.context.owner().setTimer(TRY_AGAIN_MS, t -> begin(user, queue));
      });
    });
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** From now on nothing more begins. */
  public synchronized void close() {
    closed = true;
  }
}
