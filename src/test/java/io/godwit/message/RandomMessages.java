package io.godwit.message;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Messages, receipts and events with every field now set, now not; the same ones for the same seed. */
final class RandomMessages {
  private static final String TEXTS = "abcXYZ 0123 \n\"'{}$. €ñ漢\uD83D\uDE00";
  private final Random random;
  private final MessageId.Generator ids;

  RandomMessages(long seed) {
    random = new Random(seed);
    ids = new MessageId.Generator(random.nextInt(4096), random.nextInt(1 << 28), () -> 1_764_000_000_000L + random.nextInt(1_000_000));
  }

  Message message() {
    return new Message(ids.next(), 1 + random.nextInt(9), pick(Direction.values()), pick(Lane.values()), text(), text(), text(), maybe(this::written), pick(Encoding.values()),
      1 + random.nextInt(10), random.nextBoolean() ? "" : "GB", millis(), origin(), maybe(this::text), list(this::leg), list(this::segment), random.nextInt(3), random.nextBoolean(),
      maybe(this::carriage));
  }

  /** As it was when its first event was written: what a later stage adds is not in there. */
  Message fresh(Direction direction) {
    Message m = message();
    return new Message(m.id(), m.n(), direction, m.lane(), m.account(), m.from(), m.to(), written(), m.encoding(), m.segments(), m.country(), m.validUntil(), m.origin(),
      direction == Direction.MO ? text() : null, List.of(), List.of(), 0, false, null);
  }

  DeliveryReport report() {
    return new DeliveryReport(ids.next(), text(), text(), pick(DeliveryReport.Outcome.values()), maybe(this::failure), random.nextBoolean() ? -1 : millis(), random.nextInt(3), maybe(this::text));
  }

  /** One event of every kind. */
  List<Event> events() {
    return List.of(new Event.Accepted(fresh(Direction.MT), millis()), new Event.Scheduled(fresh(Direction.MT), millis()),
      new Event.Received(fresh(Direction.MO), millis(), maybe(this::text), list(this::text)),
      new Event.Routed(ids.next(), n(), millis(), text(), text(), maybe(this::money), maybe(this::text), maybe(this::carriage)),
      new Event.Retried(ids.next(), n(), millis(), maybe(this::text), maybe(this::failure), random.nextBoolean(), millis()),
      new Event.Sent(ids.next(), n(), millis(), text(), list(this::text), random.nextBoolean(), maybe(this::money), random.nextInt(5), maybe(this::carriage)),
      new Event.Delivered(ids.next(), n(), millis(), random.nextBoolean() ? -1 : millis(), maybe(this::money)),
      new Event.Undeliverable(ids.next(), n(), millis(), maybe(this::failure), random.nextBoolean() ? -1 : millis(), maybe(this::money)),
      new Event.Failed(ids.next(), n(), millis(), maybe(this::text), maybe(this::failure), maybe(this::money)),
      new Event.Refused(ids.next(), n(), millis(), pick(Status.values()), maybe(this::failure), maybe(this::money)),
      new Event.Expired(ids.next(), n(), millis(), maybe(this::text), maybe(this::money)),
      new Event.Cancelled(ids.next(), n(), millis(), maybe(this::money)),
      new Event.Dead(ids.next(), n(), millis(), maybe(this::text), maybe(this::money)),
      new Event.Unknown(ids.next(), n(), millis(), maybe(this::text), maybe(this::money)),
      new Event.Replied(ids.next(), millis(), text(), maybe(() -> "t" + written())), new Event.Notified(ids.next(), millis(), random.nextInt(9), random.nextInt(9)),
      new Event.Revived(ids.next(), n(), millis(), pick(Status.values()), text()), new Event.Dropped(ids.next(), millis(), text(), text()),
      new Event.LateReceipt(ids.next(), millis(), text(), text(), maybe(this::text)), new Event.Redacted(ids.next(), millis(), text()),
      new Event.Unrecognised(ids.next(), millis(), text(), text()), new Event.Taken(ids.next(), millis(), text(), list(this::text), random.nextBoolean()));
  }

  private Origin origin() {
    return random.nextInt(4) == 0 ? Origin.NONE
      : new Origin(maybe(this::text), maybe(this::text), list(this::text), maybe(this::text), maybe(this::text), random.nextBoolean() ? 0 : millis(), random.nextBoolean(), random.nextBoolean(),
        maybe(this::smpp));
  }

  private SmppOrigin smpp() {
    return new SmppOrigin(random.nextInt(4), party(), party(), maybe(() -> "050003010201"), random.nextBoolean(),
      list(() -> new SmppOrigin.Parameter(0x1400 + random.nextInt(0x2C00), random.nextBoolean() ? "" : "31aa")));
  }

  private SmppOrigin.Party party() {
    return new SmppOrigin.Party(random.nextInt(7), random.nextInt(19), random.nextBoolean() ? "" : "a/b+" + text());
  }

  Notice notice() {
    return new Notice(message(), pick(Status.values()), millis(), random.nextBoolean() ? -1 : millis(), maybe(this::failure), random.nextInt(9), millis());
  }

  private Event.Money money() {
    return new Event.Money(pick(Event.Money.Action.values()), List.of(leg()));
  }

  private Carriage carriage() {
    String network = random.nextInt(3) == 0 ? null : "26201";
    return network == null || random.nextBoolean() ? new Carriage(network, random.nextInt(1_000_000), "EUR") : Carriage.over(network);
  }

  private Leg leg() {
    return new Leg(text(), maybe(this::text), random.nextLong() >>> 1, "EUR", list(() -> new Conversion("USD", "EUR", random.nextLong() >>> 1)));
  }

  private Segment segment() {
    return new Segment(list(this::text), list(random::nextLong), pick(Segment.State.values()));
  }

  private Failure failure() {
    return new Failure(text(), random.nextBoolean(), maybe(this::text), maybe(this::text));
  }

  private int n() {
    return 1 + random.nextInt(100);
  }

  private long millis() {
    return 1_764_000_000_000L + random.nextInt();
  }

  private String text() {
    return "t" + anyText();
  }

  /** A text, or a part of one that was cut inside a character. */
  private String written() {
    return switch (random.nextInt(5)) {
      case 0 -> anyText() + "\uD83D";
      case 1 -> "\uDE00" + anyText();
      default -> anyText();
    };
  }

  private String anyText() {
    return random.ints(random.nextInt(30), 0, TEXTS.codePointCount(0, TEXTS.length())).map(i -> TEXTS.codePointAt(TEXTS.offsetByCodePoints(0, i)))
      .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
  }

  private <T> T maybe(Supplier<T> value) {
    return random.nextBoolean() ? value.get() : null;
  }

  private <T> List<T> list(Supplier<T> value) {
    return IntStream.range(0, random.nextInt(3)).mapToObj(i -> value.get()).toList();
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
