package io.godwit.ops;

import io.godwit.message.MessageId;
import io.godwit.ops.Finding.Kind;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/** Every id in a sorted file is a message; those with an expected end have it, or none yet; what may be archived is counted only. The file is read along with the slices, once a set. */
final class AcceptedCheck implements Check {
  private final IdFile file;
  private final Consumer<Finding> findings;
  private final Totals totals;
  private String before;
  private long found;
  private long open;
  private long archived;
  private long archivedBefore;

  AcceptedCheck(Context context, Path file, Consumer<Finding> findings, Totals totals) {
    this.file = new IdFile(context, file);
    this.findings = findings;
    this.totals = totals;
  }

  @Override
  public Future<Void> begin(MongoSet set, long before) {
    archivedBefore = before;
    return file.open();
  }

  @Override
  public Future<Void> look(Slice slice) {
    return upTo(slice.to(), slice.set(), slice.chains());
  }

  /** What comes after the last slice is nowhere. */
  @Override
  public Future<Void> end(MongoSet set) {
    return upTo(Long.MAX_VALUE, set, Map.of()).compose(v -> file.close());
  }

  @Override
  public Future<Void> close() {
    totals.note("acceptedAndFound", found);
    totals.note("acceptedAndOpen", open);
    if (archived > 0) totals.note("acceptedAndArchived", archived);
    return Future.succeededFuture();
  }

  private Future<Void> upTo(long millis, MongoSet set, Map<String, Chain> chains) {
    return file.upTo(millis, set, line -> check(line, chains.get(IdLines.id(line))));
  }

  private void check(String line, Chain chain) {
    String id = IdLines.id(line);
    if (id.equals(before)) findings.accept(new Finding(id, Kind.ID_TWICE, "two customers, or one twice, were told the same id"));
    before = id;
    if ((chain == null || chain.isCut()) && Slice.mayBeArchived(MessageId.millis(id), archivedBefore)) {
      archived++;
      return;
    }
    if (chain == null || chain.last() == null) {
      findings.accept(new Finding(id, Kind.NEVER_HEARD_OF, "line '" + line + "'"));
      return;
    }
    found++;
    if (!chain.isFinal()) open++;
    String expected = IdLines.rest(line);
    if (expected.isEmpty() || !chain.isFinal() || Arrays.asList(expected.split("\\|")).contains(chain.last().status().name())) return;
    findings.accept(new Finding(id, Kind.ANOTHER_END, chain.last().status() + " instead of " + expected + ": " + chain.types()));
  }
}
