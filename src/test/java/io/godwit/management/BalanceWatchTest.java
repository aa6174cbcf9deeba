package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.accounts.Alerts;
import io.godwit.accounts.Change;
import io.godwit.billing.Ledger;
import io.godwit.billing.Pricing;
import io.godwit.store.Mongo;
import io.godwit.testing.Await;
import io.godwit.testing.Gate;
import io.godwit.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often the stores are asked where very many accounts want to be warned. What is warned of is in {@code CreditTest}. */
class BalanceWatchTest {
  /** One more than are looked at together. */
  private static final int ACCOUNTS = Ledger.AT_ONCE + 1;
  private static final long HIGH = 10_000_000;
  private static final long LOW = 4_000_000;
  /** Of a round, whatever the number of accounts in its two slices: balances, both sets' allotments, balances again, and marks. */
  private static final int READS = 2 * 5;
  /** Of an account that fell: its alert, and its mark. */
  private static final int WRITES = 3;
  private TestNode node;
  private Gate gate;
  private TestNode watching;

  @BeforeEach
  void accountsThatWantToBeWarned() {
    node = TestNode.start(2);
    JsonObject warning = new JsonObject().put("lowBalance", "5");
    List<Change> accounts = IntStream.range(0, ACCOUNTS).mapToObj(i -> new Change("account", account(i), 0, null, warning, "operator", new Change.By("operator", "key"))).toList();
    node.await(() -> node.directory.change(node.vertx.getOrCreateContext(), node.directory.picture(), accounts));
    Await.first(balances().insertMany(IntStream.range(0, ACCOUNTS).mapToObj(i -> new Document("_id", account(i)).append("seq", 0L).append("free", HIGH)
      .append("open", new Document()).append("in", new Document())).toList()));
    gate = new Gate();
    watching = node.another(gate);
  }

  @AfterEach
  void close() {
    watching.close();
    gate.close();
    node.close();
  }

  private static String account(int number) {
    return "customer-" + number;
  }

  private MongoCollection<Document> balances() {
    return node.sets.control().db().getCollection("balances");
  }

  private void setBalance(String account, long free) {
    Await.first(balances().updateOne(Filters.eq("_id", account), Updates.set("free", free)));
  }

  /** How many commands one round took. */
  private int look() {
    int before = commands();
    watching.await(() -> {
      Ledger ledger = new Ledger(watching.sets, new Pricing(watching.directory));
      return new BalanceWatch(watching.vertx.getOrCreateContext(), watching.node, ledger, new Alerts(watching.sets.control())).look();
    });
    return commands() - before;
  }

  private int commands() {
    return Stream.of("balances", "allotments", BalanceWatch.COLLECTION, "alerts").mapToInt(on -> gate.seen("find", on) + gate.seen("update", on)).sum();
  }

  private TreeSet<String> warned() {
    TreeSet<String> warned = new TreeSet<>();
    node.await(() -> Mongo.all(node.vertx.getOrCreateContext(), node.sets.control().db().getCollection("alerts").find()))
      .forEach(alert -> warned.add(alert.getString("_id")));
    return warned;
  }

  @Test
  void aRoundOverHundredsOfAccountsIsAFewReadsAndWhatIsWrittenOfThoseThatFell() {
    int still = look();
    assertTrue(still <= READS, () -> still + " commands where nothing changed");
    assertEquals(new TreeSet<>(), warned());

    List<String> falling = List.of(account(0), account(250), account(ACCOUNTS - 1));
    falling.forEach(account -> setBalance(account, LOW));
    int fallen = look();
    assertTrue(fallen <= READS + WRITES * falling.size(), () -> fallen + " commands where three fell");
    TreeSet<String> alerts = new TreeSet<>();
    falling.forEach(account -> alerts.add("low-balance/" + account + "/1"));
    assertEquals(alerts, warned());

    int again = look();
    assertTrue(again <= READS, () -> again + " commands where all that fell are warned of");
    assertEquals(alerts, warned());
  }

  @Test
  void whatRoseAndFellAgainIsWarnedOfAgain() {
    for (long free : new long[] {LOW, HIGH, LOW}) {
      setBalance(account(ACCOUNTS - 1), free);
      look();
    }
    assertEquals(new TreeSet<>(List.of("low-balance/" + account(ACCOUNTS - 1) + "/1", "low-balance/" + account(ACCOUNTS - 1) + "/2")), warned());
  }
}
