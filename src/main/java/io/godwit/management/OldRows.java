package io.godwit.management;

import io.godwit.billing.ListedRows;
import io.godwit.node.Node;
import io.vertx.core.Context;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Once an hour, by the clock of the stores, uploaded rows that no price list names any more go. Every process does it: it may be done twice. Confined to its context. */
final class OldRows {
  private static final Logger log = LoggerFactory.getLogger(OldRows.class);
  private static final long LOOK_EVERY = 1_000;
  private static final long PERIOD_MS = 3_600_000;

  private final Context context;
  private final Node node;
  private final ListedRows rows;
  private long next;
  private long timer;

  OldRows(Context context, Node node, ListedRows rows) {
    this.context = context;
    this.node = node;
    this.rows = rows;
    this.next = node.now() + PERIOD_MS;
  }

  OldRows start() {
    timer = node.vertx().setPeriodic(LOOK_EVERY, t -> context.runOnContext(v -> regularly()));
    return this;
  }

  void stop() {
    node.vertx().cancelTimer(timer);
  }

  private void regularly() {
    if (node.now() < next) return;
    next = node.now() + PERIOD_MS;
    rows.tidy(context, node.directory()).onFailure(e -> log.warn("uploaded rows that no list names stay for another hour: {}", e.toString()));
  }
}
