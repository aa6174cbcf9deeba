package io.godwit.link;

import com.cloudhopper.smpp.pdu.BaseSm;
import io.godwit.smpp.SmppSession;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Which set takes what a carrier delivers over one link. Confined to the link's context. */
final class Inboxes {
  private final List<Inbox> all;

  /** @param all one for each set, never empty */
  Inboxes(List<Inbox> all) {
    this.all = all;
  }

  /** The numbers of the sets. */
  Set<Integer> sets() {
    return all.stream().map(Inbox::number).collect(Collectors.toSet());
  }

  void take(SmppSession session, BaseSm<?> deliver) {
    (all.size() == 1 ? all.get(0) : best(deliver)).take(session, deliver);
  }

  /** Where its message waits, before where one of that name has ended: carriers use their ids again. */
  private Inbox best(BaseSm<?> deliver) {
    List<Inbox> healthy = all.stream().filter(Inbox::isHealthy).toList();
    return healthy.stream().filter(inbox -> inbox.awaits(deliver)).findFirst()
      .or(() -> healthy.stream().filter(inbox -> inbox.hasEnded(deliver)).findFirst()).orElseGet(this::any);
  }

  /** Nobody waits any more for answers over that session. */
  void forget(SmppSession session) {
    all.forEach(inbox -> inbox.forget(session));
  }

  private Inbox any() {
    List<Inbox> choice = all.stream().filter(Inbox::isWelcoming).toList();
    if (choice.isEmpty()) choice = all.stream().filter(Inbox::isHealthy).toList();
    if (choice.isEmpty()) choice = all;
    return choice.get(ThreadLocalRandom.current().nextInt(choice.size()));
  }

  /** Every second. What came for a set that does not answer now is parked elsewhere, or the carrier would wait for our answers. */
  void tick() {
    Inbox other = any();
    if (other.isHealthy()) all.stream().filter(inbox -> !inbox.isHealthy()).forEach(inbox -> inbox.moveTo(other));
    all.forEach(Inbox::commit);
  }

  Future<Void> close() {
    return Future.join(all.stream().map(Inbox::close).toList()).mapEmpty();
  }
}
