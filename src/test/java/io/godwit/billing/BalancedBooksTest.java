package io.godwit.billing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.AccountTree;
import io.godwit.events.MessageState;
import io.godwit.events.Trail;
import io.godwit.message.Encoding;
import io.godwit.message.Event;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Origin;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random trees of accounts in several currencies, prices, policies, top-ups, transfers, routing, rerouting at other prices, billing, refunds, cancellation and expiry in two sets, by
 * processes of which each dies at some write: in the end the books balance, nobody without a limit owes anything, and nothing is paid twice. A seed gives the plan; how a plan's writes
 * interleave is not in its hands. Two seeds, and one that is another every day: {@code -Dgodwit.books.seed=20251128} for that one, {@code -Dgodwit.books.seeds=100} for more.
 */
@Tag("slow")
class BalancedBooksTest {
  private static final List<String> CURRENCIES = List.of("EUR", "USD", "GBP");
  private static final int LIVES = 4;
  private static final int STEPS = 14;

  private TestNode home;
  private Random random;
  private Ledger ledger;
  private AccountTree tree;
  /** What is not final yet, by id, as it stands in the events. */
  private final Map<String, Message> open = Collections.synchronizedMap(new LinkedHashMap<>());
  private final List<String> all = new ArrayList<>();
  private final Map<String, Long> credited = new HashMap<>();
  /** Top-ups and transfers of which nobody knows whether they were made, by their keys. */
  private final Map<String, Supplier<Future<Ledger.Made>>> unsure = new LinkedHashMap<>();

