package io.godwit.events;

import io.godwit.events.DayIndex.Entry;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;

/** Writes one day's files and counts what it writes. Blocks; one call at a time. */
final class DayWriter implements AutoCloseable {
  static final DocumentCodec DOCUMENTS = new DocumentCodec();

  private final int set;
  private final String day;
  private final DayFiles files;
  private final OutputStream out;
  private final DataOutputStream index;
  private final MessageDigest digest = sha256();
  private final Map<String, Manifest.Sum> money = new TreeMap<>();
  private long pages;
  private long events;
  private long bytes;

  DayWriter(int set, String day, DayFiles files) throws IOException {
    this.set = set;
    this.day = day;
    this.files = files;
    out = Files.newOutputStream(files.pages());
    index = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(files.index())));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Appends the pages as one gzip member. */
  void add(List<RawBsonDocument> some) throws IOException {
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(member)) {
      for (RawBsonDocument page : some) gzip.write((PageLine.of(page) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    byte[] compressed = member.toByteArray();
    List<Document> decoded = some.stream().map(page -> page.decode(DOCUMENTS)).toList();
    DayIndex.write(index, new Entry(bytes, compressed.length, some.size(), millis(decoded)));
    out.write(compressed);
    digest.update(compressed);
    bytes += compressed.length;
    pages += some.size();
    decoded.forEach(this::count);
  }

  static long[] millis(List<Document> pages) {
    return pages.stream().flatMap(page -> page.getList("k", Long.class, List.of()).stream()).mapToLong(Long::longValue).sorted().distinct().toArray();
  }

  private void count(Document page) {
    for (Document event : page.getList("e", Document.class, List.of())) {
      events++;
      if (event.getString("money") != null) for (Document leg : event.getList("legs", Document.class, List.of())) count(event.getString("money"), leg);
    }
  }

  /** Of any kind of event, also of one that a later release has brought. */
  private void count(String action, Document leg) {
    String account = leg.getString("account");
    String currency = leg.getString("currency");
    long amount = leg.getLong("amount");
    Manifest.Sum change = new Manifest.Sum(account, currency, action.equals("BILLED") ? amount : 0, action.equals("RESERVED") ? amount : -amount);
    money.merge(account + "\n" + currency, change, (sum, more) -> new Manifest.Sum(account, currency, sum.billed() + more.billed(), sum.reserved() + more.reserved()));
  }

  /** Brings all to the disk. The manifest is written, too; it is true once a reader has proved it. */
  Manifest finish() throws IOException {
    close();
    DayFiles.sync(files.pages());
    DayFiles.sync(files.index());
    Manifest manifest = new Manifest(set, day, pages, events, bytes, HexFormat.of().formatHex(digest.digest()), new ArrayList<>(money.values()));
    manifest.write(files.manifest());
    return manifest;
  }

  @Override
  public void close() throws IOException {
    out.close();
    index.close();
  }
}
