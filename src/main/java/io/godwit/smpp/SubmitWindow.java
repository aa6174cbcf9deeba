package io.godwit.smpp;

import com.cloudhopper.smpp.pdu.PduResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one session that wait for their answers, by sequence_number, oldest first (SMPP 3.4 §2.9). All have the same
 * time-out, so the oldest expires first and a sweep looks only at those that expire. Event loop only.
 */
final class SubmitWindow {
  private static final Logger log = LoggerFactory.getLogger(SubmitWindow.class);
  /** Each keeps its handler, and all that this refers to, in memory. */
  private static final int MOST_EXPIRED = 1_000;

  private final int size;
  private final LinkedHashMap<Integer, Pending> pending = new LinkedHashMap<>();
  /** Expired requests whose answers may still come; as many as four windows, or as many as are kept at most. */
  private final Map<Integer, ResponseHandler> expired;

  private record Pending(ResponseHandler handler, long sentAtNanos) {
  }

  SubmitWindow(int size) {
    this.size = size;
    this.expired = new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, ResponseHandler> eldest) {
        return size() > Math.min(4 * SubmitWindow.this.size, MOST_EXPIRED);
      }
    };
  }

  int size() {
    return size;
  }

  int inFlight() {
    return pending.size();
  }

  int free() {
    return size - pending.size();
  }

  void add(int sequence, ResponseHandler handler, long nowNanos) {
    pending.put(sequence, new Pending(handler, nowNanos));
  }

  /** Hands the answer to its request's handler; false if there is no such request. */
  boolean answer(PduResponse response) {
    Pending request = pending.remove(response.getSequenceNumber());
    if (request != null) {
      guarded(() -> request.handler.onResponse(response));
      return true;
    }
    ResponseHandler late = expired.isEmpty() ? null : expired.remove(response.getSequenceNumber());
    if (late != null) {
      guarded(() -> late.onLateResponse(response));
    }
    return late != null;
  }

  /** Gives up on all requests sent at or before a moment; true if there were any. */
  boolean expire(long sentAtOrBeforeNanos) {
    List<ResponseHandler> given = new ArrayList<>();
    for (var oldest = pending.entrySet().iterator(); oldest.hasNext();) {
      var entry = oldest.next();
      if (entry.getValue().sentAtNanos - sentAtOrBeforeNanos > 0) {
        break;
      }
      oldest.remove();
      expired.put(entry.getKey(), entry.getValue().handler);
      given.add(entry.getValue().handler);
    }
    given.forEach(handler -> guarded(() -> handler.onUnanswered(ResponseHandler.Unanswered.TIMEOUT)));
    return !given.isEmpty();
  }

  /** The session is over: every request in flight is told. */
  void close() {
    List<Pending> open = new ArrayList<>(pending.values());
    pending.clear();
    expired.clear();
    open.forEach(request -> guarded(() -> request.handler.onUnanswered(ResponseHandler.Unanswered.CLOSED)));
  }

  /** One handler's bug must not keep the answers of the others from them. */
  private static void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.error("A response handler failed", e);
    }
  }
}
