package io.godwit.submission;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.godwit.accounts.Slices;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;
import org.slf4j.LoggerFactory;

/**
 * What a test of limits finds says nothing where the store took more than a second for an answer, since then nothing is refused (see {@link Slices}): the test is
 * given up, neither passed nor failed.
 */
final class LimitsHold implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler {
  private static final String TOO_LATE = "no answer in ";

  private final Logger slices = (Logger) LoggerFactory.getLogger(Slices.class);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();

  @Override
  public void beforeEach(ExtensionContext test) {
    said.start();
    slices.addAppender(said);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    slices.detachAppender(said);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext test, Throwable failure) throws Throwable {
    boolean tooLate = List.copyOf(said.list).stream().anyMatch(event -> event.getFormattedMessage().contains(TOO_LATE));
    throw tooLate ? new TestAbortedException("the store was too slow for limits to hold", failure) : failure;
  }
}
