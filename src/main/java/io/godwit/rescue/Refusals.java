package io.godwit.rescue;

import io.godwit.billing.Repricing;
import io.godwit.link.LinkConfig;
import io.godwit.message.Leg;
import io.godwit.message.Message;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.routing.Detour;
import io.godwit.worker.Outlets;
import io.godwit.worker.ParcelSizes;
import io.godwit.worker.Stage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The stage of {@link Parcel#DETOUR}: messages that the carrier of their link has refused for now {@code failoverTries} times go over another link of their
 * route that sends, with a new price; where there is none, or no credit for it, they are tried again where they were, after the usual pause.
 */
final class Refusals implements Stage.Decider {
  private static final long USUAL_PAUSE = 1_000;

  private final MessageQueue queue;
  private final Repricing repricing;
  private final Detour detour;
  private final Supplier<Future<Set<String>>> sending;
  private final Function<String, LinkConfig> links;
  private final ParcelSizes sizes;

  /**
   * @param repricing the stage's slot
   * @param sending the links that send; when nobody knows, none does
   * @param links null for those that are not configured any more
   */
  Refusals(MessageQueue queue, Repricing repricing, Detour detour, Supplier<Future<Set<String>>> sending, Function<String, LinkConfig> links, ParcelSizes sizes) {
    this.queue = queue;
    this.repricing = repricing;
    this.detour = detour;
    this.sending = sending;
    this.links = links;
    this.sizes = sizes;
  }

  /** A message, and the other link for it; null = none. */
  private record Way(Parcel parcel, Message message, String link) { }

  @Override
  public Future<Step> decide(List<Parcel> parcels) {
    return sending.get().otherwise(Set.of()).compose(up -> {
      List<Way> going = new ArrayList<>();
      List<Way> staying = new ArrayList<>();
      for (Parcel parcel : parcels) parcel.each(i -> {
        Way way = new Way(parcel, parcel.message(i), detour.link(parcel.message(i), up));
        (way.link == null ? staying : going).add(way);
      });
      return repricing.price(going.stream().map(Way::message).toList()).map(legs -> step(parcels, going, legs, staying));
    });
  }

  private Step step(List<Parcel> parcels, List<Way> going, List<List<Leg>> legs, List<Way> staying) {
    Step step = new Step();
    Outlets outlets = new Outlets(queue, step, sizes);
    parcels.forEach(step::finish);
    for (int i = 0; i < going.size(); i++) {
      Way way = going.get(i);
      if (legs.get(i) == null) stay(outlets, way);
      else Failover.reroute(queue, step, outlets, way.parcel, way.message, way.link, legs.get(i), detour.carriage(way.message, way.link));
    }
    staying.forEach(way -> stay(outlets, way));
    outlets.close();
    return step;
  }

  /** As its RETRIED event says, unless it has waited here. */
  private void stay(Outlets outlets, Way way) {
    LinkConfig link = links.apply(way.message.link());
    long pause = link == null ? USUAL_PAUSE : link.pauseAfter(way.message.tries() - 1);
    outlets.put(Parcel.link(way.message.link()), way.parcel.lane(), Math.min(queue.now() + pause, way.message.validUntil()), way.parcel.rank(), way.message);
  }

  @Override
  public void undone(List<Parcel> parcels) {
    repricing.undo();
  }

  /** What stands against another link must not keep it from its own. */
  @Override
  public Step bury(Parcel parcel, Throwable why) {
    List<Way> staying = new ArrayList<>();
    parcel.each(i -> staying.add(new Way(parcel, parcel.message(i), null)));
    return step(List.of(parcel), List.of(), List.of(), staying);
  }
}
