package io.godwit;

import io.godwit.node.Node;
import io.godwit.node.Settings;
import io.vertx.core.Deployable;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One line of {@code verticles.json}: what to run, how often, with what configuration.
 *
 * @param name how {@code --only} and {@code --except} call it; {@code worker} also means {@code worker.inbound}
 * @param constructor takes a {@link Node}, or nothing
 */
record Deployment(String name, Constructor<? extends Deployable> constructor, int instances, JsonObject config) {

  /** Reads and checks the whole file before anything starts; the message of a failure names file and key. */
  static List<Deployment> read(Path file, Map<String, String> env, ClassLoader classes) {
    JsonObject json = Settings.json(file, env);
    Settings.only(file, "", json, Set.of("verticles"));
    if (!(json.getValue("verticles") instanceof JsonArray entries)) throw new Settings.Invalid(file + ": verticles: must be a list");
    List<Deployment> deployments = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < entries.size(); i++) {
      String key = "verticles[" + i + "]";
      if (!(entries.getValue(i) instanceof JsonObject entry)) throw new Settings.Invalid(file + ": " + key + ": must be an object");
      Deployment deployment = one(file, key, entry, classes);
      if (!names.add(deployment.name)) throw new Settings.Invalid(file + ": " + key + ".name: '" + deployment.name + "' is there twice");
      deployments.add(deployment);
    }
    return deployments;
  }

  private static Deployment one(Path file, String key, JsonObject entry, ClassLoader classes) {
    Settings.only(file, key + ".", entry, Set.of("name", "class", "instances", "config"));
    if (!(entry.getValue("name") instanceof String name) || name.isBlank()) throw new Settings.Invalid(file + ": " + key + ".name: is missing");
    if (!(entry.getValue("class") instanceof String type)) throw new Settings.Invalid(file + ": " + key + ".class: is missing");
    if (!(entry.getValue("instances", 1) instanceof Integer instances) || instances < 1 || instances > 64) {
      throw new Settings.Invalid(file + ": " + key + ".instances: must be a number from 1 to 64");
    }
    if (!(entry.getValue("config", new JsonObject()) instanceof JsonObject config)) throw new Settings.Invalid(file + ": " + key + ".config: must be an object");
    return new Deployment(name, constructor(file, key, type, classes), instances, config);
  }

  private static Constructor<? extends Deployable> constructor(Path file, String key, String name, ClassLoader classes) {
    try {
      Class<? extends Deployable> type = Class.forName(name, true, classes).asSubclass(Deployable.class);
      for (Constructor<?> constructor : type.getConstructors()) {
        Class<?>[] parameters = constructor.getParameterTypes();
        if (parameters.length == 1 && parameters[0] == Node.class) return type.getConstructor(Node.class);
      }
      return type.getConstructor();
    } catch (ClassNotFoundException e) {
      throw new Settings.Invalid(file + ": " + key + ".class: there is no class " + name);
    } catch (ClassCastException e) {
      throw new Settings.Invalid(file + ": " + key + ".class: " + name + " is no verticle");
    } catch (NoSuchMethodException e) {
      throw new Settings.Invalid(file + ": " + key + ".class: " + name + " has no public constructor that takes a Node or nothing");
    }
  }

  /** Those that are wanted, in the file's order. */
  static List<Deployment> select(List<Deployment> all, List<String> only, List<String> except) {
    for (String name : only) known(all, "--only", name);
    for (String name : except) known(all, "--except", name);
    return all.stream().filter(d -> only.isEmpty() || only.stream().anyMatch(d::isCalled))
      .filter(d -> except.stream().noneMatch(d::isCalled)).toList();
  }

  private static void known(List<Deployment> all, String option, String name) {
    if (all.stream().anyMatch(d -> d.isCalled(name))) return;
    throw new Settings.Invalid(option + ": there is no verticle '" + name + "'; known are " + new TreeSet<>(all.stream().map(Deployment::name).toList()));
  }

  private boolean isCalled(String wanted) {
    return name.equals(wanted) || name.startsWith(wanted + ".");
  }

  boolean needsNode() {
    return constructor.getParameterCount() == 1;
  }

  Deployable create(Node node) {
    try {
      return needsNode() ? constructor.newInstance(node) : constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
