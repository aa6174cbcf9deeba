package io.godwit.intake;

import io.godwit.store.UnitOfWork;
import java.util.List;

/**
 * Drafts that are accepted together or not at all.
 *
 * @param isBatch whether they get a batch id
 * @param extra what is written in the same unit of work, null = nothing
 * @param set the number of the set that must take it, for what is written besides; -1 = any
 */
public record Offer(List<Draft> drafts, boolean isBatch, Extra extra, int set) {

  /** Called once before each commit of the offer, when its ids are known; inserts under any unique key but {@code _id}, which must be new each time. */
  public interface Extra {
    void write(UnitOfWork work, Outcome.Accepted accepted);
  }

  public static Offer of(Draft draft) {
    return new Offer(List.of(draft), false, null, -1);
  }

  public static Offer batch(List<Draft> drafts) {
    return new Offer(drafts, true, null, -1);
  }

  public Offer with(int set, Extra writes) {
    return new Offer(drafts, isBatch, writes, set);
  }

  /** Whose it is: all of its drafts are of one account. */
  String account() {
    return drafts.get(0).account();
  }

  int size() {
    return drafts.size();
  }

  /** Bytes, about, as {@link io.godwit.message.Message#weight}. */
  long weight() {
    return drafts.stream().mapToLong(Draft::weight).sum();
  }
}
