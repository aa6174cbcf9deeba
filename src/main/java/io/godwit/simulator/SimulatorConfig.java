package io.godwit.simulator;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a simulator is started with.
 *
 * @param port for SMPP, 0 for any that is free
 * @param httpPort for the control interface: 0 for any that is free, -1 for none
 * @param accounts system_id and password of who may bind; empty for everybody
 * @param window deliver_sm in flight a session
 * @param logSize messages kept in the log
 * @param waitingMax deliver_sm kept for one system_id while none of its receivers takes them
 * @param seed of everything that is drawn by lot
 */
public record SimulatorConfig(String host, int port, int httpPort, Map<String, String> accounts, int window, int logSize,
                              int waitingMax, int seed, Profile profile) {
  public static final int DEFAULT_PORT = 2776;
  private static final int MOST = 10_000_000;

  /** @throws IllegalArgumentException naming the key that is unknown or wrong */
  public static SimulatorConfig from(JsonObject object) {
    Json json = new Json("simulator", object);
    SimulatorConfig config = new SimulatorConfig(
      json.string("host", "0.0.0.0"), json.integer("port", DEFAULT_PORT, 0, 65_535), json.integer("httpPort", -1, -1, 65_535),
      accounts(json), json.integer("window", 100, 1, 10_000), json.integer("logSize", 1_000_000, 0, MOST),
      json.integer("waitingMax", 1_000_000, 0, MOST), json.integer("seed", 1, 0, Integer.MAX_VALUE),
      Profile.from(json.object("profile")));
    json.refuseOthers();
    return config;
  }

  /** On any free port of this machine only, without a control interface: for a test. */
  public static SimulatorConfig embedded(Profile profile) {
    return from(new JsonObject().put("host", "127.0.0.1").put("port", 0)).with(profile);
  }

  public SimulatorConfig with(Profile newProfile) {
    return new SimulatorConfig(host, port, httpPort, accounts, window, logSize, waitingMax, seed, newProfile);
  }

  private static Map<String, String> accounts(Json json) {
    JsonObject object = json.object("accounts");
    Json accounts = new Json("simulator.accounts", object);
    Map<String, String> passwords = new LinkedHashMap<>();
    for (String systemId : object.fieldNames()) {
      passwords.put(systemId, accounts.string(systemId, ""));
    }
    return Map.copyOf(passwords);
  }

  boolean admits(String systemId, String password) {
    return accounts.isEmpty() || password != null && password.equals(accounts.get(systemId));
  }
}
