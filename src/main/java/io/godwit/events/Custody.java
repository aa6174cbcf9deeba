package io.godwit.events;

import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.function.Consumer;

/** What the archive asks those who know more than events before it takes a day away. */
public interface Custody {
  /**
   * Why the day must stay where it is; null when it may go.
   *
   * @param pages how many it has
   */
  Future<String> objection(Context context, MongoSet set, String day, long pages);

  /** Shows every message that waits in a parcel and was accepted before then, milliseconds since 1970; more does no harm. */
  Future<Void> waiting(Context context, MongoSet set, long before, Consumer<String> visitor);
}
