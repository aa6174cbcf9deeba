package io.godwit.simulator;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.PduResponse;
import io.godwit.simulator.Counters.Count;
import io.godwit.smpp.ResponseHandler;
import io.godwit.smpp.SmppSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is to be delivered to one system_id: by any of its receiving binds that has room, in turn, and kept while there is none.
 * Like a real SMSC it sends again what was not answered, so a delivery may come twice. Event loop only.
 */
final class Mailbox {
  private static final int RETRY_MILLIS = 1000;
  private static final Set<Integer> TEMPORARY = Set.of(SmppConstants.STATUS_MSGQFUL, SmppConstants.STATUS_THROTTLED,
    SmppConstants.STATUS_X_T_APPN, SmppConstants.STATUS_SYSERR);

  private final int waitingMax;
  private final Counters counters;
  private final TimerWheel wheel;
  private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
  private final List<SmppSession> receivers = new ArrayList<>();
  private int nextReceiver;
  private boolean paused;

  Mailbox(int waitingMax, Counters counters, TimerWheel wheel) {
    this.waitingMax = waitingMax;
    this.counters = counters;
    this.wheel = wheel;
  }

  void add(SmppSession receiver) {
    receivers.add(receiver);
  }

  void remove(SmppSession receiver) {
    receivers.remove(receiver);
  }

  void put(Delivery delivery) {
    if (waiting.size() >= waitingMax) {
      counters.add(Count.DELIVERIES_DROPPED);
      return;
    }
    waiting.add(delivery);
    pump();
  }

  void pause(boolean pause) {
    paused = pause;
    pump();
  }

  int waiting() {
    return waiting.size();
  }

  void clear() {
    waiting.clear();
  }

  void pump() {
    SmppSession receiver;
    while (!paused && !waiting.isEmpty() && (receiver = free()) != null) {
      Delivery delivery = waiting.poll();
      if (receiver.request(delivery.toPdu(), new Answered(delivery))) {
        counters.add(delivery.isReceipt() ? Count.RECEIPTS_SENT : Count.REPLIES_SENT);
      } else {
        waiting.addFirst(delivery);
      }
    }
  }

  /** The next bind with room, or null. */
  private SmppSession free() {
    for (int i = 0; i < receivers.size(); i++) {
      nextReceiver = (nextReceiver + 1) % receivers.size();
      if (receivers.get(nextReceiver).free() > 0) {
        return receivers.get(nextReceiver);
      }
    }
    return null;
  }

  private final class Answered implements ResponseHandler {
    private final Delivery delivery;

    Answered(Delivery delivery) {
      this.delivery = delivery;
    }

    @Override
    public void onResponse(PduResponse response) {
      if (response.getCommandStatus() == SmppConstants.STATUS_OK) {
        counters.add(delivery.isReceipt() ? Count.RECEIPTS_ACCEPTED : Count.REPLIES_ACCEPTED);
        return;
      }
      counters.add(Count.DELIVERIES_REFUSED);
      if (TEMPORARY.contains(response.getCommandStatus())) {
        wheel.after(RETRY_MILLIS, () -> put(delivery));
      } else {
        counters.add(Count.DELIVERIES_DROPPED);
      }
    }

    @Override
    public void onUnanswered(Unanswered reason) {
      waiting.addFirst(delivery);
      pump();
    }
  }
}
