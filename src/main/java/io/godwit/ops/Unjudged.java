package io.godwit.ops;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.ne;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.godwit.store.Mongo;
import io.godwit.store.MongoSet;
import io.godwit.store.OneByOne;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/** Accounts that audits do not come to judge, since their money never stands still: {@code {_id: account, since, audits, at}} in the control set, as long as that is so. */
final class Unjudged {
  static final String COLLECTION = "unjudged";
  private static final int AT_ONCE = 500;

  private final Context context;
  private final MongoSet control;

  Unjudged(Context context, MongoSet control) {
    this.context = context;
    this.control = control;
  }

  /**
   * By the last audit in the cluster.
   *
   * @param longest the account that has not been judged for the longest time; null when all were
   * @param since when the first of the audits in a row ended that did not judge it, milliseconds since 1970
   * @param audits how many those are
   */
  record Summary(long accounts, String longest, long since, int audits) {
    static final Summary NONE = new Summary(0, null, 0, 0);

    @Override
    public String toString() {
      return accounts + " accounts were not judged, since their money moved; " + longest + " is not judged since " + Instant.ofEpochMilli(since) + ", in " + audits + " audits in a row";
    }
  }

  /** Remembers those that an audit did not judge just now, and forgets all others. */
  Future<Summary> follow(Set<String> accounts) {
    Date now = new Date(control.clock().getAsLong());
    Bson change = Updates.combine(Updates.setOnInsert("since", now), Updates.inc("audits", 1), Updates.set("at", now));
    return OneByOne.each(context, slices(accounts), slice -> remember(slice, change))
      .compose(v -> Mongo.first(context, all().deleteMany(ne("at", now)))).compose(v -> summary());
  }

  Future<Summary> summary() {
    return Mongo.first(context, all().countDocuments()).compose(accounts -> Mongo.first(context, all().find().sort(Sorts.ascending("since")).limit(1))
      .map(first -> first == null ? Summary.NONE : new Summary(accounts, first.getString("_id"), first.getDate("since").getTime(), first.getInteger("audits"))));
  }

  private Future<Void> remember(List<String> accounts, Bson change) {
    List<UpdateOneModel<Document>> writes = accounts.stream().map(account -> new UpdateOneModel<Document>(eq("_id", account), change, new UpdateOptions().upsert(true))).toList();
    return Mongo.first(context, all().bulkWrite(writes, new BulkWriteOptions().ordered(false))).mapEmpty();
  }

  private static List<List<String>> slices(Set<String> accounts) {
    List<String> sorted = accounts.stream().sorted().toList();
    List<List<String>> slices = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i += AT_ONCE) slices.add(sorted.subList(i, Math.min(sorted.size(), i + AT_ONCE)));
    return slices;
  }

  private MongoCollection<Document> all() {
    return control.db().getCollection(COLLECTION);
  }
}
