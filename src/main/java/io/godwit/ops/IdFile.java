package io.godwit.ops;

import io.godwit.message.MessageId;
import io.godwit.store.MongoSet;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A file as of {@link IdLines}, read off the event loop along with a set's slices; opened anew for each set. Confined to its context. */
final class IdFile {
  private final Context context;
  private final Path file;
  private IdLines lines;

  IdFile(Context context, Path file) {
    this.context = context;
    this.file = file;
  }

  Future<Void> open() {
    return context.executeBlocking(() -> new IdLines(file)).onSuccess(opened -> lines = opened).mapEmpty();
  }

  /** Shows the lines of the set's messages that were accepted before that millisecond, after those that were shown already. */
  Future<Void> upTo(long millis, MongoSet set, Consumer<String> visitor) {
    return context.executeBlocking(() -> lines.before(millis)).compose((List<String> some) -> {
      for (String line : some) if (MessageId.set(IdLines.id(line)) == set.index()) visitor.accept(line);
      return some.size() < IdLines.MOST ? Future.succeededFuture() : upTo(millis, set, visitor);
    });
  }

  Future<Void> close() {
    return context.executeBlocking(() -> {
      lines.close();
      return null;
    });
  }
}
