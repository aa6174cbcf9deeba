package io.godwit.events;

import java.util.Arrays;

/**
 * Which messages of old days still wait, eight octets each: hashes, so that one in a million millions may be taken for waiting that is not, which does no harm.
 */
final class Waiting {
  /** 40 MB. A day before which more wait stays. */
  private static final int MOST = 5_000_000;

  private long[] hashes = new long[64];
  private int size;
  private boolean sorted;

  void add(String id) {
    if (size == MOST) throw new IllegalStateException("more than " + MOST + " messages wait");
    if (size == hashes.length) hashes = Arrays.copyOf(hashes, Math.min(MOST, 2 * size));
    hashes[size++] = hash(id);
    sorted = false;
  }

  /** No more are added. */
  Waiting sorted() {
    Arrays.sort(hashes, 0, size);
    sorted = true;
    return this;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean contains(String id) {
    if (!sorted) throw new IllegalStateException("not sorted yet");
    return Arrays.binarySearch(hashes, 0, size, hash(id)) >= 0;
  }

  private static long hash(String id) {
    long h = 1_125_899_906_842_597L;
    for (int i = 0; i < id.length(); i++) h = 31 * h + id.charAt(i);
    h = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
    return h ^ h >>> 33;
  }
}
