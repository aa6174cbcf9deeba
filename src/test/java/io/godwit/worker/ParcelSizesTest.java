package io.godwit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.message.Limits;
import io.godwit.queue.Parcel;
import io.godwit.testing.TestNode;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParcelSizesTest {
  private final TestNode node = TestNode.start(1);

  @AfterEach
  void close() {
    node.close();
  }

  private void link(String id, Object rate) {
    node.put("link", id, new JsonObject().put("host", "localhost").put("systemId", "godwit").put("rate", rate));
  }

  @Test
  void aParcelHoldsWhatItsLinkSendsInHalfASecondHoweverTheRateIsWritten() {
    link("slow", 1);
    link("text", "20");
    link("hex", "0x64");
    link("unlimited", 0);
    ParcelSizes sizes = new ParcelSizes(node.directory);
    assertEquals(1, sizes.applyAsInt(Parcel.link("slow")));
    assertEquals(10, sizes.applyAsInt(Parcel.link("text")));
    assertEquals(50, sizes.applyAsInt(Parcel.link("hex")));
    assertEquals(Limits.PARCEL_MESSAGES, sizes.applyAsInt(Parcel.link("unlimited")));
    link("odd", "many");
    link("hex", "0x20");
    assertEquals(16, sizes.applyAsInt(Parcel.link("hex")), "one that cannot be read is nobody else's matter");
    assertEquals(Limits.PARCEL_MESSAGES, sizes.applyAsInt(Parcel.link("odd")));
  }
}
