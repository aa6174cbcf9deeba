package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.DeliveryReport;
import io.godwit.message.DeliveryReport.Outcome;
import io.godwit.smpp.CarrierId;
import io.godwit.smpp.CarrierId.IdForm;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Carriers use their ids again: what a receipt says tells whether it may be about another message than the one that ended under its name. */
class CarriersTest {
  private final Carriers carriers = new Carriers(link -> IdForm.DETECT);

  private static DeliveryReport report(Outcome outcome, long doneAt) {
    return new DeliveryReport("receipt", "sim", "17", outcome, null, doneAt, 0);
  }

  @Test
  void aReceiptThatSaysTheSameOnceMoreIsALateOneOfTheMessageThatEnded() {
    carriers.finished(CarrierId.key("17"), "first", report(Outcome.DELIVERED, 60_000));
    Carriers.Ended ended = carriers.finished(report(Outcome.DELIVERED, 60_000));
    assertEquals("first", ended.message());
    assertTrue(ended.isToldBy(report(Outcome.DELIVERED, 60_000)));
    assertTrue(ended.isToldBy(report(Outcome.PENDING, 0)), "an intermediate one that was overtaken");
  }

  @Test
  void aReceiptThatSaysSomethingElseMayBeAboutAnotherMessage() {
    carriers.finished(CarrierId.key("17"), "first", report(Outcome.DELIVERED, 60_000));
    Carriers.Ended ended = carriers.finished(report(Outcome.DELIVERED, 120_000));
    assertFalse(ended.isToldBy(report(Outcome.DELIVERED, 120_000)));
    assertFalse(ended.isToldBy(report(Outcome.FAILED, 60_000)));
    assertNull(carriers.finished(new DeliveryReport("receipt", "other", "17", Outcome.DELIVERED, null, 60_000, 0)), "of another link");
  }

  @Test
  void aLinksIdFormHoldsFromTheMomentWhenItIsConfigured() {
    AtomicReference<IdForm> configured = new AtomicReference<>(IdForm.SAME);
    Carriers asConfigured = new Carriers(link -> configured.get());
    DeliveryReport report = report(Outcome.DELIVERED, 60_000);
    assertEquals(List.of(new CarrierId.Candidate("17", IdForm.SAME)), asConfigured.candidates(report));
    configured.set(IdForm.HEX_THEN_DECIMAL);
    assertEquals(List.of(new CarrierId.Candidate("11", IdForm.HEX_THEN_DECIMAL)), asConfigured.candidates(report));
  }

  private static DeliveryReport saying(String id, String word) {
    return new DeliveryReport(id, "sim", "17", Outcome.PENDING, null, -1, 0, word);
  }

  private boolean isNews(String message, DeliveryReport report) {
    return carriers.isNews(Carriers.Word.of(message, report), report);
  }

  @Test
  void aWordIsNewsOnceForEachMessageButStaysSoForTheReceiptThatSaidItWhoseCommitMayHaveFailed() {
    DeliveryReport first = saying("first", "WONDERFUL");
    assertTrue(isNews("message", first));
    carriers.heard(Carriers.Word.of("message", first), first);
    assertTrue(isNews("message", first));
    assertTrue(isNews("message", first.again()));
    assertFalse(isNews("message", saying("second", "WONDERFUL")));
    assertTrue(isNews("message", saying("second", "MARVELLOUS")));
    assertTrue(isNews("other", saying("second", "WONDERFUL")), "carriers use their ids again");
  }

  @Test
  void ofTheWordsTheLastAreRemembered() {
    DeliveryReport first = saying("first", "WONDERFUL");
    carriers.heard(Carriers.Word.of("message", first), first);
    for (int i = 0; i < 20_000; i++) {
      carriers.heard(Carriers.Word.of("other" + i, first), first);
      if (i < 10_000) assertFalse(isNews("message", saying("second", "WONDERFUL")), "it is heard again and again");
    }
    assertTrue(isNews("message", saying("second", "WONDERFUL")));
    assertFalse(isNews("other19999", saying("second", "WONDERFUL")));
  }
}
