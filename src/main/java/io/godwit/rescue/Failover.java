package io.godwit.rescue;

import io.godwit.billing.Repricing;
import io.godwit.message.Carriage;
import io.godwit.message.Event;
import io.godwit.message.Event.Money;
import io.godwit.message.Lane;
import io.godwit.message.Leg;
import io.godwit.message.Limits;
import io.godwit.message.Message;
import io.godwit.queue.LeaseLost;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.routing.Detour;
import io.godwit.worker.Outlets;
import io.godwit.worker.ParcelSizes;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages that were never tried from the queue of a link that does not send, and puts them, with a new price, into that of another link
 * of their route. In one set; confined to its context.
 *
 * <p>Nothing is leased: parcels are changed as they were read, under the token that they had. So whatever happens to one meanwhile — its link is
 * back and claims it, it is cancelled, it expires, another rescuer takes it — one of the two has no effect. What may have been submitted (below the
 * watermark), was given back by a carrier, or has no other link that sends, stays where it is, until its link is back or its validity ends.
 */
final class Failover {
  private static final Logger log = LoggerFactory.getLogger(Failover.class);
  private static final int FEWEST_READ = 4;
  private static final int MOST_READ = 128;
  /** Ids of one rank that are passed over by name; beyond that the rest of the rank waits for its link. */
  private static final int MOST_OF_ONE_RANK = 5_000;
  private static final long PAUSE_MS = 1_000;
  /** A pass through a queue in which nothing can be moved is followed by a rest of so many times its length. */
  private static final int RESTS = 10;

  private final Context context;
  private final MessageQueue queue;
  private final Repricing repricing;
  private final Detour detour;
  private final ParcelSizes sizes;
  private final Map<String, Long> restsUntil = new HashMap<>();
  private Future<Void> passing = Future.succeededFuture();

  Failover(Context context, MessageQueue queue, Repricing repricing, Detour detour, ParcelSizes sizes) {
    this.context = context;
    this.queue = queue;
    this.repricing = repricing;
    this.detour = detour;
    this.sizes = sizes;
  }

  /** One message that goes elsewhere. */
  private record Move(Parcel parcel, int position, String link) {
    Message message() {
      return parcel.message(position);
    }
  }

  /** Goes once through what waits for each of the links, unless it still does. */
  void rescue(List<String> links, Set<String> sending) {
    if (!passing.isComplete()) return;
    for (String link : links) passing = passing.compose(v -> rescue(link, sending));
  }

  /** Goes once through what waits for the link. Never fails. */
  Future<Void> rescue(String link, Set<String> sending) {
    long began = System.nanoTime();
    if (!queue.isTrusted() || began - restsUntil.getOrDefault(link, began) < 0) return Future.succeededFuture();
    Pass pass = new Pass(link, sending);
    return pass.run().transform(done -> {
      if (pass.moved > 0) log.info("{} messages of link {}, which does not send, go over other links", pass.moved, link);
      if (done.failed() && !(done.cause() instanceof LeaseLost)) log.warn("messages of link {} stay for now: {}", link, done.cause().toString());
      long pause = TimeUnit.MILLISECONDS.toNanos(PAUSE_MS + ThreadLocalRandom.current().nextLong(PAUSE_MS));
      restsUntil.put(link, System.nanoTime() + Math.max(pause, pass.moved > 0 ? 0 : RESTS * (System.nanoTime() - began)));
      return Future.succeededFuture();
    });
  }

  /** After the pass that is under way; one through a set that does not answer is not waited for. */
  Future<Void> stop() {
    return (queue.isTrusted() ? passing : Future.<Void>succeededFuture()).transform(done -> repricing.close());
  }

  /** From the front of the alerts to the end of the bulk, a few parcels at a time. */
  private final class Pass {
    private final String link;
    private final Set<String> sending;
    private long from = Long.MIN_VALUE;
    private Set<String> seen = new HashSet<>();
    private int most = FEWEST_READ;
    private int moved;

    Pass(String link, Set<String> sending) {
      this.link = link;
      this.sending = sending;
    }

    Future<Void> run() {
      return through(Lane.ALERT).compose(v -> {
        from = Long.MIN_VALUE;
        seen.clear();
        return through(Lane.BULK);
      });
    }

    private Future<Void> through(Lane lane) {
      Promise<Void> end = Promise.promise();
      next(lane, end);
      return end.future();
    }

