package io.godwit.events;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of one day of one set: the pages, where to find them, and, last of all, what they hold. They are made under names of their own
 * ({@code suffix}) and get their real names when they are proved. Blocks.
 *
 * @param folder where they are
 * @param name day and set, such as {@code events_20261123.set0}
 * @param suffix empty, or what tells those apart that are being made
 */
record DayFiles(Path folder, String name, String suffix) {

  static DayFiles of(Path folder, int set, String day) {
    return new DayFiles(folder, day + ".set" + set, "");
  }

  DayFiles making(String by) {
    return new DayFiles(folder, name, ".making-" + by);
  }

  /** Lines of JSON, one a page, in gzip members of some pages each: zcat reads it whole. */
  Path pages() {
    return folder.resolve(name + ".ndjson.gz" + suffix);
  }

  /** See {@link DayIndex}. */
  Path index() {
    return folder.resolve(name + ".index" + suffix);
  }

  /** See {@link Manifest}: where it is, the others are whole. */
  Path manifest() {
    return folder.resolve(name + ".json" + suffix);
  }

  boolean areWhole() {
    return Files.isRegularFile(manifest()) && Files.isRegularFile(pages()) && Files.isRegularFile(index());
  }

  /** Gives these files, which are on the disk, the names of those; the manifest comes last. */
  void rename(DayFiles to) throws IOException {
    Files.move(pages(), to.pages(), StandardCopyOption.ATOMIC_MOVE);
    Files.move(index(), to.index(), StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
    Files.move(manifest(), to.manifest(), StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
  }

  void delete() throws IOException {
    for (Path file : List.of(pages(), index(), manifest())) Files.deleteIfExists(file);
  }

  /** What earlier attempts at this day left behind. */
  void sweep() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith(name + ".") && f.toString().contains(".making-")).toList()) Files.deleteIfExists(file);
    }
  }

  /** Brings a file, or the names in a folder, to the disk. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
