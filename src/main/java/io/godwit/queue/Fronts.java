package io.godwit.queue;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import io.godwit.message.Lane;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;

/**
 * How far behind the clock the front of each link's lanes is. Ranks follow the clock, but a link sends no faster than its carrier allows: without
 * this, whoever comes now would wait for all that was handed in before, as if in one line. Looked at by the poll, read by any thread.
 */
final class Fronts {
  private final MongoSet set;
  private final Parcels parcels;
  private volatile Map<String, Long> lags = Map.of();

  Fronts(MongoSet set, Parcels parcels) {
    this.set = set;
    this.parcels = parcels;
  }

  long lag(String queue, Lane lane) {
    return lags.getOrDefault(key(queue, lane), 0L);
  }

  private static String key(String queue, Lane lane) {
    return queue + "/" + lane.number();
  }

  /** One probe of an index for each lane of a link where something is ready. */
  Future<Void> look(List<String> ready) {
    Map<String, Long> seen = new HashMap<>();
    long now = set.clock().getAsLong();
    List<Future<Void>> looks = new ArrayList<>();
    for (String queue : ready) {
      if (!queue.startsWith(Parcel.link(""))) continue;
      for (Lane lane : Lane.values()) looks.add(front(queue, lane).onSuccess(d -> {
        if (d != null) seen.put(key(queue, lane), Math.max(0, now - d.getLong("rank")));
      }).mapEmpty());
    }
    return Future.join(looks).transform(done -> {
      lags = Map.copyOf(seen);
      return Future.succeededFuture();
    });
  }

  private Future<Document> front(String queue, Lane lane) {
    return Mongo.first(set.context(), parcels.all().find(and(eq("s", "ready"), eq("q", queue), eq("lane", lane.number())))
      .projection(Projections.fields(Projections.include("rank"), Projections.excludeId())).sort(Indexes.ascending("rank")).limit(1));
  }
}
