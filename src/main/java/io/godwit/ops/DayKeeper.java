package io.godwit.ops;

import io.godwit.events.Custody;
import io.godwit.queue.Inventory;
import io.godwit.reporting.ProjectedDays;
import io.godwit.store.MongoSet;
import io.godwit.store.Snapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.function.Consumer;

/** A day may go when the reports have all of it; and what waits is what is in parcels. */
public final class DayKeeper implements Custody {
  private final ProjectedDays reports;

  /** @param reports null when there are none to ask */
  public DayKeeper(ProjectedDays reports) {
    this.reports = reports;
  }

  @Override
  public Future<String> objection(Context context, MongoSet set, String day, long pages) {
    if (reports == null || pages == 0) return Future.succeededFuture();
    return reports.pages(set.index(), day).map(known -> known == pages ? null : "the reports have " + known + " of its " + pages + " pages")
      .recover(e -> Future.succeededFuture("the reports cannot be asked: " + e.getMessage()));
  }

  @Override
  public Future<Void> waiting(Context context, MongoSet set, long before, Consumer<String> visitor) {
    return Snapshot.open(context, set).compose(now -> Inventory.each(now, 0, before, place -> visitor.accept(place.id())).andThen(done -> now.close()));
  }
}
