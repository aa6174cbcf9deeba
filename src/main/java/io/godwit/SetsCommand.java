package io.godwit;

import com.mongodb.MongoException;
import io.godwit.accounts.Directory;
import io.godwit.intake.Buckets;
import io.godwit.queue.Inventory;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the replica sets, and says which take new messages: straight in MongoDB, in force in every running process within a second. */
@Command(name = "sets", description = "Prints one JSON object a set: whether it answers and takes new messages, how many parcels wait there, how many of the "
  + "1,024 buckets of idempotency keys are at home there.")
final class SetsCommand implements Callable<Integer> {
  private static final long ANSWER_WITHIN_MS = 3_000;

  @Option(names = "--mongo", description = "connection strings, one a set, divided by spaces (default: $GODWIT_MONGO_URIS)", defaultValue = "${GODWIT_MONGO_URIS}")
  String mongo;
  @Option(names = "--drain", description = "this set takes no new messages from now on, and the idempotency keys at home there move away in a minute")
  Integer drain;
  @Option(names = "--open", description = "this set takes new messages again; also for one that was added")
  Integer open;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<MongoSet> sets = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (mongo == null || mongo.isBlank() || mongo.startsWith("$")) return complain("--mongo or GODWIT_MONGO_URIS must say where the sets are");
    for (String uri : mongo.trim().split("\\s+")) sets.add(MongoSet.connect(vertx, sets.size(), uri, System::currentTimeMillis));
    for (Integer named : new Integer[] {drain, open}) if (named != null && (named < 0 || named >= sets.size())) return complain("there is no set " + named);
    try {
      Directory directory = Directory.open(sets.get(0)).await(30, TimeUnit.SECONDS);
      if (drain != null) mark(directory, drain, true);
      if (open != null) mark(directory, open, false);
      for (MongoSet set : sets) System.out.println(describe(directory, set).await(30, TimeUnit.SECONDS).encode());
      directory.close();
      return 0;
    } catch (MongoException e) {
      return complain("the control set cannot be asked: " + e.getMessage());
    } finally {
      Future.join(sets.stream().map(MongoSet::close).toList()).await(5, TimeUnit.SECONDS);
      vertx.close().await(5, TimeUnit.SECONDS);
    }
  }

  private static int complain(String why) {
    System.err.println("sets: " + why);
    return 2;
  }

  private void mark(Directory directory, int number, boolean draining) throws Exception {
    directory.put(context, Sets.KIND, String.valueOf(number), new JsonObject().put("drain", draining)).await(30, TimeUnit.SECONDS);
    SortedSet<Integer> taking = new TreeSet<>();
    for (MongoSet set : sets) if (!isDraining(directory, set)) taking.add(set.index());
    if (taking.isEmpty()) System.err.println("sets: no set takes new messages now");
    else directory.put(context, Buckets.KIND, Buckets.ID, buckets(directory).spread(taking, System.currentTimeMillis())).await(30, TimeUnit.SECONDS);
  }

  private static Buckets buckets(Directory directory) {
    return Buckets.of(directory.entries(Buckets.KIND));
  }

  private static boolean isDraining(Directory directory, MongoSet set) {
    JsonObject entry = directory.entry(Sets.KIND, String.valueOf(set.index()));
    return entry != null && entry.getBoolean("drain", false);
  }

  private Future<JsonObject> describe(Directory directory, MongoSet set) {
    JsonObject known = new JsonObject().put("set", set.index()).put("takes", isDraining(directory, set) ? "nothing new" : "new messages").put("buckets", buckets(directory).count(set.index()));
    return Deadline.within(ANSWER_WITHIN_MS, Inventory.count(context, set))
      .map(parcels -> known.put("answers", true).put("parcels", parcels)).recover(e -> Future.succeededFuture(known.put("answers", false)));
  }
}
