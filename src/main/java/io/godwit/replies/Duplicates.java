package io.godwit.replies;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;

/** Tells that a unique key was taken from everything else that can go wrong. */
final class Duplicates {
  private static final int DUPLICATE_KEY = 11_000;

  private Duplicates() {
  }

  /** Whether nothing but duplicate keys made the write fail. */
  static boolean isOne(Throwable failure) {
    if (failure instanceof MongoBulkWriteException bulk) {
      return bulk.getWriteConcernError() == null && bulk.getWriteErrors().stream().allMatch(e -> e.getCategory() == ErrorCategory.DUPLICATE_KEY);
    }
    return failure instanceof MongoException e && e.getCode() == DUPLICATE_KEY;
  }
}
