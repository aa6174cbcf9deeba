package io.godwit.link;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;

import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Which links send, as the holders of their seats wrote down. Unlike what links say on the event bus it reaches processes that share nothing but the
 * stores, and it ends with the holder's life.
 */
public final class Standings {
  private final Context context;
  private final MongoSet control;

  public Standings(Context context, MongoSet control) {
    this.context = context;
    this.control = control;
  }

  /** Ids of the links of which a living process holds a bind that sends. A seat that says nothing, as an earlier release leaves it, counts as one. */
  public Future<Set<String>> sending() {
    return held(ne("up", false)).map(seats -> seats.stream().map(seat -> seat.getString("link")).collect(Collectors.toSet()));
  }

  /** What each process that holds seats says of its part of a link; empty for links that nobody binds. */
  Future<Map<String, List<Told>>> told() {
    return held(new Document()).map(seats -> {
      Set<String> seen = new HashSet<>();
      Map<String, List<Told>> told = new HashMap<>();
      for (Document seat : seats) {
        if (seen.add(seat.getString("link") + "/" + seat.getInteger("holder"))) told.computeIfAbsent(seat.getString("link"), l -> new ArrayList<>()).add(Told.of(seat));
      }
      return told;
    });
  }

  /** Those of the seats that a living process holds. */
  private Future<List<Document>> held(Bson which) {
    return Mongo.all(context, control.db().getCollection(Seats.COLLECTION).find(and(which, ne("holder", 0)))).compose(seats -> {
      List<Integer> holders = seats.stream().map(seat -> seat.getInteger("holder")).toList();
      if (holders.isEmpty()) return Future.succeededFuture(List.of());
      return Mongo.all(context, control.db().getCollection("incarnations").find(and(in("_id", holders), eq("alive", true))).projection(new Document("_id", 1)))
        .map(found -> {
          Set<Integer> living = found.stream().map(d -> d.getInteger("_id")).collect(Collectors.toSet());
          return seats.stream().filter(seat -> living.contains(seat.getInteger("holder"))).toList();
        });
    });
  }
}
