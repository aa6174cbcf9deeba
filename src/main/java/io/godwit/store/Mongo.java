package io.godwit.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bson.BsonBinaryWriter;
import org.bson.BsonWriter;
import org.bson.RawBsonDocument;
import org.bson.io.BasicOutputBuffer;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** The bridge to MongoDB's reactive driver: its publishers as futures on the caller's context, and documents encoded once. */
public final class Mongo {
  /** Elements on their way to a visitor. */
  private static final int WINDOW = 128;

  private Mongo() {
  }

  /** The first element, or null when there is none. The future completes on the given context, never on the driver's thread. */
  public static <T> Future<T> first(Context context, Publisher<T> publisher) {
    return all(context, publisher).map(list -> list.isEmpty() ? null : list.get(0));
  }

  /** Every element, in order: for results that are bounded by their query. */
  public static <T> Future<List<T>> all(Context context, Publisher<T> publisher) {
    Promise<List<T>> promise = ((ContextInternal) context).promise();
    publisher.subscribe(new Subscriber<>() {
      private final List<T> elements = new ArrayList<>();

      @Override
      public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
      }

      @Override
      public void onNext(T element) {
        elements.add(element);
      }

      @Override
      public void onError(Throwable failure) {
        context.runOnContext(v -> promise.fail(failure));
      }

      @Override
      public void onComplete() {
        context.runOnContext(v -> promise.complete(elements));
      }
    });
    return promise.future();
  }

  /** Shows every element to the visitor, in order and on the given context, for results that may be larger than the memory. */
  public static <T> Future<Void> each(Context context, Publisher<T> publisher, Consumer<T> visitor) {
    Promise<Void> promise = ((ContextInternal) context).promise();
    publisher.subscribe(new Subscriber<>() {
      private Subscription subscription;
      private int left;

      @Override
      public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
        more();
      }

      private void more() {
        left = WINDOW;
        subscription.request(WINDOW);
      }

      @Override
      public void onNext(T element) {
        context.runOnContext(v -> visit(element));
      }

      private void visit(T element) {
        try {
          visitor.accept(element);
          if (--left == 0) more();
        } catch (RuntimeException e) {
          subscription.cancel();
          promise.tryFail(e);
        }
      }

      @Override
      public void onError(Throwable failure) {
        context.runOnContext(v -> promise.tryFail(failure));
      }

      @Override
      public void onComplete() {
        context.runOnContext(v -> promise.tryComplete());
      }
    });
    return promise.future();
  }

  /** Encodes a document to bytes here and now, so that the driver only copies them. */
  public static RawBsonDocument encode(int expectedBytes, Consumer<BsonWriter> content) {
    BasicOutputBuffer buffer = new BasicOutputBuffer(expectedBytes);
    BsonBinaryWriter writer = new BsonBinaryWriter(buffer);
    writer.writeStartDocument();
    content.accept(writer);
    writer.writeEndDocument();
    return new RawBsonDocument(buffer.getInternalBuffer(), 0, buffer.getPosition());
  }

  /** Encodes what writes its own document whole. */
  public static RawBsonDocument encodeWhole(Consumer<BsonWriter> document) {
    BasicOutputBuffer buffer = new BasicOutputBuffer(512);
    document.accept(new BsonBinaryWriter(buffer));
    return new RawBsonDocument(buffer.getInternalBuffer(), 0, buffer.getPosition());
  }
}
