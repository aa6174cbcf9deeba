package io.godwit.management;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.accounts.Amount;
import io.godwit.routing.Routing;
import io.godwit.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is changed at one door is in force at another, of another process, within a second. */
@Tag("slow")
class WithinASecondTest {
  private static final String GERMANY = "+4915112345678";
  private static final int TRIES = 10;

  private ManagementDoor door;
  private ManagementDoor other;

  @BeforeEach
  void twoDoorsAndTwoLinks() {
    door = new ManagementDoor();
    for (String link : List.of("one", "two")) door.node.put("link", link, new JsonObject().put("host", "localhost").put("systemId", "godwit"));
    put("/rates/wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("49", 1)));
    other = door.another();
  }

  @AfterEach
  void close() {
    other.close();
    door.close();
  }

  private void put(String path, JsonObject body) {
    ManagementDoor.Answer answer = door.call("PUT", "operator", "/v1" + path, body, "If-Match", "*");
    assertTrue(answer.status() < 300, answer::said);
  }

  private void upload(String path, String rows) {
    ManagementDoor.Answer answer = door.upload("operator", "/v1" + path, rows);
    assertTrue(answer.status() < 300, answer::said);
  }

  /**
   * Changes something again and again, each time as soon as the other process has just looked, so that it has the longest way until it looks again. The best time counts, as a busy
   * machine may take longer: from before the change is asked for.
   */
  private static void assertWithinASecond(String what, IntConsumer change, IntPredicate inForce) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i <= TRIES && best > TimeUnit.SECONDS.toNanos(1); i++) {
      int value = i;
      long begin = System.nanoTime();
      change.accept(value);
      Await.until("the other process knows " + what, () -> inForce.test(value));
      if (i > 0) best = Math.min(best, System.nanoTime() - begin);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(best);
    assertTrue(millis <= 1_000, () -> "the other process needs " + millis + " ms at best until it knows " + what);
  }

  private JsonObject key() {
    return door.post("reseller", "/v1/accounts/demo/keys", new JsonObject()).json();
  }

  private int statusWith(JsonObject key) {
    return other.post(key.getString("key"), "/v1/messages/preview", new JsonObject().put("text", "Hello")).status();
  }

  @Test
  void aKeyOpensTheOtherDoorUntilItIsRemoved() {
    JsonObject[] keys = new JsonObject[TRIES + 1];
    assertWithinASecond("a new key", i -> keys[i] = key(), i -> statusWith(keys[i]) == 200);
    Arrays.setAll(keys, i -> key());
    Await.until("the keys are known", () -> statusWith(keys[TRIES]) == 200);
    assertWithinASecond("that a key is removed", i -> door.change("DELETE", "reseller", "/v1/accounts/demo/keys/" + keys[i].getString("id"), null), i -> statusWith(keys[i]) == 401);
  }

  /** The operator's price for his reseller, which demo pays, too. */
  private boolean isPrice(int micros) {
    return Amount.text(micros).equals(other.post("demo", "/v1/messages/preview", new JsonObject().put("text", "Hello").put("to", GERMANY)).json().getString("price"));
  }

  @Test
  void pricesAreThoseOfTheOtherDoor() {
    assertWithinASecond("a price", i -> put("/rates/wholesale", new JsonObject().put("seller", "operator").put("currency", "EUR").put("prices", new JsonObject().put("49", 1_000 + i))),
      i -> isPrice(1_000 + i));
    assertWithinASecond("uploaded prices", i -> upload("/rates/wholesale/rows", "prefix,price\n49," + (2_000 + i) + "\n"), i -> isPrice(2_000 + i));
  }

  private static JsonObject route(JsonObject... hops) {
    return new JsonObject().put("links", new JsonArray(List.of(hops)));
  }

  private static String link(int i) {
    return i % 2 == 0 ? "one" : "two";
  }

  @Test
  void routesAndCostsDecideAtTheOtherNode() {
    put("/routes/all", route(new JsonObject().put("link", "two")));
    Routing routing = other.node.await(() -> Routing.of(other.node.node));
    IntPredicate takesLink = i -> link(i).equals(routing.choose(other.node.message("demo", GERMANY), link -> true, 0).link());
    assertWithinASecond("a route", i -> put("/routes/all", route(new JsonObject().put("link", link(i)))), takesLink);

    put("/routes/all", route(new JsonObject().put("link", "one"), new JsonObject().put("link", "two")).put("strategy", "leastCost"));
    put("/costs/two", new JsonObject().put("currency", "EUR").put("prices", new JsonObject().put("49", 800)));
    assertWithinASecond("a cost", i -> put("/costs/one", new JsonObject().put("currency", "EUR").put("prices", new JsonObject().put("49", 700 + 200 * (i % 2)))), takesLink);
    assertWithinASecond("uploaded costs", i -> upload("/costs/one/rows", "prefix,price\n49," + (700 + 200 * (i % 2)) + "\n"), takesLink);
  }
}
