package io.godwit.smpp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SmppTimeTest {
  private static final long NOW = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();

  private static String read(String text) {
    return Instant.ofEpochMilli(SmppTime.parse(text, NOW)).toString();
  }

  @Test
  void absoluteTimesHaveTenthsAndQuartersOfAnHour() {
    assertEquals("2026-02-03T04:05:06.700Z", read("260203040506700+"));
    assertEquals("2026-02-03T03:05:06Z", read("260203040506004+"));
    assertEquals("2026-02-03T09:35:06Z", read("260203040506022-"));
  }

  @Test
  void relativeTimesAreAddedToNow() {
    assertEquals("2026-02-02T15:04:05Z", read("000002030405000R"));
    assertEquals("2026-02-28T12:00:00Z", read("000100000000000R"), "a month of the calendar");
  }

  @Test
  void whatIsNoTimeIsWrong() {
    for (String text : new String[] {"tomorrow", "260203040506", "261303040506000+", "260230040506000+", "260203040506049+"}) {
      assertEquals(SmppTime.WRONG, SmppTime.parse(text, NOW), text);
    }
    assertEquals(SmppTime.NONE, SmppTime.parse("", NOW));
    assertEquals(SmppTime.NONE, SmppTime.parse(null, NOW));
  }

  @Test
  void whatIsWrittenIsRead() {
    assertEquals(NOW, SmppTime.parse(SmppTime.absolute(NOW), 0));
  }
}
