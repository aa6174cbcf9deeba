package io.godwit.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.godwit.message.Failure;
import io.godwit.message.Status;
import io.godwit.testing.TestNode;
import io.godwit.worker.MessageHandler.Decision;
import io.godwit.worker.MessageHandler.Surroundings;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BlockHandlerTest {
  private TestNode node;
  private final BlockHandler handler = new BlockHandler();

  @BeforeEach
  void aCustomerOfAReseller() {
    node = TestNode.start(1);
    node.put("account", "reseller", new JsonObject());
    node.put("account", "demo", new JsonObject().put("parent", "reseller"));
    node.await(() -> handler.start(new Surroundings(node.node, 0, null, new JsonObject())));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private String refusal(String account, String to) {
    return refused(account, to).code();
  }

  private Failure refused(String account, String to) {
    Decision decision = node.await(() -> handler.handle(List.of(node.message(account, to)))).get(0);
    Decision.Refuse refused = assertInstanceOf(Decision.Refuse.class, decision);
    assertEquals(Status.USER_BLOCKED, refused.reason());
    return refused.error();
  }

  @Test
  void aBlockedResellerStopsItsCustomersAtOnce() {
    assertInstanceOf(Decision.Next.class, node.await(() -> handler.handle(List.of(node.message("demo", "+4915112345678")))).get(0));
    node.put("account", "reseller", new JsonObject().put("status", "BLOCKED"));
    assertEquals("account-blocked", refusal("demo", "+4915112345678"));
  }

  @Test
  void aCustomerIsNotToldWhoIsAboveHim() {
    node.put("account", "reseller", new JsonObject().put("status", "BLOCKED"));
    assertEquals("an account above it may not send", refused("demo", "+4915112345678").text());
    assertEquals("account reseller may not send", refused("reseller", "+4915112345678").text());
  }

  @Test
  void anUnknownAccountAndABlockedNumberAreRefused() {
    assertEquals("account-unknown", refusal("nobody", "+4915112345678"));
    node.put("block", "one", new JsonObject().put("number", "+4915112345678"));
    assertEquals("number-blocked", refusal("demo", "+4915112345678"));
  }
}
