package io.godwit;

import io.godwit.billing.Ledger;
import io.godwit.billing.Pricing;
import io.godwit.link.LinkConfig;
import io.godwit.link.Misconfigured;
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

/**
 * Puts the demo tree ({@code KIND.json}: entries by their id) into the directory where it has no such entries yet, and gives
 * its accounts their first credit ({@code topup.json}).
 */
final class DemoImport {
  private static final String TOP_UPS = "topup";

  private final Node node;
  private JsonObject topUps = new JsonObject();

  DemoImport(Node node) {
    this.node = node;
  }

  Future<Void> run(Path folder) {
    Context context = node.vertx().getOrCreateContext();
    Future<Void> done = Future.succeededFuture();
    for (Path file : files(folder)) {
      String kind = file.getFileName().toString().replace(".json", "");
      JsonObject entries = Settings.json(file, System.getenv());
      if (kind.equals(LinkConfig.KIND)) check(file, entries);
      if (kind.equals(TOP_UPS)) topUps = entries;
      else for (String id : entries.fieldNames()) done = done.compose(v -> enter(context, kind, id, entries.getJsonObject(id)));
    }
    return done.compose(v -> credit());
  }

  private static void check(Path file, JsonObject links) {
    try {
      for (String id : links.fieldNames()) LinkConfig.from(id, links.getJsonObject(id));
    } catch (Misconfigured e) {
      throw new Settings.Invalid(file + ": " + e.getMessage());
    }
  }

  private Future<Void> enter(Context context, String kind, String id, JsonObject body) {
    JsonObject there = node.directory().entry(kind, id);
    if (there == null) return node.directory().putIfAbsent(context, kind, id, body);
    return follow(context, kind, id, there, body.getValue("port"));
  }

  /** The simulator may listen elsewhere than at the last start; all else stays as it was changed since. */
  private Future<Void> follow(Context context, String kind, String id, JsonObject there, Object port) {
    if (port == null || port.equals(there.getValue("port"))) return Future.succeededFuture();
    return node.directory().put(context, kind, id, there.copy().put("port", port));
  }

  /** A top-up is known by its key: at the next start it is there already. */
  private Future<Void> credit() {
    Ledger ledger = new Ledger(node.sets(), new Pricing(node.directory()));
    Future<Void> done = ledger.open();
    for (String key : topUps.fieldNames()) {
      JsonObject topUp = topUps.getJsonObject(key);
      done = done.compose(v -> ledger.topUp(key, topUp.getString("account"), topUp.getLong("amount"), "demo").mapEmpty());
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
