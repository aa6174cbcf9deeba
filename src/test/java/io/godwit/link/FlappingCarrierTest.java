package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudhopper.smpp.pdu.EnquireLink;
import io.godwit.smpp.SmppSession;
import io.godwit.testing.Await;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A carrier that answers a few, falls silent, and loses the bind, again and again. */
class FlappingCarrierTest {
  private static final int WINDOW = 50;
  private static final int ANSWERS = 8;

  private final LinkStand stand = new LinkStand();
  private final RecordingCarrier carrier = RecordingCarrier.listen(stand.test, new NetServerOptions());
  /** On the present bind. */
  private final AtomicInteger submits = new AtomicInteger();

  @AfterEach
  void close() {
    stand.close();
  }

  @Test
  void itGetsTheWholeWindowOnceAndThenOneMoreThanItAnswered() {
    carrier.isAnswered = pdu -> submits.incrementAndGet() <= ANSWERS;
    stand.configure("sim", carrier.port(), new JsonObject().put("window", WINDOW).put("unsettledMax", 200).put("unknownWait", 300_000));
    stand.startLink();
    stand.send(IntStream.range(0, 300).mapToObj(i -> stand.routed("sim", "Hello " + i)).toList());
    assertEquals(WINDOW, inDoubtAtALoss(WINDOW));
    for (int bind = 1; bind <= 3; bind++) assertEquals(ANSWERS + 1, inDoubtAtALoss(ANSWERS + 1));
  }

  /** Waits until so many have no answer, loses the bind, and says how many they were. */
  private int inDoubtAtALoss(int expected) {
    Await.until(() -> expected + " are in doubt: " + submits.get(), 60, () -> submits.get() - ANSWERS >= expected);
    carrier.ask(new EnquireLink());
    carrier.ask(new EnquireLink()); // what was submitted after the last answer is here
    int inDoubt = submits.getAndSet(0) - ANSWERS;
    SmppSession lost = carrier.sessions.get(0);
    lost.close();
    Await.until("the bind is lost", () -> !carrier.sessions.contains(lost));
    return inDoubt;
  }
}
