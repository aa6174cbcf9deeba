package io.godwit.reporting;

import io.godwit.message.Carriage;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Failure;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.message.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random lives of messages, each as its events in order; the same for the same seed and start. */
final class Histories {
  private static final String[] COUNTRIES = {"US", "GB", "FR", ""};
  private final Random random;
  private final MessageId.Generator ids;
  private long now;

  Histories(long seed, long start) {
    this(seed, start, 0);
  }

  Histories(long seed, long start, int set) {
    this.random = new Random(seed);
    this.now = start;
    this.ids = new MessageId.Generator(set, 1 + random.nextInt(1 << 20), () -> now);
  }

  List<List<Event>> some(int messages) {
    List<List<Event>> histories = new ArrayList<>();
    for (int i = 0; i < messages; i++) histories.add(random.nextInt(10) == 0 ? received(histories) : sent());
    return histories;
  }

  /** A message that gets as far as chance will have it. */
  List<Event> sent() {
    List<Event> life = new ArrayList<>();
    Message m = message();
    if (random.nextInt(8) == 0) {
      life.add(new Event.Scheduled(m, at()));
      m = m.next();
    }
    life.add(new Event.Accepted(m, at()));
    int chance = random.nextInt(12);
    if (chance == 0) return life;
    if (chance == 1) return with(life, new Event.Refused(m.id(), n(life), at(), Status.USER_BLOCKED, Failure.of("user-blocked", "\"no\" \0 more"), null));
    Carriage carriage = null;
    for (int tries = random.nextInt(3); tries >= 0; tries--) {
      carriage = carriage(m);
      life.add(new Event.Routed(m.id(), n(life), at(), "link" + tries, random.nextBoolean() ? "Sender" : m.from(), Money.reserved(legs(m)), null, carriage));
      if (tries > 0) life.add(new Event.Retried(m.id(), n(life), at(), "link" + tries, Failure.of("throttled", "later"), false, now + 1000));
    }
    if (random.nextInt(10) == 0) {
      life.add(new Event.Dead(m.id(), n(life), at(), "a handler's bug", Money.released(legs(m))));
      if (random.nextBoolean()) return life;
      life.add(new Event.Revived(m.id(), n(life), at(), Status.SUBMITTED, "operator"));
      carriage = carriage(m);
      life.add(new Event.Routed(m.id(), n(life), at(), "link0", "Sender", Money.reserved(legs(m)), null, carriage));
    }
    if (chance == 2) return with(life, new Event.Expired(m.id(), n(life), at(), "validity", m.segments() == 1 ? Money.released(legs(m)) : Money.billed(legs(m)))); // partly taken
    if (chance == 3) return with(life, new Event.Cancelled(m.id(), n(life), at(), Money.released(legs(m))));
    life.add(new Event.Sent(m.id(), n(life), at(), "link0", List.of("c" + m.id()), chance == 4, Money.billed(legs(m)), m.segments(), carriage));
    if (random.nextInt(20) == 0) life.add(new Event.Redacted(m.id(), at(), "ops"));
    if (chance == 5) return with(life, new Event.Undeliverable(m.id(), n(life), at(), Failure.of("absent", null), -1, null));
    if (chance == 6) return with(life, new Event.Unknown(m.id(), n(life), at(), "no receipt", null));
    if (chance > 6) with(life, new Event.Delivered(m.id(), n(life), at(), now, null));
    if (chance > 9) with(life, new Event.Notified(m.id(), at(), n(life) - 1, 1));
    return life;
  }

  private List<Event> received(List<List<Event>> earlier) {
    String answered = earlier.isEmpty() ? null : earlier.get(random.nextInt(earlier.size())).get(0).id();
    Message m = Message.received(ids.next(), "+33612345678", "12345", "re: \uD83D\uDC26", Encoding.UCS2, 1, "FR", now + 1000, "link0");
    List<Event> life = new ArrayList<>(List.of(new Event.Received(m, at(), null, List.of())));
    if (random.nextBoolean()) life.add(new Event.Received(m.next().withAccount("acme"), at(), answered, List.of()));
    return life;
  }

  private Message message() {
    now += random.nextInt(40);
    Origin origin = random.nextInt(3) == 0 ? Origin.NONE
      : new Origin(random.nextBoolean() ? "M7Hxv9CsR4" : null, "ref" + random.nextInt(9), List.of("a,b", "c \"d\" \\ {e}"), null, random.nextBoolean() ? "B1" : null, 0, false);
    return Message.accepted(ids.next(), Lane.BULK, random.nextBoolean() ? "acme" : "softmill", "+15550100", "+1555010" + random.nextInt(100), "Hi \0 there \uD83D\uDC4B, half of it: \uD83D",
      Encoding.GSM7, 1 + random.nextInt(3), COUNTRIES[random.nextInt(COUNTRIES.length)], now + 1_000_000, origin);
  }

  /** Of a network that is known or not, at a cost that is known or not. */
  private Carriage carriage(Message m) {
    String network = random.nextInt(4) == 0 ? null : "3104" + (10 + random.nextInt(3));
    return random.nextInt(4) == 0 ? Carriage.over(network) : new Carriage(network, 7_001L * m.segments(), random.nextInt(5) == 0 ? "USD" : "EUR");
  }

  private List<Leg> legs(Message m) {
    return List.of(new Leg(m.account(), "reseller", 12_345L * m.segments(), "EUR"), new Leg("reseller", "operator", 10_000L * m.segments(), "EUR"));
  }

  private static int n(List<Event> life) {
    return 1 + (int) life.stream().filter(e -> e.n() > 0).count();
  }

  private long at() {
    return now += random.nextInt(20);
  }

  private static List<Event> with(List<Event> life, Event last) {
    life.add(last);
    return life;
  }
}
