package io.godwit.numbering;

import io.godwit.message.Prefixes;
import io.godwit.node.Node;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ported numbers from a file, whose form the package-info tells; it is read again when it changes. */
final class PortabilityFile implements Portability {
  private static final Logger log = LoggerFactory.getLogger(PortabilityFile.class);
  private static final long LOOK_EVERY_MS = 1_000;
  private static final int MOST_NAMED = 100;
  private static final int LONGEST_LINE = 200;
  /** About 150 MB of them. */
  static final int MOST_ROWS = 5_000_000;

  private final Path file;
  private volatile Prefixes<String> networks = new Prefixes.Builder<String>().build();
  private Stamp read;
  private Stamp seen;
  private boolean missed;

  PortabilityFile(Path file) {
    this.file = file;
  }

  /** By which a change is known. */
  private record Stamp(FileTime changed, long size, Object key) { }

  /** @param wrong what is wrong, line by line: the first of them */
  record Reading(Prefixes<String> networks, int rows, int wrongs, List<String> wrong) { }

  @Override
  public String network(String number) {
    return networks.longest(number);
  }

  @Override
  public Future<Void> start(Node node) {
    Vertx vertx = node.vertx();
    return vertx.<Void>executeBlocking(() -> {
      read = stamp();
      take(read(file));
      return null;
    }).recover(e -> Future.failedFuture(new IllegalStateException("portability.file: " + file + " cannot be read: " + e, e)))
      .onSuccess(v -> vertx.setTimer(LOOK_EVERY_MS, t -> look(vertx)));
  }

  private void look(Vertx vertx) {
    vertx.executeBlocking(() -> {
      refresh();
      return null;
    }).onComplete(done -> {
      if (done.failed() && !missed) log.warn("the ported numbers stay as they are: {} cannot be read: {}", file, done.cause().toString());
      missed = done.failed();
      vertx.setTimer(LOOK_EVERY_MS, t -> look(vertx));
    });
  }

  /** What is still being written to is not read: it must look the same at two looks, a second apart. */
  void refresh() throws IOException {
    Stamp now = stamp();
    boolean steady = now.equals(seen);
    seen = now;
    if (!steady || now.equals(read)) return;
    Reading reading = read(file);
    read = now;
    take(reading);
  }

  private Stamp stamp() throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
  }

  private void take(Reading reading) {
    networks = reading.networks;
    log.info("{} ported numbers of {}", reading.rows, file);
    if (reading.wrongs > 0) log.warn("{} lines of {} are left out: {}", reading.wrongs, file, String.join("; ", reading.wrong));
  }

  /** Blocks. */
  static Reading read(Path file) throws IOException {
    Prefixes.Builder<String> builder = new Prefixes.Builder<>();
    Map<String, String> once = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    int wrongs = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        String fault = builder.size() > MOST_ROWS ? "a file has at most " + MOST_ROWS + " numbers" : add(line, builder, once);
        if (fault != null && wrongs++ < MOST_NAMED) wrong.add("line " + number + ": " + fault);
      }
    }
    return new Reading(builder.build(), builder.size(), wrongs, wrong);
  }

  /** What is wrong with the line; null when nothing is. Of two lines with the same number the later one holds. */
  private static String add(String line, Prefixes.Builder<String> builder, Map<String, String> once) {
    if (line.length() > LONGEST_LINE) return "has more than " + LONGEST_LINE + " characters";
    String row = line.strip();
    if (row.isEmpty() || row.startsWith("#")) return null;
    int comma = row.indexOf(',');
    if (comma < 0) return "'" + row + "' has no comma between number and network";
    String network = row.substring(comma + 1).strip();
    String number = row.substring(0, comma).strip();
    if (!Networks.isNetwork(network)) return "'" + network + "' is no MCC and MNC: five or six digits";
    if (number.isEmpty() || number.equals("+")) return "has no number";
    try {
      builder.add(number, once.computeIfAbsent(network, n -> n), (earlier, later) -> later);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }
}
