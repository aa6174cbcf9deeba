package io.godwit.events;

import io.godwit.events.DayIndex.Entry;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.bson.RawBsonDocument;

/** Reads one archived day back, some pages at a time. Blocks; one call at a time. */
final class DayReader implements AutoCloseable {
  private final DayFiles files;
  private final FileChannel file;
  private final DataInputStream index;
  private final MessageDigest digest = DayWriter.sha256();
  private long end;

  DayReader(DayFiles files) throws IOException {
    this.files = files;
    file = FileChannel.open(files.pages(), StandardOpenOption.READ);
    index = new DataInputStream(new BufferedInputStream(Files.newInputStream(files.index()), 1 << 16));
  }

  /** The next pages in order; null after the last. Fails where file and index do not fit together. */
  List<RawBsonDocument> next() throws IOException {
    Entry entry = DayIndex.next(index, Long.MIN_VALUE, Long.MAX_VALUE);
    if (entry == null) return null;
    if (entry.offset() != end) throw broken("the index skips from " + end + " to " + entry.offset());
    end += entry.length();
    byte[] member = bytes(entry);
    digest.update(member);
    List<RawBsonDocument> pages = pages(member, line -> true);
    if (pages.size() != entry.pages()) throw broken(pages.size() + " pages at " + entry.offset() + " instead of " + entry.pages());
    long[] millis = DayWriter.millis(pages.stream().map(page -> page.decode(DayWriter.DOCUMENTS)).toList());
    if (!Arrays.equals(millis, entry.millis())) throw broken("the index does not lead to the pages at " + entry.offset());
    return pages;
  }

  /** The pages that may hold events of messages with one of these ids; the milliseconds are those of the ids, in order. */
  List<RawBsonDocument> find(List<String> ids, long[] millis) throws IOException {
    List<RawBsonDocument> found = new ArrayList<>();
    Entry entry;
    while ((entry = DayIndex.next(index, millis[0], millis[millis.length - 1])) != null) {
      long[] there = entry.millis();
      if (Arrays.stream(millis).anyMatch(one -> Arrays.binarySearch(there, one) >= 0)) {
        found.addAll(pages(bytes(entry), line -> line.startsWith("{\"bson\"") || ids.stream().anyMatch(line::contains)));
      }
    }
    return found;
  }

  /** After the last page: whether these are the very bytes that were counted when they were written. */
  void prove(Manifest manifest) throws IOException {
    if (end != file.size() || end != manifest.bytes()) throw broken(file.size() + " bytes, of which the index knows " + end + ", instead of " + manifest.bytes());
    String is = HexFormat.of().formatHex(digest.digest());
    if (!is.equals(manifest.sha256())) throw broken("SHA-256 " + is + " instead of " + manifest.sha256());
  }

  private byte[] bytes(Entry entry) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(entry.length());
    while (bytes.hasRemaining()) if (file.read(bytes, entry.offset() + bytes.position()) < 0) throw broken("ends within the pages at " + entry.offset());
    return bytes.array();
  }

  private static List<RawBsonDocument> pages(byte[] member, Predicate<String> wanted) throws IOException {
    List<RawBsonDocument> pages = new ArrayList<>();
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(new GZIPInputStream(new ByteArrayInputStream(member)), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) if (wanted.test(line)) pages.add(PageLine.read(line));
    }
    return pages;
  }

  private IOException broken(String how) {
    return new IOException(files.pages().getFileName() + ": " + how);
  }

  @Override
  public void close() throws IOException {
    file.close();
    index.close();
  }
}
