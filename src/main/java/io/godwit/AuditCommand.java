package io.godwit;

import com.mongodb.MongoException;
import io.godwit.ops.Audit;
import io.godwit.ops.Finding;
import io.godwit.ops.Totals;
import io.godwit.reporting.Rows;
import io.godwit.store.MongoSet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks the books of all sets, straight from MongoDB: no gateway needs to run, and one that runs is not disturbed but by the reading. */
@Command(name = "audit", mixinStandardHelpOptions = true, description = "Prints what is wrong with messages, events and money, one JSON object a line; the sums go "
  + "to the standard error. Exit code 1 when anything is wrong, 2 when that could not be found out.")
final class AuditCommand implements Callable<Integer> {
  /** Reports that are further behind than half a minute are wrong. */
  private static final int LOOKS = 30;

  @Option(names = "--mongo", description = "connection strings, one a set, divided by spaces (default: $GODWIT_MONGO_URIS)", defaultValue = "${GODWIT_MONGO_URIS}")
  String mongo;
  @Option(names = "--pg", description = "the reporting database, whose rows are compared with the events, too")
  String postgres;
  @Option(names = "--accepted", description = "a file of ids that must be there, sorted: ID [STATUS|STATUS...], the statuses that it may end with")
  Path accepted;
  @Option(names = "--receipts", description = "a file of all receipts that customers had over SMPP, sorted: ID STATUS|STATUS..., the statuses that it may stand for")
  Path receipts;
  @Option(names = "--carrier-log", description = "a file of what the carriers gave out, which must be what was sent: ID RECIPIENT, a line for each segment")
  Path carrierLog;
  @Option(names = "--carrier-since", description = "when that file begins, milliseconds since 1970: what was sent before is not compared", defaultValue = "0")
  long carrierSince;
  @Option(names = "--timings", description = "a file to write: how long messages took, by minute")
  Path timings;

  @Override
  public Integer call() throws Exception {
    if (mongo == null || mongo.isBlank() || mongo.startsWith("$")) {
      System.err.println("audit: --mongo or GODWIT_MONGO_URIS must say where the sets are");
      return 2;
    }
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    List<MongoSet> sets = connect(vertx, mongo.trim().split("\\s+"));
    Rows rows = postgres == null ? null : Rows.open(vertx, postgres);
    try {
      Totals totals = audit(vertx, rows).run(sets).await(24, TimeUnit.HOURS);
      System.err.println(totals);
      return totals.findings() == 0 ? 0 : 1;
    } catch (Exception e) {
      System.err.println("audit: not finished, since " + (e instanceof MongoException ? "a set cannot be read: " : "") + e);
      return 2;
    } finally {
      if (rows != null) rows.close();
      Future.join(sets.stream().map(MongoSet::close).toList()).await(5, TimeUnit.SECONDS);
      vertx.close().await(5, TimeUnit.SECONDS);
    }
  }

  private Audit audit(Vertx vertx, Rows rows) {
    Audit audit = new Audit(vertx.getOrCreateContext(), AuditCommand::print);
    if (rows != null) audit.withRows(rows, LOOKS);
    if (accepted != null) audit.withAccepted(accepted);
    if (receipts != null) audit.withReceipts(receipts);
    if (carrierLog != null) audit.withCarrierIds(carrierLog, carrierSince);
    if (timings != null) audit.withTimings(timings);
    return audit;
  }

  private static List<MongoSet> connect(Vertx vertx, String[] uris) {
    List<MongoSet> sets = new ArrayList<>();
    for (String uri : uris) sets.add(MongoSet.connect(vertx, sets.size(), uri, System::currentTimeMillis));
    return sets;
  }

  private static void print(Finding finding) {
    System.out.println(new JsonObject().put("id", finding.id()).put("kind", finding.kind().name()).put("detail", finding.detail()).put("advice", finding.kind().advice()).encode());
  }
}
