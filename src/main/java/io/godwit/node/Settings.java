package io.godwit.node;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code conf/godwit.json} says: stores, ports, cluster, limits. {@code ${NAME}} is replaced from the environment,
 * {@code ${NAME:default}} where it may be missing. Anything unknown stops the start.
 *
 * @param mongo one connection string a replica set; the first is the control set
 * @param postgres {@code postgresql://…}; null when no reporting database is configured
 * @param ops where each process tells how it is
 * @param archive where old days go; null = nowhere, they stay
 * @param portability file of ported numbers, see the room {@code numbering}; null = none
 * @param demo folder with entries for an empty directory; null = none. A production start refuses demo accounts
 */
public record Settings(List<String> mongo, String postgres, String httpHost, int httpPort, int smppPort, Cluster cluster, Ops ops,
                       Archive archive, Path portability, Path demo) {
  /** Days that are still written to cannot be archived. */
  private static final int FEWEST_DAYS = 2;
  private static final int MOST_DAYS = 3_660;
  /** Stands around a number that was inserted until its quotes are taken away; no text file holds it. */
  private static final String MARK = "\u0001";
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,8})");
  private static final Pattern WHOLE_NUMBER = Pattern.compile("\"" + MARK + "(-?[0-9]+)" + MARK + "\"");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z0-9_]+)(?::([^}]*))?}");

  /**
   * The clustered event bus.
   *
   * @param members {@code host:port} of every node, this one included, for the TCP/IP join
   * @param host address that this node binds and tells the others
   * @param port Hazelcast's port here; 0 = not clustered
   * @param busPort the event bus's port here; 0 = any free one
   */
  public record Cluster(String name, String host, int port, int busPort, List<String> members) {
    public boolean isEnabled() {
      return port > 0;
    }
  }

  /**
   * The small HTTP server for {@code /health/…} and {@code /metrics}, which a process without an HTTP door needs, and which tells operators more than the door does.
   *
   * @param host the loopback address unless somebody outside asks: there is no key
   * @param port 0 = none
   */
  public record Ops(String host, int port) {
    public boolean isEnabled() {
      return port > 0;
    }
  }

  /**
   * The archive of old days.
   *
   * @param folder every process that is to find old messages must see it
   * @param keepDays so many days before the present one stay in MongoDB
   */
  public record Archive(Path folder, int keepDays) { }

  /** Without an archive and ported numbers. */
  public Settings(List<String> mongo, String postgres, String httpHost, int httpPort, int smppPort, Cluster cluster, Ops ops, Path demo) {
    this(mongo, postgres, httpHost, httpPort, smppPort, cluster, ops, null, null, demo);
  }

  public static final class Invalid extends RuntimeException {
    public Invalid(String message) {
      super(message, null, false, false);
    }
  }

  /** Reads and checks the file; the message of a failure names file and key. */
  public static Settings read(Path file, Map<String, String> env) {
    JsonObject json = json(file, env);
    only(file, "", json, Set.of("mongo", "postgres", "http", "smpp", "cluster", "ops", "archive", "portability", "demo"));
    JsonObject http = section(file, json, "http", Set.of("host", "port"));
    JsonObject smpp = section(file, json, "smpp", Set.of("port"));
    JsonObject ops = section(file, json, "ops", Set.of("host", "port"));
    String demo = json.getString("demo", "");
    return new Settings(uris(file, json), blankToNull(json.getString("postgres")), http.getString("host", "0.0.0.0"), port(file, "http.port", http, 8080),
      port(file, "smpp.port", smpp, 2775), cluster(file, json),
      new Ops(ops.getString("host", "127.0.0.1"), port(file, "ops.port", ops, 0)), archive(file, json), portability(file, json),
      demo.isBlank() ? null : file.toAbsolutePath().getParent().resolve(demo));
  }

  private static List<String> uris(Path file, JsonObject json) {
    List<String> uris = new ArrayList<>();
    for (Object uri : array(file, json, "mongo")) for (String one : String.valueOf(uri).trim().split("\\s+")) if (!one.isEmpty()) uris.add(one);
    if (uris.isEmpty()) throw new Invalid(file + ": mongo: needs at least one connection string");
    return uris;
  }

  private static Cluster cluster(Path file, JsonObject json) {
    JsonObject c = section(file, json, "cluster", Set.of("name", "host", "port", "busPort", "members"));
    List<String> members = new ArrayList<>();
    for (Object member : array(file, c, "members")) for (String one : String.valueOf(member).trim().split("[\\s,]+")) if (!one.isEmpty()) members.add(one);
    return new Cluster(c.getString("name", "godwit"), c.getString("host", "127.0.0.1"), port(file, "cluster.port", c, 0),
      c.containsKey("busPort") ? Integer.parseInt(String.valueOf(c.getValue("busPort"))) : 0, members);
  }

  private static Archive archive(Path file, JsonObject json) {
    JsonObject archive = section(file, json, "archive", Set.of("folder", "keepDays"));
    if (!(archive.getValue("folder", "") instanceof String folder)) throw new Invalid(file + ": archive.folder: must be a path");
    if (!(archive.getValue("keepDays", 7) instanceof Integer days) || days < FEWEST_DAYS || days > MOST_DAYS) {
      throw new Invalid(file + ": archive.keepDays: must be a number from " + FEWEST_DAYS + " to " + MOST_DAYS + ", is " + archive.getValue("keepDays"));
    }
    return folder.isBlank() ? null : new Archive(Path.of(folder).toAbsolutePath(), days);
  }

  private static Path portability(Path file, JsonObject json) {
    if (!(section(file, json, "portability", Set.of("file")).getValue("file", "") instanceof String ported)) throw new Invalid(file + ": portability.file: must be a path");
    return ported.isBlank() ? null : Path.of(ported).toAbsolutePath();
  }

  private static JsonArray array(Path file, JsonObject json, String key) {
    Object value = json.getValue(key, new JsonArray());
    if (value instanceof JsonArray array) return array;
    throw new Invalid(file + ": " + key + ": must be a list");
  }

  private static int port(Path file, String key, JsonObject section, int otherwise) {
    String text = String.valueOf(section.getValue("port", otherwise));
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65535) return port;
    } catch (NumberFormatException e) {
      // said below
    }
    throw new Invalid(file + ": " + key + ": '" + text + "' is no port");
  }

  private static JsonObject section(Path file, JsonObject json, String key, Set<String> known) {
    Object value = json.getValue(key, new JsonObject());
    if (!(value instanceof JsonObject section)) throw new Invalid(file + ": " + key + ": must be an object");
    only(file, key + ".", section, known);
    return section;
  }

  /** Fails when the object has a key that nobody reads. */
  public static void only(Path file, String prefix, JsonObject json, Set<String> known) {
    for (String key : json.fieldNames()) {
      if (!known.contains(key)) throw new Invalid(file + ": " + prefix + key + ": unknown key; known are " + new TreeSet<>(known));
    }
  }

  /** The file as JSON, with the environment's values in place. */
  public static JsonObject json(Path file, Map<String, String> env) {
    try {
      return new JsonObject(substitute(file, Files.readString(file), env));
    } catch (DecodeException e) {
      throw new Invalid(file + ": is not JSON: " + e.getMessage());
    } catch (IOException e) {
      throw new Invalid(file + ": cannot be read: " + e.getMessage());
    }
  }

  /** A value that is nothing but a variable becomes a number where it reads as one: ports come from the environment, too. */
  private static String substitute(Path file, String text, Map<String, String> env) {
    return WHOLE_NUMBER.matcher(inserted(file, text, env)).replaceAll("$1");
  }

  private static String inserted(Path file, String text, Map<String, String> env) {
    Matcher variable = VARIABLE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (variable.find()) {
      String value = env.getOrDefault(variable.group(1), variable.group(2));
      if (value == null) throw new Invalid(file + ": ${" + variable.group(1) + "}: no such environment variable, and no default");
      boolean whole = text.startsWith("\"", variable.end()) && variable.start() > 0 && text.charAt(variable.start() - 1) == '"';
      String plain = value.replace("\\", "\\\\").replace("\"", "\\\"");
      variable.appendReplacement(result, Matcher.quoteReplacement(whole && INTEGER.matcher(value).matches() ? MARK + value + MARK : plain));
    }
    return variable.appendTail(result).toString();
  }

  private static String blankToNull(String text) {
    return text == null || text.isBlank() ? null : text;
  }
}
