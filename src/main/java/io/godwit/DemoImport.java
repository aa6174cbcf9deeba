package io.godwit;

import io.godwit.node.Node;
import io.godwit.node.Settings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Puts the demo tree ({@code KIND.json}: entries by their id) into the directory where it has no such entries yet. */
final class DemoImport {
  private final Node node;

  DemoImport(Node node) {
    this.node = node;
  }

  Future<Void> run(Path folder) {
    Context context = node.vertx().getOrCreateContext();
    Future<Void> done = Future.succeededFuture();
    for (Path file : files(folder)) {
      String kind = file.getFileName().toString().replace(".json", "");
      JsonObject entries = Settings.json(file, System.getenv());
      for (String id : entries.fieldNames()) {
        done = done.compose(v -> node.directory().entry(kind, id) != null ? Future.succeededFuture()
          : node.directory().putIfAbsent(context, kind, id, entries.getJsonObject(id)));
      }
    }
    return done;
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.filter(file -> file.toString().endsWith(".json")).sorted().toList());
    } catch (IOException e) {
      throw new Settings.Invalid("demo: " + folder + " cannot be read: " + e.getMessage());
    }
  }
}
