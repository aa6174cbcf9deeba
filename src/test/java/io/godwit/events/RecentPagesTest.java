package io.godwit.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.godwit.message.Event;
import io.godwit.message.Limits;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecentPagesTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final List<Event> PAGE = List.of(new Event.Delivered("06H0DCMSD80000000400000000", 4, 7, -1, null));

  private final RecentPages pages = new RecentPages();

  @BeforeEach
  void somebodyAsks() {
    assertNull(pages.take("none", 0));
  }

  @Test
  void whatWasWrittenIsGivenOnce() {
    pages.add("a", PAGE, SECOND);
    assertEquals(PAGE, pages.take("a", 2 * SECOND));
    assertNull(pages.take("a", 2 * SECOND));
  }

  @Test
  void nothingIsKeptWhileNobodyAsks() {
    pages.add("early", PAGE, SECOND);
    pages.add("late", PAGE, 11 * SECOND);
    assertNull(pages.take("early", 12 * SECOND));
    assertNull(pages.take("late", 12 * SECOND));
  }

  @Test
  void whatNeverCommitsIsForgottenWhenItIsOld() {
    pages.add("aborted", full(), SECOND);
    pages.add("refused", PAGE, 2 * SECOND);
    pages.take("none", 10 * SECOND);
    pages.add("next", PAGE, 12 * SECOND);
    assertNull(pages.take("aborted", 12 * SECOND));
    assertEquals(PAGE, pages.take("next", 12 * SECOND));
  }

  @Test
  void earlierPagesStayWhenItIsFull() {
    pages.add("first", full(), SECOND);
    pages.add("second", PAGE, SECOND);
    assertNull(pages.take("second", SECOND));
    assertEquals(Limits.RECENT_EVENTS, pages.take("first", SECOND).size());
    pages.add("third", PAGE, SECOND);
    assertEquals(PAGE, pages.take("third", SECOND));
  }

  private static List<Event> full() {
    return Collections.nCopies(Limits.RECENT_EVENTS, PAGE.get(0));
  }
}
