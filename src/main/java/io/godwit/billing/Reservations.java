package io.godwit.billing;

import io.godwit.message.Leg;
import io.godwit.message.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was lately reserved and may not have been committed. A message that is shown again with the same event number was not:
 * its commit would have raised the number. The oldest are forgotten: a slot has few messages in flight.
 */
final class Reservations {
  private static final int MOST = 4_096;

  private final Purse purse;
  private int life;
  private final Map<String, Reservation> latest = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Reservation> eldest) {
      return size() > MOST;
    }
  };

  private record Reservation(int n, List<Leg> legs) { }

  Reservations(Purse purse) {
    this.purse = purse;
    this.life = purse.life();
  }

  void add(Message message, List<Leg> legs) {
    forgetEarlierLife();
    latest.put(message.id(), new Reservation(message.n(), legs));
  }

  /** Gives back what was reserved for the message as it is shown now; does nothing when that was committed, or nothing was. */
  void cancel(Message message) {
    forgetEarlierLife();
    Reservation reservation = latest.remove(message.id());
    if (reservation != null && reservation.n == message.n()) purse.undo(reservation.legs);
  }

  private void forgetEarlierLife() {
    if (life == purse.life()) return;
    life = purse.life();
    latest.clear();
  }
}
