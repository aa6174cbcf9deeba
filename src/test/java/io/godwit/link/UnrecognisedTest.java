package io.godwit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.godwit.smpp.Receipt;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class UnrecognisedTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Unrecognised unrecognised = new Unrecognised(meters);
  private final Logger logger = (Logger) LoggerFactory.getLogger(Unrecognised.class);
  private final Level before = logger.getLevel();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.WARN);
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(logged);
    logger.setLevel(before);
  }

  private void look(String link, Receipt.State state, String word) {
    unrecognised.look(link, new Receipt("7", state, word, null, -1, -1, -1, -1, null));
  }

  private void look(String link, String word) {
    look(link, Receipt.State.UNRECOGNISED, word);
  }

  private double counted(String link) {
    return meters.get("godwit.link.receipts.unrecognised").tag("link", link).counter().count();
  }

  private List<String> said() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void eachIsCountedAndEachWordOfALinkIsLoggedOnce() {
    for (int i = 0; i < 3; i++) {
      look("one", "WONDERFUL");
      look("one", null);
    }
    look("two", "WONDERFUL");
    assertEquals(List.of(6.0, 1.0), List.of(counted("one"), counted("two")));
    assertEquals(3, said().size(), () -> said().toString());
    assertTrue(said().get(0).startsWith("link one: a receipt for '7' says 'WONDERFUL', which is no state that we know"), said().get(0));
    assertTrue(said().get(1).contains("says nothing"), said().get(1));
    assertTrue(said().get(2).startsWith("link two: "), said().get(2));
  }

  @Test
  void aReceiptThatSaysWhatItMeansIsNone() {
    look("one", Receipt.State.ENROUTE, "ENROUTE");
    assertNull(meters.find("godwit.link.receipts.unrecognised").counter());
    assertEquals(List.of(), said());
  }

  @Test
  void aCarrierThatPutsAnythingIntoTheFieldDoesNotFillTheLog() {
    for (int i = 0; i < 1_000; i++) look("one", "word " + i + "\n\u00e9" + "x".repeat(1_000));
    assertEquals(1_000, counted("one"));
    assertEquals(50, said().size());
    assertTrue(said().get(0).contains("'word 0??xxx") && said().get(0).length() < 200, said().get(0));
  }
}
