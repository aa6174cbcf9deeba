package io.godwit;

import io.godwit.node.Settings;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs what {@code verticles.json} lists: all of it or, with a sentence that says why, nothing. */
@Command(name = "godwit", mixinStandardHelpOptions = true, version = "Godwit 0.1.0", description = "The SMS gateway cluster.",
  subcommands = {TrailCommand.class, AuditCommand.class, ArchiveCommand.class, SetsCommand.class, PasswordCommand.class})
public final class Godwit implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(Godwit.class);
  private static final long START_MINUTES = 3;
  private static final long DRAIN_SECONDS = 25;

  @Option(names = "--verticles", description = "what to run (default: ${DEFAULT-VALUE})", defaultValue = "verticles.json")
  Path verticles;
  @Option(names = "--conf", description = "stores, ports, cluster (default: ${DEFAULT-VALUE})", defaultValue = "conf/godwit.json")
  Path conf;
  @Option(names = "--only", split = ",", description = "run these components only")
  List<String> only = List.of();
  @Option(names = "--except", split = ",", description = "run all but these components")
  List<String> except = List.of();
  @Option(names = "--plugins", description = "folder with jars that bring handlers and verticles")
  Path plugins;

  public static void main(String[] args) {
    int code = new CommandLine(new Godwit()).setExecutionExceptionHandler(Godwit::complain).execute(args);
    if (code != 0) System.exit(code);
  }

  private static int complain(Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
    if (failure instanceof Settings.Invalid) System.err.println("godwit: " + failure.getMessage());
    else log.error("Godwit cannot start", failure);
    return 1;
  }

  @Override
  public Integer call() throws Exception {
    ClassLoader classes = plugins == null ? Godwit.class.getClassLoader() : loader(plugins);
    List<Deployment> wanted = Deployment.select(Deployment.read(verticles, System.getenv(), classes), only, except);
    boolean stores = wanted.stream().anyMatch(Deployment::needsNode);
    Settings settings = stores ? Settings.read(conf, System.getenv()) : null;
    Launch launch = new Launch(settings, wanted, classes);
    try {
      launch.start().await(START_MINUTES, TimeUnit.MINUTES);
    } catch (Exception e) {
      System.err.println("godwit: cannot start: " + (e instanceof TimeoutException ? "not all of it runs after " + START_MINUTES + " minutes" : e.getMessage()));
      log.debug("cannot start", e);
      launch.stop().transform(done -> io.vertx.core.Future.succeededFuture()).await(DRAIN_SECONDS, TimeUnit.SECONDS);
      return 1;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(launch), "shutdown"));
    log.info("Godwit runs {}", wanted.stream().map(Deployment::name).toList());
    return 0;
  }

  /** SIGTERM: no new work, what is in flight is settled, leases return. */
  private static void drain(Launch launch) {
    log.info("Godwit stops");
    try {
      launch.stop().await(DRAIN_SECONDS, TimeUnit.SECONDS);
      log.info("Godwit has stopped");
    } catch (Exception e) {
      log.warn("not everything could be settled before the end; others will take it over: {}", e.toString());
    }
    Runtime.getRuntime().halt(0);
  }

  private static ClassLoader loader(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) throw new Settings.Invalid("--plugins: " + folder + " is no folder");
    try (Stream<Path> files = Files.list(folder)) {
      URL[] jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().map(Godwit::url).toArray(URL[]::new);
      return new URLClassLoader(jars, Godwit.class.getClassLoader());
    }
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new Settings.Invalid("--plugins: " + jar + ": " + e.getMessage());
    }
  }
}
