package io.godwit.link;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Deadline;
import io.godwit.store.Incarnation;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may hold which bind: one document a bind in the control set, {@code {_id: "link/number", link, number, holder, up, told}}, held by
 * a living incarnation there. It caps a link's binds in the whole cluster and moves them when their holder dies. {@code up}: whether the holder's part
 * of the link sends, and {@code told} how it stands, as {@link Standings} tells others. Which processes serve links at all stands in the documents of their
 * incarnations, {@code links: {except: [id, …]}}: so each knows its {@link Shares}.
 */
final class Seats {
  static final String COLLECTION = "seats";
  /** How long the store is waited for by who stops. */
  static final long MOMENT_MS = 2_000;
  private static final Logger log = LoggerFactory.getLogger(Seats.class);
  private static final String SERVES = "links";

  private final Context context;
  private final MongoSet control;
  private Shown shown;

  /** What the document of an incarnation says. */
  private record Shown(Incarnation life, Set<String> except) { }

  Seats(Context context, MongoSet control) {
    this.context = context;
    this.control = control;
  }

  private MongoCollection<Document> seats() {
    return control.db().getCollection(COLLECTION);
  }

  /**
   * Shows others that this process serves links, so that they leave it its share.
   *
   * @param except ids of links that it cannot bind
   */
  Future<Void> show(Set<String> except) {
    Shown now = new Shown(control.incarnation(), except);
    if (now.equals(shown)) return Future.succeededFuture();
    return now.life.tell(context, SERVES, new Document("except", List.copyOf(except))).onSuccess(v -> shown = now);
  }

  /** How the seats of each of these links are spread. Those that are not there yet are made. */
  Future<List<Shares>> look(Collection<LinkConfig> links) {
    if (links.isEmpty()) return Future.succeededFuture(List.of());
    int self = control.incarnation().number();
    return of(links).compose(seats -> complete(links, seats))
      .compose(seats -> living().map(living -> links.stream().map(link -> new Shares(link, self, seats.getOrDefault(link.id(), List.of()), living)).toList()));
  }

  /** By link. */
  private Future<Map<String, List<Document>>> of(Collection<LinkConfig> links) {
    return Mongo.all(context, seats().find(in("link", links.stream().map(LinkConfig::id).toList())))
      .map(seats -> seats.stream().collect(Collectors.groupingBy(seat -> seat.getString("link"))));
  }

  private Future<Map<String, List<Document>>> complete(Collection<LinkConfig> links, Map<String, List<Document>> seats) {
    List<LinkConfig> lacking = links.stream().filter(link -> seats.getOrDefault(link.id(), List.of()).size() < link.binds()).toList();
    if (lacking.isEmpty()) return Future.succeededFuture(seats);
    return Future.all(lacking.stream().map(link -> make(link)).toList()).compose(v -> of(links));
  }

  /**
   * Takes seats of a link that are free, or were held by the dead, and writes down how our part of the link stands.
   *
   * @param choice which of those that are free
   */
  Future<Shares> take(Shares found, Told told, Function<Shares, List<Document>> choice) {
    List<Document> free = choice.apply(found);
    Future<Shares> taken = free.isEmpty() ? Future.succeededFuture(found)
      : Future.all(free.stream().map(seat -> take(seat, found.self())).toList()).compose(v -> of(found.link())).map(found::with);
    return taken.compose(now -> say(now, told).map(now));
  }

  private Future<Void> say(Shares found, Told told) {
    if (found.isTold(told)) return Future.succeededFuture();
    return Mongo.first(context, seats().updateMany(and(eq("link", found.link().id()), eq("holder", found.self())),
      Updates.combine(Updates.set("up", told.up()), Updates.set("told", told.toDocument())))).mapEmpty();
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

  /** After the seats were read: who took one has begun to live before that. */
  private Future<List<Document>> living() {
    return Mongo.all(context, control.db().getCollection("incarnations").find(eq("alive", true)).projection(new Document(SERVES, 1)));
  }

  private Future<Void> take(Document seat, int self) {
    return Mongo.first(context, seats().updateOne(and(eq("_id", seat.getString("_id")), eq("holder", seat.getInteger("holder"))),
      Updates.combine(Updates.set("holder", self), Updates.set("up", false), Updates.unset("told"))))
      .mapEmpty();
  }

  /** Gives every seat of this process back, and shows that it serves links no more, if that can be done in a moment: it ends with this process's life anyway. */
  Future<Void> leave() {
    shown = null;
    if (!control.isTrusted()) return Future.succeededFuture();
    return Deadline.within(MOMENT_MS, control.incarnation().tell(context, SERVES, null))
      .transform(told -> Deadline.within(MOMENT_MS, leave(eq("holder", control.incarnation().number()))))
      .onFailure(e -> log.warn("cannot give the seats of binds back: {}", e.toString())).otherwiseEmpty();
  }

  /** Gives the seats of one link back, from that number on. */
  Future<Void> leave(String link, int from) {
    return leave(and(eq("link", link), eq("holder", control.incarnation().number()), gte("number", from)));
  }

  /** Gives some seats of one link back. */
  Future<Void> leave(String link, Set<Integer> numbers) {
    if (numbers.isEmpty()) return Future.succeededFuture();
    return leave(and(eq("link", link), eq("holder", control.incarnation().number()), in("number", numbers)));
  }

  private Future<Void> leave(Bson which) {
    return Mongo.first(context, seats().updateMany(which, Updates.combine(Updates.set("holder", 0), Updates.set("up", false), Updates.unset("told")))).mapEmpty();
  }
}
