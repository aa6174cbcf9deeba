package io.godwit.queue;

import io.vertx.core.Context;

/** Something to do once at the end of this turn of the event loop, however often it is asked for: what came in one read goes together. Confined to its context. */
public final class Soon {
  private final Context context;
  private final Runnable what;
  private boolean due;

  public Soon(Context context, Runnable what) {
    this.context = context;
    this.what = what;
  }

  public void ask() {
    if (due) return;
    due = true;
    context.runOnContext(v -> {
      due = false;
      what.run();
    });
  }
}
