package io.godwit.rescue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.godwit.link.LinkConfig;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When an outage has lasted long enough. */
class OutagesTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final Outages outages = new Outages(nanos::get);
  private final List<LinkConfig> links = List.of(link("a", 10_000), link("b", 20_000), link("never", 0));

  private static LinkConfig link(String id, int failoverAfter) {
    return LinkConfig.from(id, new JsonObject().put("host", "localhost").put("systemId", "godwit").put("failoverAfter", failoverAfter));
  }

  private List<String> lastingAfter(int seconds, String... sending) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    return outages.lasting(links, Set.of(sending)).stream().map(LinkConfig::id).toList();
  }

  @Test
  void anOutageLastsFromTheFirstLookByEachLinksOwnTime() {
    assertEquals(List.of(), lastingAfter(0));
    assertEquals(List.of(), lastingAfter(9));
    assertEquals(List.of("a"), lastingAfter(1));
    assertEquals(List.of("a", "b"), lastingAfter(10));
  }

  @Test
  void aLinkThatSentMeanwhileBeginsAnew() {
    lastingAfter(0);
    lastingAfter(9, "a");
    assertEquals(List.of(), lastingAfter(1));
    assertEquals(List.of("a"), lastingAfter(10, "b"));
  }

  @Test
  void whatWasSeenBeforeNobodyKnewSaysNothing() {
    lastingAfter(0);
    outages.forget();
    assertEquals(List.of(), lastingAfter(30));
    assertEquals(List.of("a"), lastingAfter(10));
  }

  @Test
  void aPatienceThatIsNoNumberOfMillisecondsIsRefusedByName() {
    assertEquals("link a: failoverAfter: must be a number from 0 to 604800000, not '-1'", assertThrows(IllegalArgumentException.class, () -> link("a", -1)).getMessage());
  }
}
