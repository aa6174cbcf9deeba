package io.godwit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The wall clock of a child process, which a test steps forward; its monotonic clock goes on as it did, as when an administrator or NTP steps a
 * machine's clock. It is libfaketime's (Debian, Ubuntu): the installed one, else one that apt-get downloads and nobody installs.
 */
public final class SteppedClock {
  private static final String NAME = "faketime/libfaketimeMT.so.1";
  private static final int DOWNLOAD_SECONDS = 60;

  private final Path library;
  private final Path file;

  private SteppedClock(Path library) {
    this.library = library;
    file = ServerDirectory.create("clock").resolve("offset");
    step(0);
  }

  /** Empty where there is no libfaketime; the standard output says so. */
  public static Optional<SteppedClock> find() {
    Optional<Path> library = under(Path.of("/usr/lib")).or(SteppedClock::downloaded);
    if (library.isEmpty()) System.out.println("no clock can be stepped: there is no libfaketime, and apt-get could not download it");
    return library.map(SteppedClock::new);
  }

  private static Optional<Path> under(Path folder) {
    try (Stream<Path> all = Files.find(folder, 6, (path, attributes) -> path.endsWith(NAME))) {
      return all.findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // a folder that may not be read
    }
  }

  private static Optional<Path> downloaded() {
    Path home = ServerDirectory.create("libfaketime");
    return ran(home, "apt-get download libfaketime") && ran(home, "dpkg -x libfaketime_*.deb .") ? under(home) : Optional.empty();
  }

  private static boolean ran(Path home, String command) {
    try {
      Process process = new ProcessBuilder(List.of("sh", "-c", command)).directory(home.toFile()).redirectErrorStream(true)
        .redirectOutput(home.resolve("log").toFile()).start();
      boolean ended = process.waitFor(DOWNLOAD_SECONDS, TimeUnit.SECONDS);
      if (!ended) process.destroyForcibly();
      return ended && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** From now on the clock is so far ahead of this machine's. */
  public void step(int seconds) {
    try {
      Path next = file.resolveSibling("next");
      Files.writeString(next, "+" + seconds + "\n");
      Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What makes a process go by it. */
  Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "FAKETIME_TIMESTAMP_FILE", file.toString(), "FAKETIME_NO_CACHE", "1",
      "FAKETIME_DONT_FAKE_MONOTONIC", "1", "DONT_FAKE_MONOTONIC", "1");
  }
}