    /** Not composed: there may be thousands of turns, and as many nested futures would not fit the stack. */
    private void next(Lane lane, Promise<Void> end) {
      queue.waiting(context, Parcel.link(link), lane, from, seen, most).compose(parcels -> {
        if (parcels.isEmpty()) {
          end.complete();
          return Future.succeededFuture();
        }
        goOn(parcels);
        return move(parcels).onSuccess(v -> context.runOnContext(x -> next(lane, end)));
      }).onFailure(end::tryFail);
    }

    private void goOn(List<Parcel> parcels) {
      long last = parcels.get(parcels.size() - 1).rank();
      if (last != from) seen = new HashSet<>();
      from = last;
      parcels.stream().filter(parcel -> parcel.rank() == last).forEach(parcel -> seen.add(parcel.id()));
      if (seen.size() > MOST_OF_ONE_RANK) from++;
      int messages = parcels.stream().mapToInt(Parcel::left).sum();
      most = Math.max(FEWEST_READ, Math.min(MOST_READ, parcels.size() * Limits.PARCEL_MESSAGES / Math.max(1, messages)));
    }

    /** As many units of work as they need. */
    private Future<Void> move(List<Parcel> parcels) {
      Future<Void> done = Future.succeededFuture();
      List<Move> moves = new ArrayList<>();
      for (Parcel parcel : parcels) {
        moves.addAll(moves(parcel));
        if (moves.size() < Limits.PARCEL_MESSAGES && parcel != parcels.get(parcels.size() - 1)) continue;
        List<Move> batch = moves;
        moves = new ArrayList<>();
        if (!batch.isEmpty()) done = done.compose(v -> commit(batch));
      }
      return done;
    }

    private List<Move> moves(Parcel parcel) {
      List<Move> moves = new ArrayList<>();
      long now = queue.now();
      parcel.each(i -> {
        Message message = parcel.message(i);
        if (i < parcel.tried() || !isUntried(message) || message.validUntil() <= now) return;
        String other = detour.link(message, sending);
        if (other != null) moves.add(new Move(parcel, i, other));
      });
      return moves;
    }

    private Future<Void> commit(List<Move> wanted) {
      return repricing.price(wanted.stream().map(Move::message).toList()).compose(legs -> {
        Step step = new Step();
        int count = write(step, wanted, legs);
        return count == 0 ? Future.succeededFuture() : repricing.commit(step).onSuccess(v -> moved += count);
      });
    }

    /** How many go elsewhere; what has no price now stays. */
    private int write(Step step, List<Move> wanted, List<List<Leg>> legs) {
      Map<Parcel, Set<Integer>> leaving = new HashMap<>();
      Outlets outlets = new Outlets(queue, step, sizes);
      int count = 0;
      for (int i = 0; i < wanted.size(); i++) {
        if (legs.get(i) == null) continue;
        Move move = wanted.get(i);
        leaving.computeIfAbsent(move.parcel, p -> new HashSet<>()).add(move.position);
        reroute(queue, step, outlets, move.parcel, move.message(), move.link, legs.get(i), detour.carriage(move.message(), move.link));
        count++;
      }
      leaving.forEach((parcel, positions) -> step.amend(parcel, positions, Map.of()));
      outlets.close();
      return count;
    }

  }

  /** The message leaves its link for another one; that it leaves its parcel is said apart. {@code carriage} is what is known of its new way. */
  static void reroute(MessageQueue queue, Step step, Outlets outlets, Parcel parcel, Message before, String link, List<Leg> legs, Carriage carriage) {
    Message after = before.next().withRoute(link, legs).withCarriage(carriage);
    Money money = legs.isEmpty() ? Money.released(before.legs()) : Money.reserved(legs);
    step.event(new Event.Routed(after.id(), after.n(), queue.now(), link, after.from(), money, before.link(), carriage));
    for (Leg leg : before.legs()) step.money(leg.account(), leg.amount());
    for (Leg leg : legs) step.money(leg.account(), -leg.amount());
    Lane lane = parcel.lane();
    long rank = parcel.rank() + queue.lag(Parcel.link(before.link()), lane) - queue.lag(Parcel.link(link), lane);
    outlets.put(Parcel.link(link), lane, 0, rank, after);
  }

  private static boolean isUntried(Message message) {
    return message.tries() == 0 && !message.resent() && message.parts().isEmpty();
  }
}
