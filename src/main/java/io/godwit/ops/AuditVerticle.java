package io.godwit.ops;

import io.godwit.node.Node;
import io.godwit.reporting.Rows;
import io.godwit.store.Deadline;
import io.godwit.store.Duty;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audits the books every now and then, beside live traffic and at half speed: {@code periodSeconds} in verticles.json (3,600) after one audit of
 * the whole cluster has ended the next one begins, in any one of the processes that run it. With {@code rows} (false) the reports are compared, too:
 * only where they are always at most half a minute behind. Each finding is logged once, with what to do.
 */
public final class AuditVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(AuditVerticle.class);
  private static final int LOOKS = 30;
  private static final long LONGEST_TICK = 60_000;
  /** More findings than this of one audit are only counted. */
  private static final int MOST_LOGGED = 100;
  private static final int REMEMBERED = 10_000;

  private final Node node;
  private final Set<String> known = Collections.newSetFromMap(new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  });
  private final Map<Finding.Kind, Integer> findings = new ConcurrentHashMap<>();
  private volatile long messages;
  private volatile Unjudged.Summary missed = Unjudged.Summary.NONE;
  private volatile long lastSuccess;
  private Duty duty;
  private Unjudged unjudged;
  private Rows rows;
  private Audit audit;
  private long period;
  private long timer;
  private boolean stopping;

  public AuditVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    period = TimeUnit.SECONDS.toMillis(new Period("audit", config(), "rows").seconds(3_600));
    if (!(config().getValue("rows", false) instanceof Boolean wanted)) throw new IllegalArgumentException("audit: rows: must be true or false");
    if (wanted && node.settings().postgres() == null) throw new IllegalArgumentException("audit: rows: there is no PostgreSQL: conf/godwit.json: postgres");
    if (wanted) rows = Rows.open(vertx, node.settings().postgres());
    duty = new Duty(context, node.sets().control(), "audit");
    unjudged = new Unjudged(context, node.sets().control());
    gauges();
    later(ThreadLocalRandom.current().nextLong(1, 2 + period / 4));
    return Future.succeededFuture();
  }

  private void gauges() {
    for (Finding.Kind kind : Finding.Kind.values()) {
      Gauge.builder("godwit.audit.findings", () -> findings.getOrDefault(kind, 0)).tag("kind", kind.name()).description("Findings of the last audit that this process made").register(node.meters());
    }
    Gauge.builder("godwit.audit.messages", () -> messages).description("Messages walked by the last audit that this process made").register(node.meters());
    Gauge.builder("godwit.audit.unjudged", () -> missed.accounts()).description("Accounts that the last audit in the cluster did not judge, since their money moved").register(node.meters());
    Gauge.builder("godwit.audit.unjudged.since.seconds", () -> missed.since() / 1000.0)
      .description("Since when the one of them is not judged that is so for the longest time, seconds since 1970; 0 = all are").register(node.meters());
    Gauge.builder("godwit.audit.last.success.seconds", () -> lastSuccess / 1000.0).description("When the last audit in the cluster ended, seconds since 1970; 0 = never").register(node.meters());
  }

  private void later(long pause) {
    timer = vertx.setTimer(pause, t -> turn().recover(e -> {
      if (!stopping) log.warn("the audit was not finished, it begins again later: {}", e.toString());
      return Future.succeededFuture();
    }).onComplete(done -> {
      if (!stopping) later(Math.min(LONGEST_TICK, period));
    }));
  }

  private Future<Void> turn() {
    return duty.take(period).compose(mine -> mine ? audit().compose(v -> duty.done(), e -> duty.leave().transform(left -> Future.failedFuture(e))) : Future.succeededFuture())
      .compose(v -> duty.doneAt()).onSuccess(at -> lastSuccess = at)
      .compose(v -> unjudged.summary()).onSuccess(summary -> missed = summary).mapEmpty();
  }

  private Future<Void> audit() {
    Map<Finding.Kind, Integer> found = new LinkedHashMap<>();
    audit = new Audit(context, finding -> note(finding, found)).unhurried();
    if (rows != null) audit.withRows(rows, LOOKS);
    return audit.run(node.sets().all()).compose(totals -> {
      findings.keySet().retainAll(found.keySet());
      findings.putAll(found);
      messages = totals.messages().values().stream().mapToLong(Long::longValue).sum();
      log.info("audit: {} findings in {} messages", totals.findings(), messages);
      return follow(totals.unjudged());
    });
  }

  /** What fails here costs no audit: they are remembered after the next one. */
  private Future<Void> follow(Set<String> accounts) {
    return unjudged.follow(accounts).otherwise(e -> {
      log.warn("audit: which accounts it did not judge is not remembered: {}", e.toString());
      return Unjudged.Summary.NONE;
    }).map(summary -> {
      if (summary.accounts() > 0) log.info("audit: {}", summary);
      return null;
    });
  }

  private void note(Finding finding, Map<Finding.Kind, Integer> found) {
    found.merge(finding.kind(), 1, Integer::sum);
    int all = found.values().stream().mapToInt(Integer::intValue).sum();
    if (all == MOST_LOGGED) log.error("audit: there are more findings; scripts/audit prints them all");
    if (all < MOST_LOGGED && known.add(finding.kind() + " " + finding.id())) {
      log.error("audit: {} {}: {} - {}", finding.kind(), finding.id(), finding.detail(), finding.kind().advice());
    }
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    if (audit != null) audit.stop();
    if (rows != null) rows.close();
    return Deadline.within(1_000, duty.leave()).recover(e -> Future.succeededFuture());
  }
}
