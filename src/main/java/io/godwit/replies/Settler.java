package io.godwit.replies;

import io.godwit.events.Trail;
import io.godwit.message.Event;
import io.godwit.message.MessageId;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in one home's paths what became of their messages: when they were sent, or that they ended unsent. It reads the
 * messages' trails, each in the message's own set, so that no stage has to tell it and nothing is lost with a process. Several may run at
 * the same time: they write the same.
 */
final class Settler {
  static final int BATCH = 200;
  private static final Logger log = LoggerFactory.getLogger(Settler.class);
  private static final long EVERY_MS = 3_000;
  private static final long ANSWER_WITHIN_MS = 5_000;

  private final Context context;
  private final Sets sets;
  private final ReplyPaths paths;
  private final MongoSet home;
  private Future<Integer> round = Future.succeededFuture(0);
  private boolean stopped;

  Settler(Context context, Sets sets, ReplyPaths paths, MongoSet home) {
    this.context = context;
    this.sets = sets;
    this.paths = paths;
    this.home = home;
  }

  void start() {
    context.owner().setTimer(EVERY_MS, t -> context.runOnContext(v -> turn()));
  }

  /** While more is due than one round takes, rounds follow each other. */
  private void turn() {
    if (stopped) return;
    round = Future.succeededFuture().compose(v -> round());
    round.onFailure(failure -> log.warn("reply paths of {} are settled later: {}", home, failure.toString()))
      .onComplete(done -> {
        if (done.succeeded() && done.result() == BATCH) turn();
        else start();
      });
  }

  /** Settles what is due, at most a batch; says how many paths it looked at. */
  Future<Integer> round() {
    return Deadline.within(ANSWER_WITHIN_MS, paths.due(context, home, BATCH)).compose(due -> {
      if (due.isEmpty()) return Future.succeededFuture(0);
      return fates(due).compose(fates -> paths.settle(context, home, fates)).map(due.size());
    });
  }

  private Future<Map<ReplyPaths.Unsettled, Fate>> fates(List<ReplyPaths.Unsettled> due) {
    Map<Integer, List<String>> messages = due.stream().map(ReplyPaths.Unsettled::message).collect(Collectors.groupingBy(MessageId::set));
    Map<String, List<Event>> trails = new HashMap<>();
    return Future.join(messages.entrySet().stream().map(of -> trails(of.getKey(), of.getValue()).onSuccess(trails::putAll)).toList())
      .map(v -> due.stream().collect(Collectors.toMap(path -> path, path -> Fate.of(trails.getOrDefault(path.message(), List.of())))));
  }

  /** Of a set that does not answer nothing is known now: its messages count as waiting. */
  private Future<Map<String, List<Event>>> trails(int number, List<String> messages) {
    MongoSet set = sets.get(number);
    if (set == null || !set.isHealthy()) return Future.succeededFuture(Map.of());
    return Deadline.within(ANSWER_WITHIN_MS, Trail.of(context, set, messages)).recover(failure -> {
      log.warn("{} does not say what became of {} messages: {}", set, messages.size(), failure.toString());
      return Future.succeededFuture(Map.of());
    });
  }

  /** Completes when the round under way has ended. */
  Future<Void> stop() {
    stopped = true;
    return round.transform(done -> Future.succeededFuture());
  }
}
