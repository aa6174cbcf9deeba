package io.godwit.ops;

import io.godwit.message.Event;
import io.godwit.message.Message;
import io.godwit.message.MessageId;
import io.godwit.message.Notice;
import io.godwit.ops.Finding.Kind;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who asked for a receipt over SMPP was told how his message ended, once or more, and nobody was told anything else. The file is read along with the
 * slices, once a set. Of what may be archived nothing is said, and neither of messages that have their message_id in common with others.
 */
final class ReceiptCheck implements Check {
  private final IdFile file;
  private final Consumer<Finding> findings;
  private final Totals totals;
  private final Set<String> told = new HashSet<>();
  private long messages;
  private long archivedBefore;

  ReceiptCheck(Context context, Path file, Consumer<Finding> findings, Totals totals) {
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
    return upTo(slice.to(), slice.set(), slice.chains()).onSuccess(v -> slice.chains().forEach((id, chain) -> {
      if (!told.contains(id) && !isPast(id) && isDue(chain)) findings.accept(new Finding(id, Kind.RECEIPT_MISSING, chain.types()));
    }));
  }

  /** What comes after the last slice is nowhere. */
  @Override
  public Future<Void> end(MongoSet set) {
    return upTo(Long.MAX_VALUE, set, Map.of()).compose(v -> file.close());
  }

  @Override
  public Future<Void> close() {
    totals.note("receiptsTold", messages);
    return Future.succeededFuture();
  }

  private Future<Void> upTo(long millis, MongoSet set, Map<String, Chain> chains) {
    told.clear();
    return file.upTo(millis, set, line -> check(line, chains.get(IdLines.id(line))));
  }

  private void check(String line, Chain chain) {
    String id = IdLines.id(line);
    if (told.add(id)) messages++;
    if (isPast(id)) return;
    if (chain == null || chain.last() == null) wrong(line, "nobody ever heard of it");
    else if (!chain.isFinal()) wrong(line, "it has not ended: " + chain.types());
    else if (!isDue(chain)) wrong(line, "nobody asked for a receipt of that end: " + chain.types());
    else if (!Arrays.asList(IdLines.rest(line).split("\\|")).contains(chain.last().status().name())) wrong(line, chain.types());
  }

  private void wrong(String line, String what) {
    findings.accept(new Finding(IdLines.id(line), Kind.RECEIPT_WRONG, "told that it is " + IdLines.rest(line) + "; " + what));
  }

  private boolean isPast(String id) {
    return Slice.mayBeArchived(MessageId.millis(id), archivedBefore);
  }

  private static boolean isDue(Chain chain) {
    Message message = chain.main().stream().map(Event::message).filter(m -> m != null).findFirst().orElse(null);
    if (message == null || !chain.isFinal()) return false;
    Notice notice = Notice.ofEnd(message, chain.last());
    return notice != null && !message.origin().smpp().shared();
  }
}
