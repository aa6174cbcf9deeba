package io.godwit.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the real servers of a test run keep their things: {@code target/servers/<process>-<name>-<n>/}. Logs stay there until the next
 * run; the first to ask in a JVM sweeps up after runs that are gone, including servers that outlived a killed JVM.
 */
final class ServerDirectory {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Path ALL = projectRoot().resolve("target").resolve("servers");

  static {
    sweep();
  }

  private ServerDirectory() {
  }

  static Path create(String name) {
    try {
      return Files.createDirectories(ALL.resolve(ProcessHandle.current().pid() + "-" + name + "-" + COUNT.incrementAndGet())).toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path projectRoot() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("scripts").resolve("mongod"))) {
        return at;
      }
    }
    throw new IllegalStateException("scripts/mongod is not found from " + Path.of("").toAbsolutePath() + " upwards");
  }

  static void delete(Path directory) {
    if (Files.notExists(directory)) {
      return;
    }
    try (var all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("left behind: " + directory + " (" + e.getMessage() + ")"); // not worth failing a test
    }
  }

  private static void sweep() {
    if (Files.notExists(ALL)) {
      return;
    }
    try (var earlier = Files.list(ALL)) {
      earlier.filter(ServerDirectory::isAbandoned).forEach(directory -> {
        endServersIn(directory);
        delete(directory);
      });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** This process has none yet: what bears its number was another's that had it before. */
  private static boolean isAbandoned(Path directory) {
    String owner = directory.getFileName().toString().split("-")[0];
    return owner.matches("\\d+") && (Long.parseLong(owner) == ProcessHandle.current().pid() || ProcessHandle.of(Long.parseLong(owner)).isEmpty());
  }

  /** Our servers have their data directory as working directory; that tells them from everything else on the machine. */
  private static void endServersIn(Path directory) {
    ProcessHandle.allProcesses().forEach(process -> {
      try {
        if (Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd")).startsWith(directory.toRealPath())) {
          process.destroyForcibly();
          process.onExit().join();
        }
      } catch (IOException e) {
        // ended meanwhile, somebody else's, or no /proc here
      }
    });
  }
}
