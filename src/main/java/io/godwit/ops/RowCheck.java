package io.godwit.ops;

import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.godwit.ops.Finding.Kind;
import io.godwit.reporting.Rows;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The reporting database has one row a message, and it says what the events say. Reports follow the events by a second or so: a difference
 * is found only if the message has not changed meanwhile and its row is still wrong after so many looks, a second apart.
 */
final class RowCheck implements Check {
  private static final long PAUSE = 1_000;

  private final Context context;
  private final Rows rows;
  private final int looks;
  private final Consumer<Finding> findings;

  /** @param n number of the message's last event; 0 when there is none */
  private record Difference(Kind kind, int n, String detail) { }

  RowCheck(Context context, Rows rows, int looks, Consumer<Finding> findings) {
    this.context = context;
    this.rows = rows;
    this.looks = looks;
    this.findings = findings;
  }

  @Override
  public Future<Void> look(Slice slice) {
    return differences(slice).compose(found -> insist(slice, found, looks - 1)).onSuccess(left ->
      left.forEach((id, difference) -> findings.accept(new Finding(id, difference.kind, difference.detail)))).mapEmpty();
  }

  /** What is left of the differences when both sides were read again, and again. */
  private Future<Map<String, Difference>> insist(Slice slice, Map<String, Difference> found, int more) {
    if (found.isEmpty() || more == 0) return Future.succeededFuture(found);
    return context.owner().timer(PAUSE).compose(v -> slice.again()).compose(this::differences).compose(now -> {
      found.entrySet().removeIf(e -> !now.containsKey(e.getKey()) || now.get(e.getKey()).n != e.getValue().n);
      return insist(slice, found, more - 1);
    });
  }

  private Future<Map<String, Difference>> differences(Slice slice) {
    return rows.lines(slice.set().index(), slice.from(), slice.to()).map(lines -> {
      Map<String, Difference> found = new HashMap<>();
      slice.chains().forEach((id, chain) -> compare(id, chain, lines.remove(id), found));
      lines.keySet().removeIf(id -> Slice.mayBeArchived(MessageId.millis(id), slice.archivedBefore()));
      lines.forEach((id, line) -> found.put(id, new Difference(Kind.ROW_FROM_NOWHERE, 0, line)));
      return found;
    });
  }

  private static void compare(String id, Chain chain, String is, Map<String, Difference> found) {
    List<Event> life = new ArrayList<>(chain.main());
    life.addAll(chain.beside());
    String mustBe = Rows.expected(life);
    if (chain.isCut() || mustBe == null || mustBe.equals(is)) return;
    Kind kind = is == null ? Kind.ROW_MISSING : Kind.ROW_DIFFERS;
    found.put(id, new Difference(kind, chain.last().n(), "is " + is + ", must be " + mustBe));
  }
}
