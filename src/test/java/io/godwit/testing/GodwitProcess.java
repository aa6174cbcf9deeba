package io.godwit.testing;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A gateway of its own: a child JVM that runs {@code io.godwit.Godwit} from the class path of the tests, and can be killed, paused,
 * stopped and started again on the same ports. Calls block; they are for test threads.
 */
public final class GodwitProcess implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int START_SECONDS = 180;
  private static final int STOP_SECONDS = 60;

  private final String name;
  private final Path home;
  private final Path log;
  private final Path verticles;
  private final Map<String, String> environment = new TreeMap<>();
  private final List<String> options = new ArrayList<>();
  private final int httpPort = Ports.free();
  private final int opsPort = Ports.free();
  private final Thread atExit = new Thread(this::kill, "godwit-process-end");
  private Process process;
  private int livedLines;

  /** Not started yet. */
  public GodwitProcess(String name, Path verticles) {
    this.name = name;
    this.verticles = verticles;
    home = ServerDirectory.create("godwit-" + name);
    log = home.resolve("log");
    with("GODWIT_HTTP_PORT", httpPort).with("GODWIT_OPS_PORT", opsPort).with("GODWIT_SMPP_PORT", 0);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Gives it a variable of the environment, from the next start on. */
  public GodwitProcess with(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  /** Runs these components only. */
  public GodwitProcess only(String... components) {
    options.add("--only");
    options.add(String.join(",", components));
    return this;
  }

  /** Returns when all its components run; its links may not be bound yet, see {@link #awaitReady}. */
  public GodwitProcess start() {
    if (isAlive()) throw new IllegalStateException(this + " runs already");
    List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx256m", "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "io.godwit.Godwit",
      "--verticles", verticles.toString(), "--conf", ServerDirectory.projectRoot().resolve("conf/godwit.json").toString()));
    command.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true)
      .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      livedLines = Files.exists(log) ? logLines().size() : 0;
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitHealth("runs", health -> !health.getJsonObject("components").containsKey("start"));
    return this;
  }

  /** Returns when it says that it is ready: with all links bound. */
  public GodwitProcess awaitReady() {
    awaitHealth("is ready", health -> health.getString("status").equals("ready"));
    return this;
  }

  private void awaitHealth(String what, java.util.function.Predicate<JsonObject> condition) {
    Await.until(this + " " + what, START_SECONDS, () -> {
      if (!process.isAlive()) throw new AssertionError(this + " ended with " + process.exitValue() + "; its log " + log + " ends with:\n" + lastWords());
      JsonObject health = health();
      return health != null && condition.test(health);
    });
  }

  /** What it answers to {@code /health/ready}; null when it does not answer. */
  public JsonObject health() {
    return get(opsPort, "/health/ready");
  }

  /** What its HTTP door answers the demo's reseller; null when it does not answer. */
  public JsonObject ask(String path) {
    return get(httpPort, path);
  }

  private static JsonObject get(int port, String path) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(ANSWER)
        .header("Authorization", "Bearer reseller-key").build();
      return new JsonObject(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException | DecodeException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public int httpPort() {
    return httpPort;
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** SIGKILL: as when the machine dies. Returns when it is gone. */
  public void kill() {
    if (!isAlive()) return;
    process.destroyForcibly();
    process.onExit().join();
  }

  /** SIGSTOP: it stands still, and its connections stay open. */
  public void pause() {
    signal("STOP");
  }

  public void resume() {
    signal("CONT");
  }

  /** SIGTERM: it drains. Returns its exit code. */
  public int stop() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) throw new AssertionError(this + " does not stop; its log " + log + " ends with:\n" + lastWords());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return process.exitValue();
  }

  private void signal(String which) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + which, Long.toString(process.pid())).inheritIO().start();
      if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) throw new IllegalStateException(this + " could not be sent SIG" + which);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until its present life has logged these words. */
  public void awaitLog(String words) {
    Await.until(this + " logs '" + words + "'", START_SECONDS, () -> hasLogged(words));
  }

  /** Whether its present life, or the last one, has logged these words. */
  public boolean hasLogged(String words) {
    return logLines().stream().skip(livedLines).anyMatch(line -> line.contains(words));
  }

  /** The last line of its present life, or the last one, that has these words; empty when there is none. */
  public String lastLogged(String words) {
    return logLines().stream().skip(livedLines).filter(line -> line.contains(words)).reduce("", (before, last) -> last);
  }

  /** The lines of its log, over all its lives; the last may be half written, in the middle of a character even. */
  private List<String> logLines() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The end of its log. */
  String lastWords() {
    List<String> lines = logLines();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
  }

  /** Kills what is left; the log stays until the next run of the tests. */
  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  @Override
  public String toString() {
    return "gateway " + name;
  }
}
