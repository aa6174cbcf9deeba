package io.godwit.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.message.Lane;
import io.godwit.message.Message;
import io.godwit.message.Origin;
import io.godwit.node.Node;
import io.godwit.queue.MessageQueue.Depth;
import io.godwit.queue.Parcel;
import io.godwit.queue.Slot;
import io.godwit.queue.Step;
import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example handler, as users build it: a jar of its own in the plug-in folder, and a line in the worker's configuration. */
class PluginTest {
  private static final Path EXAMPLE = Path.of("examples/quiet-hours/src/main");
  private final ZonedDateTime tomorrow = ZonedDateTime.now(ZoneId.of("Europe/Berlin")).plusDays(1);
  private TestNode node;
  private URLClassLoader plugins;
  @TempDir
  private Path folder;

  @BeforeEach
  void theExampleInThePluginFolder() throws IOException {
    Path jar = folder.resolve("quiet-hours.jar");
    jar(jar, compiled(), EXAMPLE.resolve("resources"));
    plugins = new URLClassLoader(new URL[] {jar.toUri().toURL()}, PluginTest.class.getClassLoader());
    node = TestNode.start(1);
    node.put("account", "demo", new JsonObject());
    node.put("link", "sim", new JsonObject().put("host", "localhost").put("systemId", "godwit"));
    node.put("route", "all", new JsonObject().put("links", new JsonArray().add(new JsonObject().put("link", "sim"))));
  }

  @AfterEach
  void close() throws IOException {
    node.close();
    plugins.close();
  }

  private Path compiled() throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> sources;
    try (Stream<Path> files = Files.walk(EXAMPLE.resolve("java"))) {
      sources = files.filter(file -> file.toString().endsWith(".java")).map(Path::toString).toList();
    }
    Stream<String> options = Stream.of("--release", "17", "-proc:none", "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), "-d", classes.toString());
    assertEquals(0, compiler.run(null, null, null, Stream.concat(options, sources.stream()).toArray(String[]::new)));
    return classes;
  }

  private static void jar(Path jar, Path... roots) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file)) {
      for (Path root : roots) {
        try (Stream<Path> files = Files.walk(root)) {
          for (Path one : files.filter(Files::isRegularFile).toList()) {
            out.putNextEntry(new JarEntry(root.relativize(one).toString().replace('\\', '/')));
            Files.copy(one, out);
          }
        }
      }
    }
  }

  private void runWorker() {
    Node here = new Node(node.vertx, node.node.settings(), node.sets, node.node.queues(), node.directory, node.node.meters(), node.node.readiness(), plugins);
    JsonObject quiet = new JsonObject().put("name", "quiet-hours").put("zone", "Europe/Berlin");
    JsonObject config = new JsonObject().put("handlers", new JsonArray().add("blocks").add(quiet).add("routing"));
    node.await(() -> node.vertx.deployVerticle(new WorkerVerticle(here), new DeploymentOptions().setConfig(config)));
  }

  private void submit(Lane lane) {
    Message message = Message.accepted(node.node.queue(0).newId(), lane, "demo", "Godwit", "+4915112345678", "Hello", io.godwit.message.Encoding.GSM7, 1, "DE",
      node.clock.get() + 24 * 3_600_000, Origin.NONE);
    Context context = node.vertx.getOrCreateContext();
    Await.on(context, () -> {
      Slot slot = node.node.queue(0).openSlot("test");
      return slot.commit(new Step().put(Parcel.of(node.node.queue(0).newId(), Parcel.ROUTE, lane, 1, 0, List.of(message))));
    });
  }

  private boolean holds(String queue, String state) {
    List<Depth> depths = node.await(() -> node.node.queue(0).depths(Vertx.currentContext()));
    return depths.stream().anyMatch(depth -> depth.queue().equals(queue) && depth.state().equals(state) && depth.messages() == 1);
  }

  /** By the clock on the wall: some nights have ten hours, and some eight. */
  private void at(ZonedDateTime day, int hour, int minute) {
    node.clock.set(day.withHour(hour).withMinute(minute).toInstant().toEpochMilli());
  }

  @Test
  void aBulkMessageWaitsForTheMorningInTheQueue() {
    at(tomorrow, 23, 0);
    runWorker();
    submit(Lane.BULK);
    Await.until("the message waits", () -> holds(Parcel.ROUTE, "later"));
    at(tomorrow.plusDays(1), 8, 1);
    Await.until("the message is routed", () -> holds(Parcel.link("sim"), "ready"));
  }

  @Test
  void anAlertGoesAtOnce() {
    at(tomorrow, 23, 0);
    runWorker();
    submit(Lane.ALERT);
    Await.until("the message is routed", () -> holds(Parcel.link("sim"), "ready"));
    assertTrue(!holds(Parcel.ROUTE, "later"));
  }
}
