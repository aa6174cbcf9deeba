package io.godwit.events;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * The form of the file that says where a message's pages are in the file of an archived day: an entry for each gzip member, with the distinct
 * milliseconds of the ids in its pages as differences of seven bits an octet. Entries whose bounds do not fit are skipped unread.
 */
final class DayIndex {
  private DayIndex() {
  }

  /**
   * One gzip member.
   *
   * @param millis in order
   */
  record Entry(long offset, int length, int pages, long[] millis) { }

  static void write(DataOutputStream out, Entry entry) throws IOException {
    java.io.ByteArrayOutputStream differences = new java.io.ByteArrayOutputStream();
    long before = 0;
    for (long millis : entry.millis) {
      long difference = millis - before;
      for (; difference > 0x7f; difference >>>= 7) differences.write((int) (difference & 0x7f | 0x80));
      differences.write((int) difference);
      before = millis;
    }
    out.writeLong(entry.offset);
    out.writeInt(entry.length);
    out.writeInt(entry.pages);
    out.writeInt(entry.millis.length);
    out.writeLong(entry.millis.length == 0 ? Long.MAX_VALUE : entry.millis[0]);
    out.writeLong(entry.millis.length == 0 ? Long.MIN_VALUE : before);
    out.writeInt(differences.size());
    differences.writeTo(out);
  }

  /** The next entry that may hold a millisecond of [least, most]; null at the end. */
  static Entry next(DataInputStream in, long least, long most) throws IOException {
    while (true) {
      long offset;
      try {
        offset = in.readLong();
      } catch (EOFException e) {
        return null;
      }
      int length = in.readInt();
      int pages = in.readInt();
      int count = in.readInt();
      boolean fits = in.readLong() <= most & in.readLong() >= least;
      byte[] differences = new byte[fits ? in.readInt() : 0];
      if (!fits) {
        in.skipNBytes(in.readInt());
        continue;
      }
      in.readFully(differences);
      return new Entry(offset, length, pages, millis(differences, count));
    }
  }

  private static long[] millis(byte[] differences, int count) {
    long[] millis = new long[count];
    int at = 0;
    long before = 0;
    for (int i = 0; i < count; i++) {
      long difference = 0;
      for (int shift = 0; ; shift += 7) {
        byte octet = differences[at++];
        difference |= (long) (octet & 0x7f) << shift;
        if (octet >= 0) break;
      }
      before += difference;
      millis[i] = before;
    }
    return millis;
  }
}
