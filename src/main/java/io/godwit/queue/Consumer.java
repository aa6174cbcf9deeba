package io.godwit.queue;

import io.godwit.message.Lane;
import io.vertx.core.Future;

/** A stage of this process as the queue sees it. Its methods are called on any event loop. */
public interface Consumer {
  String queue();

  /**
   * Asked, before a parcel is stored, whether it may be handed over in memory.
   *
   * @return a reserved place, or null when there is no room or stored parcels come first
   */
  Place offer(Parcel parcel);

  /**
   * Asked whether it takes the parcels that a step puts into its queue before they are stored, and commits that step together with what follows
   * from them: one unit of work instead of two.
   *
   * @return null when it does not; a failed Future when that took no effect: then the step is to be committed as it is
   */
  default Future<Void> absorb(Step step) {
    return null;
  }

  /** Told that something may be stored in this lane of its queue: it claims when it has room. */
  void wake(Lane lane);

  /** The same, of any lane. */
  default void wake() {
    for (Lane lane : Lane.values()) wake(lane);
  }

  /** Told that its process was found dead in this set: what it held there is no longer its own. */
  void dropAll();

  /** A reserved place for one parcel: either {@link #deliver} or {@link #withdraw} is called, once. */
  interface Place {
    /** In a stage that submits nothing. */
    static Place of(java.util.function.Consumer<Parcel> deliver, Runnable withdraw) {
      return new Place() {
        @Override
        public int tried() {
          return 0;
        }

        @Override
        public void deliver(Parcel parcel) {
          deliver.accept(parcel);
        }

        @Override
        public void withdraw() {
          withdraw.run();
        }
      };
    }

    /** How many from its front may be submitted to a carrier at once; 0 for stages that submit nothing. */
    int tried();

    /** The parcel is stored and leased to us. */
    void deliver(Parcel parcel);

    void withdraw();
  }
}
