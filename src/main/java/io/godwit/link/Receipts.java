package io.godwit.link;

import io.godwit.link.Meeting.Place;
import io.godwit.message.DeliveryReport;
import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.queue.DeadLetter;
import io.godwit.queue.MessageQueue;
import io.godwit.queue.Parcel;
import io.godwit.queue.Step;
import io.godwit.smpp.CarrierId;
import io.godwit.worker.Outlets;
import io.godwit.worker.Stage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where receipts that were stored meet their messages: what the inbox did not find in memory, since it came over another node, in another
 * set, before its message was settled, or after a restart. A receipt that meets nothing waits and tries again, and is a stranger in the end; one for a
 * message that is known to have ended is late and changes nothing.
 */
final class Receipts implements Stage.Decider {
  private static final long FIRST_WAIT = 250;
  private static final long LONGEST_WAIT = 30_000;

  private final Context context;
  private final MessageQueue queue;
  private final Carriers carriers;
  private final OtherSets others;

  Receipts(Context context, MessageQueue queue, Carriers carriers, OtherSets others) {
    this.others = others;
    this.context = context;
    this.queue = queue;
    this.carriers = carriers;
  }

  @Override
  public Future<Step> decide(List<Parcel> parcels) {
    List<DeliveryReport> reports = parcels.stream().flatMap(parcel -> parcel.reports().stream()).toList();
    Set<Long> keys = new HashSet<>();
    for (DeliveryReport report : reports) keys.addAll(carriers.hashes(report));
    return queue.awaiting(context, keys).compose(awaiting -> {
      Step step = new Step();
      parcels.forEach(step::finish);
      Stored stored = new Stored(awaiting);
      Meeting meeting = new Meeting(step, carriers, stored, queue.now());
      List<DeliveryReport> strangers = reports.stream().filter(report -> !meeting.settle(report)).toList();
      return others.take(strangers, carriers::hashes).map(answer -> {
        Outlets outlets = new Outlets(queue, step);
        for (DeliveryReport report : strangers) if (!answer.taken().contains(report)) unmatched(report, answer.all(), step, meeting, outlets);
        meeting.close();
        meeting.remember(); // if this step takes no effect, the next finds them stored, and looks there first
        outlets.close();
        return step;
      });
    });
  }

  /** @param everywhere whether each set was asked: while one is down, its receipts wait for it */
  private void unmatched(DeliveryReport report, boolean everywhere, Step step, Meeting meeting, Outlets outlets) {
    long now = queue.now();
    Carriers.Ended ended = carriers.finished(report);
    if (ended != null) {
      meeting.late(ended.message(), report);
      return;
    }
    if (everywhere && report.validUntil() <= now) {
      outlets.put(Parcel.STRANGERS, Lane.BULK, 0, now, report);
      return;
    }
    if (everywhere) carriers.unmatched(report);
    long wait = Math.min(LONGEST_WAIT, FIRST_WAIT << Math.min(report.tries(), 10));
    outlets.put(Parcel.RECEIPTS, Lane.ALERT, now + wait, now, report.again());
  }

  @Override
  public Step bury(Parcel parcel, Throwable why) {
    Step step = new Step().finish(parcel);
    parcel.reports().forEach(report -> step.deadLetter(report, parcel.queue(), DeadLetter.reason(why), queue.now()));
    return step;
  }

  /** The await parcels as they were read. */
  private static final class Stored implements Meeting.Waiting {
    private final Map<String, List<Place>> places = new HashMap<>();

    Stored(List<Parcel> awaiting) {
      for (Parcel parcel : awaiting) for (int i = 0; i < parcel.size(); i++) enter(parcel, i);
    }

    private void enter(Parcel parcel, int position) {
      Message message = parcel.message(position);
      for (int s = 0; s < message.parts().size(); s++) {
        for (String id : message.parts().get(s).carrierIds()) {
          places.computeIfAbsent(parcel.queue() + "/" + CarrierId.key(id), k -> new ArrayList<>()).add(new Place(parcel, position, s));
        }
      }
    }

    @Override
    public List<Place> named(String link, String key) {
      return places.getOrDefault(Parcel.await(link) + "/" + key, List.of());
    }
  }
}
