package io.godwit.ops;

import io.godwit.store.MongoSet;
import io.vertx.core.Future;
import java.util.List;

/** One question that an audit asks of all messages, set after set and slice after slice. Called on the audit's context, one call at a time. */
interface Check {
  /** Before the first set; the first of them is the control set. */
  default Future<Void> open(List<MongoSet> sets) {
    return Future.succeededFuture();
  }

  /** @param archivedBefore see {@link io.godwit.events.Pages#archivedBefore} */
  default Future<Void> begin(MongoSet set, long archivedBefore) {
    return Future.succeededFuture();
  }

  /** Slices of a set come in order of time; what lies between them is empty. */
  Future<Void> look(Slice slice);

  default Future<Void> end(MongoSet set) {
    return Future.succeededFuture();
  }

  /** After the last set. */
  default Future<Void> close() {
    return Future.succeededFuture();
  }
}
