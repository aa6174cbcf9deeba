package io.godwit.replies;

import com.mongodb.MongoException;
import com.mongodb.MongoTimeoutException;
import io.godwit.store.CommitSlot;
import io.godwit.store.Deadline;
import io.godwit.store.MongoSet;
import io.godwit.store.Sets;
import io.vertx.core.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** In which set a handset's conversations live: rendezvous hashing, so that a further set moves only its own share. */
final class Homes {
  private static final long ANSWER_WITHIN_MS = 3_000;

  private Homes() {
  }

  static MongoSet of(Sets sets, String handset) {
    MongoSet best = null;
    long highest = 0;
    for (MongoSet set : sets.all()) {
      long score = score(handset, set.index());
      if (best == null || score > highest) {
        best = set;
        highest = score;
      }
    }
    return best;
  }

  /** Asks it a question; one that is down is not asked, so that nobody waits for it. */
  static <T> Future<T> ask(MongoSet home, Supplier<Future<T>> question) {
    if (!home.isTrusted()) return Future.failedFuture(new MongoTimeoutException(home + " does not answer"));
    return Deadline.within(ANSWER_WITHIN_MS, question.get());
  }

  /** Whether a question failed for the store's reasons, or since another wrote the same at the same time: for none that lies in what was asked. */
  static boolean isPassing(Throwable failure) {
    return CommitSlot.isOutage(failure) || failure instanceof TimeoutException || Duplicates.isOne(failure)
      || failure instanceof MongoException e && e.hasErrorLabel("RetryableWriteError");
  }

  /** FNV-1a over the number, then mixed with the set by SplitMix64's finish. Never change it: it says where things are stored. */
  private static long score(String handset, int set) {
    long h = 0xcbf29ce484222325L;
    for (int i = 0; i < handset.length(); i++) h = (h ^ handset.charAt(i)) * 0x100000001b3L;
    h += (set + 1) * 0x9e3779b97f4a7c15L;
    h = (h ^ h >>> 30) * 0xbf58476d1ce4e5b9L;
    h = (h ^ h >>> 27) * 0x94d049bb133111ebL;
    return h ^ h >>> 31;
  }
}
