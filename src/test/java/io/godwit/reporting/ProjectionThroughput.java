package io.godwit.reporting;

import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.testing.Await;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast the projection catches up: a main. Arguments: messages (100000), events of a page (200). Each message has four events, a
 * page holds one kind, and the kinds of a message are 20 pages apart, as under load.
 */
final class ProjectionThroughput {
  private static final int APART = 20;

  public static void main(String[] args) {
    int messages = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    int pageEvents = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    try (Stand stand = new Stand()) {
      List<List<Event>> pages = pages(messages, pageEvents);
      for (List<Event> page : pages) stand.write(page);
      for (int round = 1; round <= 3; round++) {
        Await.await(RebuildReports.run(stand.pool));
        long began = System.nanoTime();
        double javaBegan = cpu(ProcessHandle.current());
        Stand.Running run = stand.project(new JsonObject());
        Await.until("all is applied", () -> run.lag().events() == 4L * messages);
        double seconds = (System.nanoTime() - began) / 1e9;
        double java = cpu(ProcessHandle.current()) - javaBegan;
        double postgres = stand.lines("SELECT pid FROM pg_stat_activity WHERE application_name = 'godwit projection'").stream()
          .mapToDouble(pid -> ProcessHandle.of(Long.parseLong(pid)).map(ProjectionThroughput::cpu).orElse(0.0)).sum();
        System.out.printf("round %d: %,d events in %,d pages of %d: %.2f s, %,.0f events/s, %,.0f messages/s; CPU seconds: Java %.2f, PostgreSQL's backends %.2f%n", round, 4 * messages, pages.size(), pageEvents, seconds,
          4 * messages / seconds, messages / seconds, java, postgres);
        stand.stop(run);
      }
      long began = System.nanoTime();
      stand.lines("SELECT * FROM volume");
      System.out.printf("SELECT * FROM volume over %,d rows: %d ms%n", messages, (System.nanoTime() - began) / 1_000_000);
    }
  }

  private static double cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  private static List<List<Event>> pages(int messages, int pageEvents) {
    MessageId.Generator ids = new MessageId.Generator(0, 1, System::currentTimeMillis);
    List<List<List<Event>>> kinds = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int first = 0; first < messages; first += pageEvents) {
      List<Message> some = new ArrayList<>();
      for (int i = 0; i < Math.min(pageEvents, messages - first); i++) some.add(message(ids.next(), first + i));
      for (int kind = 0; kind < 4; kind++) {
        int k = kind;
        kinds.get(kind).add(some.stream().map(m -> event(m, k)).toList());
      }
    }
    List<List<Event>> pages = new ArrayList<>();
    for (int at = 0; at < kinds.get(0).size() + 3 * APART; at++) {
      for (int kind = 0; kind < 4; kind++) {
        int page = at - kind * APART;
        if (page >= 0 && page < kinds.get(kind).size()) pages.add(kinds.get(kind).get(page));
      }
    }
    return pages;
  }

  private static Message message(String id, int number) {
    Origin origin = new Origin("M7Hxv9CsR4", "ref" + number, List.of("otp"), null, null, 0, false);
    return Message.accepted(id, Lane.ALERT, "account" + number % 50, "Acme", "+1201" + (5_550_000 + number), "Your code is 123456, it is valid for ten minutes. Tell it to nobody.",
      Encoding.GSM7, 1, "US", MessageId.millis(id) + 1_000_000, origin);
  }

  private static Event event(Message m, int kind) {
    List<Leg> legs = List.of(new Leg(m.account(), "reseller", 12_345, "EUR"), new Leg("reseller", "operator", 10_000, "EUR"));
    long at = m.acceptedAt() + kind * 100;
    return switch (kind) {
      case 0 -> new Event.Accepted(m, at);
      case 1 -> new Event.Routed(m.id(), 2, at, "link1", "Acme", Event.Money.reserved(legs));
      case 2 -> new Event.Sent(m.id(), 3, at, "link1", List.of("c" + m.id()), false, Event.Money.billed(legs));
      default -> new Event.Delivered(m.id(), 4, at, at, null);
    };
  }
}
