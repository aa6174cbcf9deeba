package io.godwit.reporting;

import java.util.List;

/**
 * Where a page is.
 *
 * @param collection its day
 * @param ts as mongod filled it: seconds since 1970 in the upper 32 bits, a counter in the lower
 */
record PageRef(String collection, String id, long ts) {

  long seconds() {
    return ts >>> 32;
  }

  /**
   * What one look found.
   *
   * @param fresh pages not applied yet, by rising {@code ts}
   * @param highest the highest {@code ts} met; below it nothing was left out
   * @param more whether the look ended before the end
   */
  record Look(List<PageRef> fresh, long highest, boolean more) { }
}
