package io.godwit.reporting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Carriage;
import io.godwit.message.Event;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.testing.Await;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What accounts were billed is the sum of the billed legs, each once, by country and network where they are known; what links took is the sum of the SENT events, each
 * once.
 */
class BilledTest {
  private static final Carriage UNKNOWN = new Carriage(null, 0, null);
  private static final String LINES = "SELECT account, day, country, network, sum(messages)::bigint, sum(segments)::bigint, sum(micros)::bigint FROM billed GROUP BY 1, 2, 3, 4";
  private static final String CARRIED = "SELECT link, day, network, currency, sum(messages)::bigint, sum(segments)::bigint, sum(micros)::bigint FROM carried GROUP BY 1, 2, 3, 4";

  private static final class Sums {
    final Map<String, long[]> sums = new HashMap<>();

    void add(String key, long segments, long micros) {
      long[] sum = sums.computeIfAbsent(key, k -> new long[3]);
      sum[0]++;
      sum[1] += segments;
      sum[2] += micros;
    }

    List<String> lines() {
      return sums.entrySet().stream().map(e -> e.getKey() + "|" + e.getValue()[0] + "|" + e.getValue()[1] + "|" + e.getValue()[2]).sorted().toList();
    }
  }

  private static List<String> sorted(Stand stand, String sql) {
    return stand.lines(sql).stream().sorted().toList();
  }

  private static String text(String known) {
    return known == null ? "" : known;
  }

  private static List<String> expected(List<List<Event>> lives) {
    Sums sums = new Sums();
    for (List<Event> life : lives) {
      Message m = life.get(0).message();
      Carriage carriage = UNKNOWN;
      for (Event event : life) {
        if (event instanceof Event.Routed routed) carriage = routed.carriage() == null ? UNKNOWN : routed.carriage();
        if (event.money() == null || event.money().action() != Event.Money.Action.BILLED) continue;
        for (Leg leg : event.money().legs()) sums.add(leg.account() + "|" + MessageTable.day(event.at()) + "|" + m.country() + "|" + text(carriage.network()), m.segments(), leg.amount());
      }
    }
    return sums.lines();
  }

  private static List<String> carried(List<List<Event>> lives) {
    Sums sums = new Sums();
    for (List<Event> life : lives) for (Event event : life) {
      if (!(event instanceof Event.Sent sent)) continue;
      Carriage carriage = sent.carriage() == null ? UNKNOWN : sent.carriage();
      sums.add(sent.link() + "|" + MessageTable.day(sent.at()) + "|" + text(carriage.network()) + "|" + text(carriage.currency()), life.get(0).message().segments(), carriage.cost());
    }
    return sums.lines();
  }

  @Test
  void everyBilledLegCountsOnceHoweverTheProjectionIsInterruptedAndRebuilt() {
    try (Stand stand = new Stand()) {
      List<List<Event>> lives = new Histories(21, System.currentTimeMillis()).some(400);
      Stand.Running first = stand.project(Stand.QUICK.copy().put("batchEvents", 23));
      lives.subList(0, 200).forEach(stand::write);
      Await.until("it has begun", () -> stand.pagesApplied() > 20);
      Stand.kill(first);
      lives.subList(200, 400).forEach(stand::write);
      stand.project(Stand.QUICK.copy().put("batchEvents", 31));
      stand.awaitCaughtUp();
      assertEquals(expected(lives), sorted(stand, LINES));
      assertEquals(carried(lives), sorted(stand, CARRIED));
      Await.await(RebuildReports.run(stand.pool));
      stand.awaitCaughtUp();
      assertEquals(expected(lives), sorted(stand, LINES));
      assertEquals(carried(lives), sorted(stand, CARRIED));

      Usage usage = Usage.open(stand.vertx, stand.uri);
      LocalDate today = LocalDate.now(ZoneOffset.UTC);
      long all = stand.number("SELECT sum(micros)::bigint FROM billed WHERE account = 'reseller'");
      assertEquals(all, Await.await(usage.before("reseller", "EUR", today.plusDays(2))));
      assertEquals(0, Await.await(usage.before("reseller", "USD", today.plusDays(2))));
      assertEquals(all, Await.await(usage.byNetwork("reseller", "EUR", YearMonth.from(today).minusMonths(1).atDay(1), today.plusDays(2))).stream().mapToLong(Usage.Sum::micros).sum());
      Await.await(usage.close());
    }
  }

  @Test
  void inAnyOrderOfPagesTheAmountsAreExact() {
    try (Stand stand = new Stand()) {
      List<List<Event>> lives = new Histories(22, System.currentTimeMillis()).some(300);
      stand.project(Stand.QUICK.copy().put("batchEvents", 17));
      Fold.shuffledPages(22, lives).forEach(stand::write);
      stand.awaitCaughtUp();
      long expected = lives.stream().flatMap(List::stream).filter(e -> e.money() != null && e.money().action() == Event.Money.Action.BILLED)
        .flatMap(e -> e.money().legs().stream()).mapToLong(Leg::amount).sum();
      assertEquals(expected, stand.number("SELECT sum(micros)::bigint FROM billed"));
      assertEquals(carried(lives), sorted(stand, CARRIED));
    }
  }
}
