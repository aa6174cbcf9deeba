package io.godwit.smppserver;

import io.godwit.accounts.AddressRange;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Whose turn it is to have a password looked at. So many may at once, of all and from each place; who comes from a place that has its part waits in a line of its own, and
 * takes nothing from the others. Event loop only.
 */
final class Turns {
  private static final int MOST = 100;
  private static final int MOST_OF_PLACE = 10;
  private static final int MOST_WAITING = MOST - MOST_OF_PLACE;

  private final Map<AddressRange, Line> lines = new HashMap<>();
  private int taken;

  private static final class Line {
    final Deque<Promise<Void>> waiting = new ArrayDeque<>();
    int taken;
  }

  boolean hasRoom(AddressRange place) {
    Line line = lines.get(place);
    if (line == null || line.taken < MOST_OF_PLACE) return taken < MOST;
    return line.waiting.size() < MOST_WAITING;
  }

  /** Where there is room. Completes when it is its turn, which {@link #leave} ends. */
  Future<Void> enter(AddressRange place) {
    Line line = lines.computeIfAbsent(place, p -> new Line());
    if (line.taken < MOST_OF_PLACE) {
      taken++;
      line.taken++;
      return Future.succeededFuture();
    }
    Promise<Void> turn = Promise.promise();
    line.waiting.add(turn);
    return turn.future();
  }

  /** The next one from there, if any, takes over. */
  void leave(AddressRange place) {
    Line line = lines.get(place);
    if (!line.waiting.isEmpty()) {
      line.waiting.poll().complete();
      return;
    }
    taken--;
    line.taken--;
    if (line.taken == 0) lines.remove(place);
  }
}
