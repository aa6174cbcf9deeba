package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Amount;
import io.godwit.billing.Purse;
import io.godwit.events.EventStream;
import io.godwit.management.ManagementDoor.Answer;
import io.godwit.message.Carriage;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.reporting.ReportingVerticle;
import io.godwit.store.CommitSlot;
import io.godwit.store.MongoSet;
import io.godwit.store.UnitOfWork;
import io.godwit.testing.Await;
import io.godwit.testing.PostgresServer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A reseller and his customers over the end of a month: random top-ups, transfers and billed messages, among them at its last and first millisecond (UTC). */
class StatementTest {
  private static final long NOVEMBER = Instant.parse("2026-11-01T00:00:00Z").toEpochMilli();
  private static final long DAY = 86_400_000;
  private static final int STEPS = 60;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);
  private final ManagementDoor door = new ManagementDoor(PostgresServer.shared().freshDatabase());
  private final MongoSet set = door.node.sets.control();
  private final EventStream events = new EventStream(set);
  private final List<Effect> effects = new ArrayList<>();
  /** By account, month, country and network: messages and micro-units. */
  private final Map<String, long[]> used = new TreeMap<>();
  private int billed;

  private record Effect(String account, long at, long micros) { }

  private void happen(int step) {
    long at = step == 20 ? NOVEMBER - 1 : step == 21 || step == 22 ? NOVEMBER : NOVEMBER + (step - 21) * 3_600_000L + random.nextInt(3_600_000);
    door.node.clock.set(at);
    switch (step < 2 ? step : random.nextInt(5)) {
      case 0 -> credit("operator", "reseller", "top-ups", null, step, 900_000_000L + random.nextInt(10_000_000), at);
      case 1 -> credit("reseller", "reseller", "transfers", random.nextBoolean() && step > 1 ? "other" : "demo", step, 1_000_000 + random.nextInt(1_000_000), at);
      case 2 -> credit("reseller", "demo", "transfers", "reseller", step, 1 + random.nextInt(100_000), at);
      default -> bill(random.nextInt(3) == 0 ? "other" : "demo", at);
    }
  }

  private void credit(String key, String account, String kind, String to, int step, long micros, long at) {
    JsonObject entry = new JsonObject().put("id", "step-" + step).put("amount", Amount.text(micros));
    if (to != null) entry.put("to", to);
    Answer answer = door.post(key, "/v1/accounts/" + account + "/" + kind, entry);
    assertEquals(201, answer.status(), () -> answer.said() + ", seed " + seed);
    effects.add(new Effect(to == null ? account : to, at, micros));
    if (to != null) effects.add(new Effect(account, at, -micros));
  }

  /** Accepted in the hour before, perhaps in the month before; another one like it is not billed in the end. */
  private void bill(String customer, long at) {
    List<Event> some = new ArrayList<>();
    MessageId.Generator ids = new MessageId.Generator(0, ++billed, () -> at - random.nextInt(3_600_000));
    String country = random.nextBoolean() ? "DE" : "";
    Carriage carriage = random.nextBoolean() ? new Carriage("26201", 7_000, "EUR") : null;
    List<Leg> legs = List.of(new Leg(customer, "reseller", 70_000 + random.nextInt(9), "EUR"), new Leg("reseller", "operator", 50_000 + random.nextInt(9), "EUR"));
    for (boolean sent : new boolean[] {true, false}) {
      Message m = Message.accepted(ids.next(), Lane.BULK, customer, "Shop", "+4915112345678", "hello", Encoding.GSM7, 1, country, at + DAY, Origin.NONE);
      some.add(new Event.Accepted(m, m.acceptedAt()));
      some.add(new Event.Routed(m.id(), 2, m.acceptedAt(), "sim", "Shop", Money.reserved(legs), null, carriage));
      some.add(sent ? new Event.Sent(m.id(), 3, at, "sim", List.of("c"), true, Money.billed(legs), 1, carriage) : new Event.Expired(m.id(), 3, at, "late", Money.released(legs)));
    }
    write(some);
    for (Leg leg : legs) {
      effects.add(new Effect(leg.account(), at, -leg.amount()));
      String month = Instant.ofEpochMilli(at).toString().substring(0, 7);
      long[] sum = used.computeIfAbsent(leg.account() + " " + month + " " + (country.isEmpty() ? null : country) + " " + (carriage == null ? null : carriage.network()), k -> new long[2]);
      sum[0]++;
      sum[1] += leg.amount();
    }
  }

  private void write(List<Event> some) {
    door.node.await(() -> events.prepareDays().compose(v -> {
      UnitOfWork work = new UnitOfWork();
      events.append(work, some);
      CommitSlot slot = set.slot("t" + billed);
      return slot.run(work).onComplete(done -> slot.close());
    }));
  }

  private String sum(String account, LocalDate before) {
    return Amount.text(effects.stream().filter(e -> e.account.equals(account) && e.at < before.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli()).mapToLong(Effect::micros).sum());
  }

  private static long total(JsonObject statement) {
    return statement.getJsonArray("lines").stream().mapToLong(line -> Amount.micros(((JsonObject) line).getString("amount"))).sum();
  }

  private void check(String account, LocalDate from, LocalDate to) {
    String path = "/v1/accounts/" + account + "/statement?from=" + from + "&to=" + to;
    JsonObject statement = door.get("reseller", path).json();
    assertEquals(sum(account, from), statement.getString("opening"), () -> "seed " + seed);
    assertEquals(sum(account, to.plusDays(1)), statement.getString("closing"), () -> "seed " + seed);
    assertEquals(Amount.micros(statement.getString("closing")), Amount.micros(statement.getString("opening")) + total(statement));

    String[] csv = door.get("reseller", path + "&format=csv").raw().body().split("\r\n");
    assertEquals(statement.getJsonArray("lines").size() + 3, csv.length);
    assertEquals(from + ",OPENING,,,,,,," + statement.getString("opening") + ",EUR", csv[1]);
    assertEquals(to + ",CLOSING,,,,,,," + statement.getString("closing") + ",EUR", csv[csv.length - 1]);
    long balance = Amount.micros(statement.getString("opening"));
    for (int i = 2; i < csv.length - 1; i++) {
      String[] line = csv[i].split(",", -1);
      balance += Amount.micros(line[7]);
      assertEquals(Amount.text(balance), line[8], csv[i]);
    }
  }

  private void checkUsage(String account, String month) {
    String path = "/v1/accounts/" + account + "/usage?month=" + month;
    JsonObject usage = door.get("reseller", path).json();
    Map<String, String> told = new TreeMap<>();
    usage.getJsonArray("items").stream().map(JsonObject.class::cast).forEach(item -> told.put(account + " " + month + " " + item.getString("country") + " " + item.getString("network"),
      item.getInteger("messages") + " " + item.getString("amount")));
    Map<String, String> expected = new TreeMap<>();
    used.forEach((key, sum) -> {
      if (key.startsWith(account + " " + month)) expected.put(key, sum[0] + " " + Amount.text(sum[1]));
    });
    assertEquals(expected, told, () -> "seed " + seed);
    JsonObject total = usage.getJsonObject("total");
    String[] csv = door.get("reseller", path + "&format=csv").raw().body().split("\r\n");
    assertEquals("Month,Country,Network,Messages,Segments,Amount,Currency", csv[0]);
    assertEquals(month + ",TOTAL,," + total.getInteger("messages") + "," + total.getInteger("segments") + "," + total.getString("amount") + ",EUR", csv[csv.length - 1]);
    String statement = "/v1/accounts/" + account + "/statement?from=" + month + "-01&to=" + YearMonth.parse(month).atEndOfMonth();
    long lines = door.get("reseller", statement).json().getJsonArray("lines").stream().map(JsonObject.class::cast).filter(line -> line.getString("type").equals("USAGE"))
      .mapToLong(line -> -Amount.micros(line.getString("amount"))).sum();
    assertEquals(total.getString("amount"), Amount.text(lines), "both papers say the same");
  }

  @Test
  void openingWithTopUpsAndTransfersLessWhatWasBilledIsClosingForEachMonthAndDay() {
    try (door) {
      for (int step = 0; step < STEPS; step++) happen(step);
      door.node.clock.set(NOVEMBER + 20 * DAY);
      Await.await(door.node.vertx.deployVerticle(new ReportingVerticle(door.node.node), new DeploymentOptions().setConfig(new JsonObject().put("pollMs", 20))));
      long messages = used.entrySet().stream().filter(e -> e.getKey().startsWith("reseller")).mapToLong(e -> e.getValue()[0]).sum();
      Await.until("all is projected", 30, () -> usage("2026-10") + usage("2026-11") == messages);
      for (String account : List.of("reseller", "demo", "other")) {
        check(account, LocalDate.parse("2026-10-01"), LocalDate.parse("2026-10-31"));
        check(account, LocalDate.parse("2026-11-01"), LocalDate.parse("2026-11-30"));
        for (LocalDate day = LocalDate.parse("2026-10-30"); day.isBefore(LocalDate.parse("2026-11-04")); day = day.plusDays(1)) check(account, day, day);
        checkUsage(account, "2026-10");
        checkUsage(account, "2026-11");
      }
    }
  }

  private String reserved() {
    JsonObject told = door.get("reseller", "/v1/accounts/demo/balance").json();
    return told.getString("balance") + " " + told.getString("reserved");
  }

  private String own() {
    JsonObject told = door.get("demo", "/v1/account").json();
    return told.getString("balance") + " " + told.getString("reserved");
  }

  @Test
  void whatMessagesHaveReservedIsShownBesideTheBalanceUntilItIsBilled() {
    try (door) {
      long now = door.node.clock.get();
      credit("operator", "demo", "top-ups", null, 0, 1_000_000, now);
      Slot slot = door.node.await(() -> Future.succeededFuture(door.node.node.queue(0).openSlot("worker")));
      Purse purse = door.node.await(() -> Purse.open(door.node.node, 0, slot));
      Message m = door.node.message("demo", "+4915112345678");
      List<Leg> legs = List.of(new Leg("demo", "reseller", 75_000, "EUR"));
      door.node.await(() -> events.prepareDays().compose(v -> purse.draw("demo", 75_000, 75_000)));
      assertTrue(purse.reserve(legs));
      Step routed = new Step().event(new Event.Accepted(m, m.acceptedAt())).event(new Event.Routed(m.id(), 2, now, "sim", "Shop", Money.reserved(legs), null)).money("demo", -75_000);
      door.node.await(() -> slot.commit(routed));
      assertEquals("0.925 null, 0.925000 null", reserved() + ", " + own(), "nobody reports");

      Await.await(door.node.vertx.deployVerticle(new ReportingVerticle(door.node.node), new DeploymentOptions().setConfig(new JsonObject().put("pollMs", 20))));
      Await.until("the reports are there", () -> reserved().equals("0.925 0.075"));
      assertEquals("0.925000 0.075000", own());
      door.node.await(() -> slot.commit(new Step().event(new Event.Sent(m.id(), 3, now, "sim", List.of("c"), true, Money.billed(legs), 1, null))));
      Await.until("it is billed", () -> reserved().equals("0.925 0"));
      assertEquals("0.925000 0.000000", own());
      door.node.await(purse::close);
      door.node.await(slot::close);
    }
  }

  private long usage(String month) {
    Answer answer = door.get("reseller", "/v1/accounts/reseller/usage?month=" + month);
    return answer.status() == 200 ? answer.json().getJsonObject("total").getLong("messages") : -1;
  }
}
