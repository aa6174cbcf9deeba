package io.godwit.link;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Who may hold which bind: one document a bind in the control set, {@code {_id: "link/number", link, number, holder, up, told}}, held by
 * a living incarnation there. It caps a link's binds in the whole cluster and moves them when their holder dies. {@code up}: whether the holder's part
 * of the link sends, and {@code told} how it stands, as {@link Standings} tells others.
 */
final class Seats {
  static final String COLLECTION = "seats";

  private final Context context;
  private final MongoSet control;

  Seats(Context context, MongoSet control) {
    this.context = context;
    this.control = control;
  }

  private MongoCollection<Document> seats() {
    return control.db().getCollection(COLLECTION);
  }

  /**
   * Takes what is free of a link's seats, or was held by the dead, and writes down how our part of the link stands.
   *
   * @return the numbers of the seats that this process holds now
   */
  Future<List<Integer>> take(LinkConfig link, Told told) {
    int self = control.incarnation().number();
    return of(link).compose(seats -> seats.size() >= link.binds() ? Future.succeededFuture(seats) : make(link).compose(v -> of(link)))
      .compose(seats -> living(seats).compose(living -> {
        List<Document> free = seats.stream().filter(seat -> !living.contains(seat.getInteger("holder"))).toList();
        return free.isEmpty() ? Future.succeededFuture(seats) : Future.all(free.stream().map(seat -> take(seat, self)).toList()).compose(v -> of(link));
      }))
      .map(seats -> seats.stream().filter(seat -> seat.getInteger("holder") == self).toList())
      .compose(mine -> say(link, self, mine, told).map(mine.stream().map(seat -> seat.getInteger("number")).filter(number -> number < link.binds()).toList()));
  }

  private Future<Void> say(LinkConfig link, int self, List<Document> mine, Told told) {
    Document said = told.toDocument();
    if (mine.stream().allMatch(seat -> Objects.equals(seat.getBoolean("up"), told.up()) && said.equals(seat.get("told")))) return Future.succeededFuture();
    return Mongo.first(context, seats().updateMany(and(eq("link", link.id()), eq("holder", self)),
      Updates.combine(Updates.set("up", told.up()), Updates.set("told", said)))).mapEmpty();
  }

  private Future<List<Document>> of(LinkConfig link) {
    return Mongo.all(context, seats().find(eq("link", link.id())));
  }

  private Future<Void> make(LinkConfig link) {
    List<Future<Void>> made = new ArrayList<>();
    for (int number = 0; number < link.binds(); number++) made.add(make(link, number));
    return Future.all(made).mapEmpty();
  }

  private Future<Void> make(LinkConfig link, int number) {
    return Mongo.first(context, seats().updateOne(eq("_id", link.id() + "/" + number),
      Updates.combine(Updates.setOnInsert("link", link.id()), Updates.setOnInsert("number", number), Updates.setOnInsert("holder", 0)),
      new UpdateOptions().upsert(true))).mapEmpty();
  }

  private Future<Set<Integer>> living(List<Document> seats) {
    List<Integer> holders = seats.stream().map(seat -> seat.getInteger("holder")).toList();
    return Mongo.all(context, control.db().getCollection("incarnations").find(and(in("_id", holders), eq("alive", true))).projection(new Document("_id", 1)))
      .map(living -> {
        Set<Integer> ids = new HashSet<>();
        living.forEach(d -> ids.add(d.getInteger("_id")));
        return ids;
      });
  }

  private Future<Void> take(Document seat, int self) {
    return Mongo.first(context, seats().updateOne(and(eq("_id", seat.getString("_id")), eq("holder", seat.getInteger("holder"))),
      Updates.combine(Updates.set("holder", self), Updates.set("up", false), Updates.unset("told"))))
      .mapEmpty();
  }

  /** Gives every seat of this process back. */
  Future<Void> leave() {
    return leave(eq("holder", control.incarnation().number()));
  }

  /** Gives the seats of one link back. */
  Future<Void> leave(String link) {
    return leave(and(eq("link", link), eq("holder", control.incarnation().number())));
  }

  private Future<Void> leave(Bson which) {
    return Mongo.first(context, seats().updateMany(which, Updates.combine(Updates.set("holder", 0), Updates.set("up", false), Updates.unset("told")))).mapEmpty();
  }
}