  static Stream<Long> seeds() {
    Long one = Long.getLong("godwit.books.seed");
    Integer many = Integer.getInteger("godwit.books.seeds");
    if (one != null) return Stream.of(one);
    return many != null ? Stream.iterate(1L, seed -> seed + 1).limit(many) : Stream.of(1L, 2L, Long.valueOf(LocalDate.now(ZoneOffset.UTC).format(DateTimeFormatter.BASIC_ISO_DATE)));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theBooksBalanceWhateverDies(long seed) {
    System.out.println("books: seed " + seed + ", again by -Dgodwit.books.seed=" + seed);
    random = new Random(seed);
    home = TestNode.start(2);
    try {
      plant();
      for (int life = 0; life < LIVES; life++) live();
      assertBalanced();
    } finally {
      home.close();
    }
  }

  // ---- the plan

  private void plant() {
    home.put("account", "operator", new JsonObject());
    List<String> ids = new ArrayList<>(List.of("operator"));
    for (int i = 0; i < 8; i++) {
      String parent = AccountTree.of(home.directory.entries("account")).lineage(ids.get(ids.size() - 1)).size() < AccountTree.DEPTH && random.nextInt(4) > 0 ? ids.get(ids.size() - 1) : pick(ids);
      if (AccountTree.of(home.directory.entries("account")).lineage(parent).size() >= AccountTree.DEPTH) continue;
      String id = "a" + i;
      home.put("account", id, new JsonObject().put("parent", parent).put("currency", pick(CURRENCIES)).put("billOn", random.nextBoolean() ? "SENT" : "DELIVERED")
        .put("refundOnFailure", random.nextBoolean()).put("postpaidFloor", random.nextInt(4) == 0 ? -random.nextInt(2_000) : 0));
      ids.add(id);
    }
    wholesale();
    for (String id : ids.subList(1, ids.size())) if (random.nextBoolean()) reprice(id);
    for (String from : CURRENCIES) for (String to : CURRENCIES) if (!from.equals(to)) exchange(from, to);
    tree = AccountTree.of(home.directory.entries("account"));
    ledger = new Ledger(home.sets, new Pricing(home.directory));
    home.await(ledger::open);
    for (String id : ids.subList(1, ids.size())) home.await(() -> credit("start-" + id, null, id, start()));
  }

  private void wholesale() {
    home.put("rate", "operator", new JsonObject().put("seller", "operator").put("currency", pick(CURRENCIES)).put("prices", new JsonObject().put("49", 70 + random.nextInt(60)).put("", 57)));
  }

  private void reprice(String seller) {
    home.put("rate", seller, new JsonObject().put("seller", seller).put("currency", pick(CURRENCIES)).put("prices", random.nextBoolean() ? new JsonObject() : new JsonObject().put("4915", 150 + random.nextInt(50)))
      .put("markup", new JsonObject().put("percent", random.nextInt(40)).put("add", random.nextInt(9))));
  }

  /** Somebody from whom others buy has other prices; who that is. */
  private String reprice() {
    String seller = pick(tree.all().stream().map(account -> account.parent()).filter(parent -> parent != null).toList());
    if (seller.equals("operator")) wholesale();
    else reprice(seller);
    return seller;
  }

  private void exchange(String from, String to) {
    home.put("exchange", from + "-" + to, new JsonObject().put("rates", new JsonArray().add(new JsonObject().put("rate", 700_000 + random.nextInt(800_000)))));
  }

  private long start() {
    return 2_000 + random.nextInt(20_000);
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  // ---- a process

  /** One process from its start to its death at some write, and what others do about it. */
  private void live() {
    try (MortalProcess process = new MortalProcess(home)) {
      int diesAt = random.nextInt(STEPS);
      for (int i = 0; i < STEPS && !process.isDying(); i++) {
        accept();
        if (i == diesAt) process.willDie(random);
        step(process);
      }
      process.die();
    }
    home.await(() -> new Treasury(home.sets).sweep());
    List.copyOf(unsure.values()).forEach(again -> home.await(() -> again.get().otherwiseEmpty()));
    unsure.clear();
    recall();
  }

  private void step(MortalProcess process) {
    int what = random.nextInt(14);
    if (what < 5) process.attempt(List.of(route(process, 0), route(process, 1)));
    else if (what < 8) process.attempt(List.of(settle(process, 0), settle(process, 1)));
    else if (what < 11) process.attempt(rerouteAfterReprice(process));
    else if (what == 11) process.attempt(List.of(cancel(process, 0), cancel(process, 1)));
    else if (what == 12) process.attempt(List.of(move(process)));
    else if (random.nextBoolean()) reprice();
    else exchange("EUR", "USD");
  }

  private void accept() {
    for (int i = random.nextInt(6); i >= 0; i--) {
      int set = random.nextInt(2);
      Message m = Message.accepted(home.node.queue(set).newId(), Lane.BULK, pick(List.copyOf(tree.all())).id(), "Godwit", "+49" + (random.nextBoolean() ? "15" : "30") + "112345678", "Hello",
        Encoding.GSM7, 1 + random.nextInt(3), "DE", home.clock.get() + 3_600_000, Origin.NONE);
      home.await(() -> home.node.queue(set).openSlot("accept-" + m.id()).commit(new Step().event(new Event.Accepted(m, home.clock.get()))));
      open.put(m.id(), m);
      all.add(m.id());
    }
  }

  /** Some of the messages that stand so, in that set. */
  private List<Message> some(int set, boolean routed) {
    return List.copyOf(open.values()).stream().filter(m -> MessageId.set(m.id()) == set && (m.link() != null) == routed).limit(9).toList();
  }

  private Supplier<Future<Void>> route(MortalProcess process, int set) {
    List<Message> batch = some(set, false);
    return () -> process.route(set, batch, open);
  }

  private Supplier<Future<Void>> settle(MortalProcess process, int set) {
    List<Message> batch = some(set, true);
    Random fate = new Random(random.nextLong());
    return () -> process.settle(set, batch, tree, fate, open);
  }

  /** What is routed goes over another link, at other prices. */
  private List<Supplier<Future<Void>>> rerouteAfterReprice(MortalProcess process) {
    process.learn(reprice());
    return process.isDying() ? List.of() : List.of(reroute(process, 0), reroute(process, 1));
  }

  private Supplier<Future<Void>> reroute(MortalProcess process, int set) {
    List<Message> batch = some(set, true);
    return () -> process.reroute(set, batch, open);
  }

  /** Few, so that others are left to be settled. */
  private Supplier<Future<Void>> cancel(MortalProcess process, int set) {
    List<Message> batch = Stream.of(some(set, false), some(set, true)).flatMap(some -> some.stream().limit(2)).toList();
    Random fate = new Random(random.nextLong());
    return () -> process.cancel(set, batch, fate, open);
  }

  /** A top-up, or a transfer to who buys from another, by the process; others ask for it again by its key when that is dead. */
  private Supplier<Future<Void>> move(MortalProcess process) {
    String to = pick(List.copyOf(tree.all())).id();
    String from = tree.get(to).parent() == null || random.nextInt(3) == 0 ? null : tree.get(to).parent();
    String key = "key-" + unsure.size() + "-" + random.nextLong();
    long amount = 1 + random.nextInt(1_500);
    unsure.put(key, () -> credit(key, from, to, amount));
    return () -> process.ledger.make(key, from, to, amount, "test", null).mapEmpty();
  }

  private Future<Ledger.Made> credit(String key, String from, String to, long amount) {
    return ledger.make(key, from, to, amount, "test", null).onSuccess(made -> {
      credited.merge(to, amount, Long::sum);
      if (from != null) credited.merge(from, -amount, Long::sum);
    });
  }

  /** Reads how each message stands: whoever died did not tell. */
  private void recall() {
    for (String id : List.copyOf(open.keySet())) {
      MessageState state = state(id);
      List<Event> events = trail(id);
      if (state.isFinal()) open.remove(id);
      else open.put(id, MortalProcess.standing(events));
    }
  }

  private List<Event> trail(String id) {
    return home.await(() -> Trail.of(home.vertx.getOrCreateContext(), home.sets.get(MessageId.set(id)), id));
  }

  private MessageState state(String id) {
    return MessageState.of(trail(id));
  }

  // ---- the end

  /** What a process had sent before it died may reach MongoDB after it was swept up: until the next sweep. */
  private void awaitAllAtHome() {
    Await.until("all money is at home", () -> {
      home.await(() -> new Treasury(home.sets).sweep());
      return tree.all().stream().map(account -> home.await(() -> ledger.balance(account.id()))).allMatch(balance -> balance.allotted() == 0 && balance.inTransfer() == 0);
    });
  }

  private void assertBalanced() {
    awaitAllAtHome();
    assertEquals(List.of(), Money.off(home));
    Map<String, Long> spent = new HashMap<>();
    int billed = 0;
    for (String id : all) {
      MessageState state = state(id);
      if (state.money() == null || state.money().action() == Event.Money.Action.RELEASED) continue;
      billed++;
      state.money().legs().forEach(leg -> {
        assertEquals(tree.get(leg.account()).currency(), leg.currency());
        spent.merge(leg.account(), leg.amount(), Long::sum);
      });
    }
    System.out.println("books: " + all.size() + " messages, " + billed + " paid or reserved, " + open.size() + " open");
    tree.all().forEach(account -> {
      Ledger.Balance balance = home.await(() -> ledger.balance(account.id()));
      long wanted = credited.getOrDefault(account.id(), 0L) - spent.getOrDefault(account.id(), 0L);
      assertEquals(new Ledger.Balance(account.id(), account.currency(), wanted, 0, 0), balance);
      assertTrue(balance.free() >= account.postpaidFloor(), () -> "below the floor: " + balance);
    });
  }
}
