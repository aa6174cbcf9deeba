package io.godwit.ops;

import io.godwit.message.MessageId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file whose lines begin with a message id, sorted by byte, as by LC_ALL=C sort; read along with the slices. Every method blocks. */
final class IdLines implements AutoCloseable {
  /** Lines that are in memory at a time. */
  static final int MOST = 20_000;

  private final Path file;
  private final BufferedReader reader;
  private String next;
  private long number;

  IdLines(Path file) throws IOException {
    this.file = file;
    this.reader = Files.newBufferedReader(file);
    advance();
  }

  static String id(String line) {
    return line.substring(0, MessageId.LENGTH);
  }

  /** What follows the id and a blank; empty without either. */
  static String rest(String line) {
    return line.substring(Math.min(line.length(), MessageId.LENGTH + 1));
  }

  /** The next lines, of messages that were accepted before that millisecond; fewer than {@link #MOST} when there are no more of these. */
  List<String> before(long millis) throws IOException {
    List<String> some = new ArrayList<>();
    while (next != null && some.size() < MOST && MessageId.millis(id(next)) < millis) {
      some.add(next);
      advance();
    }
    return some;
  }

  private void advance() throws IOException {
    String last = next;
    next = reader.readLine();
    number++;
    if (next == null) return;
    if (next.length() < MessageId.LENGTH || !MessageId.isValid(id(next))) throw new IllegalArgumentException(place() + "'" + next + "' does not begin with a message id");
    if (last != null && id(last).compareTo(id(next)) > 0) throw new IllegalArgumentException(place() + "not in order; use LC_ALL=C sort");
  }

  private String place() {
    return file.getFileName() + ", line " + number + ": ";
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
